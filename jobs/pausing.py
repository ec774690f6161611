"""How long a job waits before its next try, and when it has had its last."""

import random
from dataclasses import dataclass
from datetime import timedelta

from jobs import kinds
from jobs.models import Job

_LONGEST_AFTER_A_STOP = 15


@dataclass(frozen=True)
class Next:
    """What a try that did not succeed leads to."""

    is_dead: bool
    pause: timedelta
    interruptions: int


def after(job: Job, *, was_stopped: bool) -> Next:
    """What comes after a try that failed, or was stopped from outside: worker killed, database away, time up.

    A failure pauses for 4, 16, 64 … seconds up to what its kind allows, and after as many as its limit the job is
    dead. A stop says nothing about the job: where the work is only in the database, and so was not begun as far as
    the world can tell, it pauses for 1, 2, 4 … 15 s and is counted apart. Yet what is stopped twice as often as it
    might fail is taken for what stops its workers, and is dead too. Up to a quarter of each pause is taken off by
    chance, so that what failed together is not tried together.
    """
    kind = _kind_of(job)
    is_forgiven = was_stopped and kind is not None and not kind.is_external
    interruptions = job.interruptions + is_forgiven
    failures = job.attempts - interruptions
    if is_forgiven:
        seconds = min(_LONGEST_AFTER_A_STOP, 2.0 ** (interruptions - 1))
    else:
        longest = kind.longest_pause if kind else timedelta(hours=1)
        seconds = min(longest.total_seconds(), 4.0**failures)
    return Next(
        is_dead=failures >= job.max_attempts or interruptions >= 2 * job.max_attempts,
        pause=timedelta(seconds=seconds * random.uniform(0.75, 1)),  # noqa: S311  # nosec B311  # nothing secret
        interruptions=interruptions,
    )


def _kind_of(job: Job) -> kinds.Kind | None:
    """None where an older version of the code meets what a newer one asked for."""
    try:
        return kinds.find(job.kind)
    except kinds.UnknownKind:
        return None
