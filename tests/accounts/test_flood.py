import pytest

from accounts import flood
from tests import racing


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(flood, "time", clock)
    return clock


def test_an_address_waits_until_its_oldest_arrival_is_a_window_ago(clock):
    counter = flood.Flood(per_address=2, over_all=100, window=60)
    waits = []
    for second in (0, 10, 20, 59, 60, 61, 70):
        clock.now = 1000.0 + second
        waits.append(counter.wait("192.0.2.1"))

    assert waits == [0, 0, 40, 1, 0, 9, 0]


def test_each_address_has_its_own_count(clock):
    counter = flood.Flood(per_address=1, over_all=100, window=60)

    waits = [counter.wait(address) for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")]

    assert waits == [0, 0, 60]


def test_all_addresses_together_have_a_limit_and_the_refused_do_not_count(clock):
    counter = flood.Flood(per_address=1, over_all=2, window=60)

    waits = [counter.wait(f"192.0.2.{n}") for n in (1, 1, 2, 3)]

    assert waits == [0, 60, 0, 60]


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.2", "192.0.2.2/32"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::9", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("*", "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_whom_an_address_counts_for(address, counted_as):
    assert flood.sender(address) == counted_as


def test_senders_without_an_address_share_one_count_that_is_not_everybodys(clock):
    counter = flood.Flood(per_address=1, over_all=3, window=60)

    waits = [counter.wait(address) for address in (None, "*", "192.0.2.1", "192.0.2.2")]

    assert waits == [0, 60, 0, 0]


def test_what_is_over_is_forgotten(clock):
    counter = flood.Flood(per_address=5, over_all=100, window=60)
    for n in range(50):
        counter.wait(f"192.0.2.{n}")
    clock.now += 61

    counter.wait("192.0.2.200")

    assert set(counter._arrivals) == {"192.0.2.200/32", "*"}


@pytest.mark.django_db  # the race connects each thread
def test_threads_at_once_get_no_more_than_the_limit():
    counter = flood.Flood(per_address=7, over_all=100, window=60)

    waits = racing.race(*[lambda: [counter.wait("192.0.2.1") for _ in range(50)]] * 4)

    assert sum(wait == 0 for each in waits for wait in each) == 7
