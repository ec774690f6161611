from datetime import timedelta

import pytest

from jobs import kinds, pausing
from jobs.models import Job

INSIDE, OUTSIDE, LONGER = "tests.inside", "tests.outside", "tests.longer"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def some_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is only in the database, one that reaches outside, and one with a pause of its own; no chance."""
    for kind in (
        kinds.Kind(INSIDE, lambda job: None, is_external=False),
        kinds.Kind(OUTSIDE, lambda job: None, is_external=True),
        kinds.Kind(LONGER, lambda job: None, is_external=False, pause=HOUR),
    ):
        monkeypatch.setitem(kinds._KINDS, kind.name, kind)
    monkeypatch.setattr(pausing.random, "uniform", lambda low, high: high)


def run_of(kind: str, number: int, *, was_stopped: bool) -> list[tuple[float, bool]]:
    """Seconds of pause and whether it is dead, after each of so many tries that all end alike."""
    job, seen = Job(kind=kind), []
    for _ in range(number):
        job.attempts += 1
        then = pausing.after(job, was_stopped=was_stopped)
        job.interruptions = then.interruptions
        seen.append((then.pause.total_seconds(), then.is_dead))
    return seen


@pytest.mark.parametrize(
    ("kind", "pauses"),
    [
        (INSIDE, [4, 16, 64, 256, 300, 300, 300, 300]),
        (OUTSIDE, [4, 16, 64, 256, 1024, 3600, 3600, 3600]),
        (LONGER, [4, 16, 64, 256, 1024, 3600, 3600, 3600]),
        ("tests.of_tomorrow", [4, 16, 64, 256, 1024, 3600, 3600, 3600]),
    ],
)
def test_failures_pause_longer_each_time_and_the_eighth_is_the_last(
    kind: str, pauses: list[float]
) -> None:
    assert run_of(kind, 8, was_stopped=False) == [
        (pause, number == 8) for number, pause in enumerate(pauses, 1)
    ]


def test_stops_pause_shortly_and_the_sixteenth_is_the_last() -> None:
    pauses = [1, 2, 4, 8] + [15] * 12

    assert run_of(INSIDE, 16, was_stopped=True) == [
        (pause, number == 16) for number, pause in enumerate(pauses, 1)
    ]


def test_a_stop_of_what_reaches_outside_counts_as_a_failure() -> None:
    assert run_of(OUTSIDE, 8, was_stopped=True) == run_of(OUTSIDE, 8, was_stopped=False)


def test_stops_do_not_lengthen_the_pause_after_a_failure() -> None:
    job = Job(kind=INSIDE, attempts=6, interruptions=5)

    assert pausing.after(job, was_stopped=False) == pausing.Next(False, timedelta(seconds=4), 5)


def test_a_pause_is_shorter_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing.random, "uniform", lambda low, high: low)

    assert run_of(INSIDE, 2, was_stopped=False) == [(3, False), (12, False)]
