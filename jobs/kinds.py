"""What kinds of job there are. An app names its kinds in its `tasks.py` with the decorator below."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.later import Later
from jobs.models import Job

Finish = Callable[[], None]
Work = Callable[[Job], Finish | None]
Together = Callable[[Sequence[Job]], Later | None]
Before = Callable[[Sequence[Job]], None]
InTurn = Callable[[Sequence[Job]], Iterator[Finish | None]]


class UnknownKind(LookupError):
    """A job names a kind that this version of the code does not have."""


class JobError(Exception):
    """A failure whose text holds no personal data, so that staff may read it on the job."""


@dataclass(frozen=True)
class Kind:
    """A name, what is done, whether it reaches outside the database, and how often the sweep asks for it by itself.

    What is `at_once` overtakes other work that waits for a worker: somebody's answer hangs on it. With `most` above 1
    the work takes up to so many jobs together.

    A job whose kind comes `after` another leaves the first try to the job of that kind and its own key, which takes the
    same locks: workers hear of it when that try is over, and do not take it along before.

    Between two failed tries it waits for `longest_pause` at most: by itself an hour where others must mend something
    first, such as a mail server, and five minutes where all that is needed is our own database.
    """

    name: str
    work: Callable[[Any], Any]
    is_external: bool
    every: timedelta | None = None
    pause: timedelta | None = None
    at_once: bool = False
    most: int = 1
    before: Before | None = None
    after: str = ""

    def do(self, jobs: Sequence[Job]) -> Finish | None:
        """The work on one job."""
        assert self.most == 1
        (job,) = jobs
        finish: Finish | None = self.work(job)
        return finish

    def do_together(self, jobs: Sequence[Job]) -> Later:
        """The work on several jobs, in the database; what of it is still to be stored."""
        assert self.most > 1
        assert not self.is_external
        later: Later | None = self.work(jobs)
        return later or Later()

    @property
    def is_in_turn(self) -> bool:
        """Whether it does several, one after the other."""
        return self.is_external and self.most > 1

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
        _add(Kind(name, work, external, every, longest_pause, at_once))
        return work

    return register


def kind_together(
    name: str,
    *,
    most: int,
    at_once: bool = False,
    before: Before | None = None,
    after: str = "",
) -> Callable[[Together], Together]:
    """Register a function as the work of a kind whose jobs are done up to `most` at a time, the oldest first.

    All of them are done in one transaction with their "done". When that fails, each is done alone, so the function
    gets one job at times, and what hurts one hurts no other. Only for work in the database. What is done `before`, in
    a transaction of its own, so that its locks are free again, may be done twice, and stays when the work fails. What
    the work returns is stored in one message with their "done".
    It comes `after` the jobs of another kind that have the same keys: they lock the same rows, and somebody waits.
    """

    def register(work: Together) -> Together:
        one = Kind(name, work, False, at_once=at_once, most=most, before=before, after=after)
        _add(one)
        return work

    return register


def kind_in_turn(name: str, *, most: int) -> Callable[[InTurn], InTurn]:
    """Register a generator as the work of a kind that reaches outside, whose jobs are claimed up to `most` at a time.

    It does them one after the other and yields for each what records its result, or None. All results are recorded in
    one transaction, in which those jobs are marked done; should that fail, in one for each. An error is that of the job
    at which it was raised. Jobs that it did not come to, since it failed or ended before, are as if they had not been
    claimed. So it must itself keep on record what it has done outside, and do nothing about a job that it has done.
    """

    def register(work: InTurn) -> InTurn:
        _add(Kind(name, work, is_external=True, most=most))
        return work

    return register


def _add(one: Kind) -> None:
    if one.name in _KINDS and _KINDS[one.name].work is not one.work:
        raise ValueError(f"Two functions claim the job kind {one.name!r}.")
    _KINDS[one.name] = one


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


def external() -> list[str]:
    """The names of the kinds that reach outside the database."""
    return [kind.name for kind in _KINDS.values() if kind.is_external]


def together() -> dict[str, int]:
    """By name, how many jobs at most are claimed together, of the kinds that do so."""
    return {kind.name: kind.most for kind in _KINDS.values() if kind.most > 1}


def after() -> dict[str, str]:
    """By name, after which kind comes each that comes after one."""
    return {kind.name: kind.after for kind in _KINDS.values() if kind.after}


def next_of(name: str) -> list[str]:
    """The names of the kinds that come after this one."""
    return [kind.name for kind in _KINDS.values() if kind.after == name]


def is_in_turn(name: str) -> bool:
    """Whether jobs of this kind are claimed together and done one after the other; false of an unknown one."""
    return name in _KINDS and _KINDS[name].is_in_turn


def regular() -> list[Kind]:
    """The kinds that the sweep asks for by itself."""
    return [kind for kind in _KINDS.values() if kind.every]
