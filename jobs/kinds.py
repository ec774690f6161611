"""What kinds of job there are. An app names its kinds in its `tasks.py` with the decorator below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from jobs.models import Job

Finish = Callable[[], None]
Work = Callable[[Job], Finish | None]


class UnknownKind(LookupError):
    """A job names a kind that this version of the code does not have."""


class JobError(Exception):
    """A failure whose text holds no personal data, so that staff may read it on the job."""


@dataclass(frozen=True)
class Kind:
    """A name, what is done, whether it reaches outside the database, and how often the sweep asks for it by itself.

    What is `at_once` overtakes other work that waits for a worker: somebody's answer hangs on it.

    Between two failed tries it waits for `longest_pause` at most: by itself an hour where others must mend something
    first, such as a mail server, and five minutes where all that is needed is our own database.
    """

    name: str
    work: Work
    is_external: bool
    every: timedelta | None = None
    pause: timedelta | None = None
    at_once: bool = False

    @property
    def longest_pause(self) -> timedelta:
        """The longest wait after a failure."""
        return self.pause or (timedelta(hours=1) if self.is_external else timedelta(minutes=5))


_KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    external: bool = False,
    every: timedelta | None = None,
    longest_pause: timedelta | None = None,
    at_once: bool = False,
) -> Callable[[Work], Work]:
    """Register a function as the work of a kind of job.

    Work that is only in the database runs in one transaction with the job's "done", so it happens exactly once.
    External work (mail, documents) runs outside any transaction and may return a function that
    records its result; that function runs in the transaction that marks the job done.
    With `every`, the sweep asks for it once in each such span of time, without anybody else.
    With `at_once`, workers take it before whatever else waits.
    """

    def register(work: Work) -> Work:
        if name in _KINDS and _KINDS[name].work is not work:
            raise ValueError(f"Two functions claim the job kind {name!r}.")
        _KINDS[name] = Kind(name, work, external, every, longest_pause, at_once)
        return work

    return register


def find(name: str) -> Kind:
    """The kind of this name; raises UnknownKind."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def names() -> list[str]:
    """Every registered name, sorted."""
    return sorted(_KINDS)


def at_once() -> list[str]:
    """The names of the kinds that overtake the others."""
    return [kind.name for kind in _KINDS.values() if kind.at_once]


def regular() -> list[Kind]:
    """The kinds that the sweep asks for by itself."""
    return [kind for kind in _KINDS.values() if kind.every]
