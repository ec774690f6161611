"""Hints that go out at once, and what becomes of the line when the broker is not as it should be."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from jobs import hints, quick_line
from jobs.quick_line import QuickLine
from jobs.valkey_line import packed
from tests.jobs.broker import Broker
from tests.log_lines import logged
from tests.processes import eventually

KEY = b"quick"


@pytest.fixture
def store() -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as store:
        store.delete(KEY)
        yield store
        store.delete(KEY)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that a loaded machine is late with ends no line."""
    monkeypatch.setattr(quick_line, "_PATIENCE", 60.0)


@pytest.fixture
def line(store: "redis.Redis") -> QuickLine:
    line = QuickLine()
    line.open(store)
    return line


def push(word: bytes) -> quick_line.Command:
    return KEY.decode(), packed(b"RPUSH", KEY, word)


def test_commands_arrive_in_their_order(line: QuickLine, store: "redis.Redis") -> None:
    for number in range(50):
        assert line.put([push(b"%d" % number), push(b"again")])
    line.settle()

    words = [word for n in range(50) for word in (b"%d" % n, b"again")]
    assert store.lrange(KEY.decode(), 0, -1) == words


def test_the_length_of_a_list_is_known_for_a_moment(
    line: QuickLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_line, "_BELIEVED_FOR", 60.0)
    name = KEY.decode()
    assert line.put([push(b"a"), push(b"b")])
    assert line.length(name) == 0
    line.settle()
    assert (line.length(name), line.length("another")) == (2, 0)
    monkeypatch.setattr(quick_line, "_BELIEVED_FOR", 0.0)
    assert line.length(name) == 0


def test_a_line_that_nobody_has_opened_takes_nothing() -> None:
    assert not QuickLine().put([push(b"a")])


def test_a_refusal_closes_it_and_is_logged(
    line: QuickLine, store: "redis.Redis", caplog: pytest.LogCaptureFixture
) -> None:
    store.set(KEY.decode(), "no list")
    assert line.put([push(b"a")])
    line.settle()

    assert not line.put([push(b"b")])
    assert [(one["event"], one["error"]) for one in logged(caplog, "derisk.hints")] == [
        ("hint refused", "ResponseError")
    ]
    store.delete(KEY.decode())
    line.open(store)
    assert line.put([push(b"c")])


def test_a_line_that_the_broker_has_ended_takes_nothing(
    line: QuickLine, store: "redis.Redis"
) -> None:
    address = line._socket.getsockname()
    store.client_kill_filter(addr="{}:{}".format(*address))
    eventually(line._look)

    assert not line.put([push(b"a")])
    line.open(store)
    assert line.put([push(b"b")])
    line.settle()
    assert store.lrange(KEY.decode(), 0, -1) == [b"b"]


def test_a_broker_that_owes_an_answer_for_too_long_gets_no_more(
    line: QuickLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, silent = socket.socketpair()
    line._socket = ours
    line._look = int
    assert line.put([push(b"a")])
    assert line.put([push(b"b")])

    monkeypatch.setattr(quick_line, "_PATIENCE", 0.0)

    assert not line.put([push(b"c")])
    silent.close()


def test_a_broker_that_takes_no_more_bytes_makes_nobody_wait(line: QuickLine) -> None:
    ours, silent = socket.socketpair()
    line._socket = ours
    line._look = int

    assert not line.put([("", b"x" * 50_000_000)])
    assert not line.put([push(b"a")])
    silent.close()


def test_a_forked_child_leaves_its_parents_line_alone(
    line: QuickLine, store: "redis.Redis"
) -> None:
    with line._lock:  # another thread of the parent is just sending
        child = os.fork()
        if child == 0:
            os._exit(0 if not line.put([push(b"child")]) else 1)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert line.put([push(b"parent")])
    line.settle()
    assert store.lrange(KEY.decode(), 0, -1) == [b"parent"]


def test_the_thread_opens_the_line_and_is_not_woken_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = hints.Publisher(quick_line=QuickLine())
    publisher.send([1])
    publisher.drain()
    taken = threading.Event()
    monkeypatch.setattr(hints, "publish_all", lambda told: taken.set())

    publisher.send_together([([2], True), ([3, 4], False)])
    publisher.drain()

    assert broker.messages() == [
        ("jobs.look", [2]),
        ("jobs.look", [1]),
        ("jobs.look", [3, 4]),
    ]
    assert not taken.is_set()


def test_a_full_queue_of_what_is_at_once_gets_no_more(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_line, "_BELIEVED_FOR", 60.0)
    monkeypatch.setattr(hints, "ROOM", 2)
    publisher = hints.Publisher(quick_line=QuickLine())
    publisher.send([1])  # opens the line

    for number in (2, 3, 4, 5):
        publisher.drain()
        publisher.send_together([([number], True), ([10 * number], False)])
    publisher.drain()

    others = [[1], [20], [30], [40], [50]]
    assert broker.messages() == [("jobs.look", told) for told in [[2], [3], *others]]
    monkeypatch.setattr(quick_line, "_BELIEVED_FOR", 0.0)
    publisher.send([6], at_once=True)
    publisher.drain()
    assert 6 in broker.hinted()
