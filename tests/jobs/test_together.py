"""Kinds whose jobs are done several at a time: together or, when that fails, each alone."""

import logging
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.later import Later
from accounts.statements import Statement
from jobs import gathering, hints, kinds, queue, sweeping, working
from jobs.models import Job
from jobs.queue_names import GATHERS
from tests import racing
from tests.jobs.broker import Broker
from tests.jobs.making import FUTURE, PAST, make_job, make_leased
from tests.log_lines import logged

pytestmark = pytest.mark.django_db


@pytest.fixture
def turns(register: Callable[..., str]) -> list[list[int]]:
    """The jobs of each time that the work was called; three at most are done together."""
    found: list[list[int]] = []
    register(lambda jobs: found.append([job.pk for job in jobs]), most=3)
    return found


def make_jobs(count: int, **fields: object) -> list[int]:
    return [make_job(**fields).pk for _ in range(count)]


def states() -> list[tuple[str, int]]:
    return list(Job.objects.order_by("pk").values_list("state", "attempts"))


# --- Which are taken


def test_the_one_that_was_told_of_comes_first_then_the_oldest(turns: list[list[int]]) -> None:
    newest, told, second = make_jobs(3)
    oldest = make_job(run_at=PAST).pk

    assert working.run_job(second)

    assert turns == [[second, oldest, newest]]
    assert Job.objects.get(pk=told).state == "pending"
    assert set(Job.objects.exclude(pk=told).values_list("state", "attempts")) == {("done", 1)}


def test_nothing_else_is_taken(turns: list[list[int]], register: Callable[..., str]) -> None:
    (told,) = make_jobs(1)
    make_job(kind=register(lambda job: None, name="tests.other"))
    make_job(run_at=FUTURE)
    make_job(state="dead")

    working.run_job(told)

    assert turns == [[told]]


def test_what_is_done_alone_takes_nobody_along(register: Callable[..., str]) -> None:
    done: list[int] = []
    kind = register(lambda job: done.append(job.pk))
    first, _ = make_jobs(2, kind=kind)

    working.run_job(first)

    assert done == [first]


def test_a_hint_of_a_job_that_is_done_finds_the_others_and_in_the_end_nothing(
    turns: list[list[int]],
) -> None:
    ids = make_jobs(5)

    assert [working.run_job(ids[0]) for _ in range(3)] == [True, True, False]

    assert turns == [ids[:3], ids[3:]]


def test_what_was_tried_before_is_done_alone(turns: list[list[int]]) -> None:
    fresh = make_jobs(2)
    tried = make_jobs(2, attempts=1, run_at=PAST)

    for job_id in (tried[0], fresh[0], tried[1]):
        working.run_job(job_id)

    assert turns == [[tried[0]], fresh, [tried[1]]]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_nobody_waits_for_the_others_jobs(register: Callable[..., str]) -> None:
    done: list[list[int]] = []
    register(lambda jobs: done.append([job.pk for job in jobs]), most=3)
    first, second, third = make_jobs(3)

    with transaction.atomic():  # another worker is about to take the second
        Job.objects.select_for_update().get(pk=second)
        racing.race(partial(working.run_job, first))

    assert done == [[first, third]]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_each_job_once(register: Callable[..., str]) -> None:
    done: list[int] = []
    register(lambda jobs: done.extend(job.pk for job in jobs), most=3)
    ids = make_jobs(20)

    def work(told: Sequence[int]) -> int:
        return sum(working.run_job(job_id) for job_id in told)

    racing.race(partial(work, ids), partial(work, ids[::-1]))

    assert sorted(done) == ids
    assert states() == [("done", 1)] * 20


@pytest.mark.parametrize(
    ("first", "is_taken"),
    [
        ({"state": "pending"}, False),
        ({"state": "leased", "attempts": 1}, False),
        ({"state": "pending", "attempts": 1, "run_at": FUTURE}, True),  # it failed
        ({"state": "done", "attempts": 1}, True),
        ({"state": "dead", "attempts": 8}, True),
        ({"state": "pending", "key": "another"}, True),
        ({"state": "pending", "kind": "tests.another"}, True),
    ],
)
def test_nobody_takes_along_what_comes_after_a_job_that_was_not_tried_yet(
    register: Callable[..., str], first: dict[str, object], is_taken: bool
) -> None:
    done: list[int] = []
    kind = register(
        lambda jobs: done.extend(job.pk for job in jobs),
        name="tests.then",
        most=3,
        after="tests.work",
    )
    make = make_leased if first["state"] == "leased" else make_job
    make(**{"key": "same"} | first | ({"done_at": Now()} if first["state"] == "done" else {}))
    told = make_job(kind=kind).pk
    other = make_job(kind=kind, key="same").pk

    working.run_job(told)

    assert done == [told, other][: 1 + is_taken]
    working.run_job(other)  # who is told of it does it all the same
    assert done == [told, other]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("outcome", "messages"), [("done", ["c"]), ("failed", ["a", "b", "c"])])
def test_what_comes_after_jobs_is_told_when_they_were_tried(
    register: Callable[..., str], broker: Broker, outcome: str, messages: list[str]
) -> None:
    def work(jobs: Sequence[Job]) -> None:
        assert outcome == "done"

    register(work, most=3, at_once=True)
    firsts = [make_job(key=key).pk for key in "abc"]
    kinds_after = [
        register(lambda jobs: None, name=name, most=3, after="tests.work")
        for name in ("tests.after", "tests.then")
    ]
    after = [{key: make_job(kind=kind, key=key).pk for key in "cba"} for kind in kinds_after]
    make_job(kind="tests.then", key="another")

    working.run_job(firsts[0])

    assert Job.objects.get(pk=firsts[0]).state == ("done" if outcome == "done" else "pending")
    told = [("jobs.look", [ids[key] for ids in after]) for key in messages]
    assert broker.messages() == told  # of those done together the oldest, which takes others along


class Clock:
    """The time of a worker of what somebody waits for, in which timers ring when they are let."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.rings: list[Callable[[], None]] = []

    def timer(self, seconds: float, ring: Callable[[], None]) -> "Clock":
        assert seconds == pytest.approx(2.0)
        self.ring = ring
        return self

    def start(self) -> None:
        self.rings.append(self.ring)

    def monotonic(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.rings.pop()()
        assert len(self.rings) < 2


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, register: Callable[..., str]) -> Clock:
    """Of a worker that gathers; it takes two jobs at a time, of which one comes after each."""
    clock = Clock()
    monkeypatch.setenv(GATHERS, "yes")
    monkeypatch.setattr(gathering, "Timer", clock.timer)
    monkeypatch.setattr(gathering, "time", clock)
    monkeypatch.setattr(gathering, "_gathered", gathering._Gathered())
    register(lambda jobs: None, most=2, at_once=True)
    register(lambda jobs: None, name="tests.then", most=2, after="tests.work")
    return clock


def work_on(*keys: str) -> list[int]:
    """Do these jobs together; what comes after them."""
    firsts = [make_job(key=key).pk for key in keys]
    after = [make_job(kind="tests.then", key=key).pk for key in keys]
    working.run_job(firsts[0])
    return after


@pytest.mark.django_db(transaction=True)
def test_a_worker_tells_of_what_nobody_waits_for_every_two_seconds(
    clock: Clock, broker: Broker
) -> None:
    first, second, _ = [pk for key in "abc" for pk in work_on(key)]
    assert (len(clock.rings), broker.hinted()) == (1, [first])

    clock.pass_by(2.0)
    assert broker.hinted() == [first, second]  # which takes the third along
    late = work_on("d")
    assert broker.hinted() == [first, second]
    clock.pass_by(2.0)
    assert broker.hinted() == [first, second, *late]
    assert clock.rings == []

    clock.now += 2.0
    assert broker.hinted() + work_on("e") == broker.hinted()
    assert clock.rings == []


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_with_what_somebody_waits_for_while_more_wait_than_it_takes_at_a_time(
    clock: Clock, broker: Broker
) -> None:
    after = work_on("a", "b")
    clock.pass_by(0.95)
    assert broker.messages() == []
    clock.pass_by(1.0)
    assert broker.hinted() == after[:1]
    assert clock.rings == []

    broker.clear()
    for number in range(32):
        work_on(f"c{number}", f"d{number}")
        assert broker.messages() == []
        clock.pass_by(0.95)
    assert len(broker.messages()) == 32  # after half a minute, however many wait


# --- In one transaction


@pytest.mark.parametrize("count", [1, 3])
def test_the_statements_around_the_work_are_as_many_for_one_as_for_all(
    turns: list[list[int]], count: int
) -> None:
    ids = make_jobs(count)

    with CaptureQueriesContext(connection) as queries:
        working.run_job(ids[0])

    assert turns == [ids]
    assert len(queries) == 4  # claim, savepoint, done, release


def poisoned(bad: Callable[[], int], error: Exception) -> kinds.Together:
    """Work that leaves a trace of each job and fails at one of them."""

    def work(jobs: Sequence[Job]) -> None:
        for job in jobs:
            Group.objects.create(name=str(job.pk))
            if job.pk == bad():
                raise error

    return work


def traces() -> set[int]:
    return {int(name) for name in Group.objects.values_list("name", flat=True)}


def leave(jobs: Sequence[Job], told: list[object]) -> Later:
    """A group for each is still to be stored, named by what its job is about."""
    later = Later()
    for job in jobs:
        later.add(_GROUP, {"name": str(job.subject_id)}, then=told.append)
    return later


_GROUP = Statement.written("INSERT INTO auth_group (name) VALUES (%(name)s) RETURNING name")


def test_what_the_work_leaves_to_be_stored_is_stored_with_done(
    register: Callable[..., str],
) -> None:
    told: list[object] = []
    register(partial(leave, told=told), most=3)
    first, _ = make_job(subject_id=7), make_job(subject_id=8)

    working.run_job(first.pk)

    assert states() == [("done", 1), ("done", 1)]
    assert told == [[("7",)], [("8",)]]
    assert list(Group.objects.order_by("pk").values_list("name", flat=True)) == ["7", "8"]


def test_what_cannot_be_stored_of_one_hurts_no_other(register: Callable[..., str]) -> None:
    Group.objects.create(name="8")
    register(partial(leave, told=[]), most=3)
    jobs = [make_job(subject_id=number) for number in (7, 8, 9)]

    working.run_job(jobs[0].pk)

    assert states() == [("done", 1), ("pending", 1), ("done", 1)]
    assert list(Group.objects.order_by("name").values_list("name", flat=True)) == ["7", "8", "9"]


def test_a_job_that_fails_hurts_no_other(
    register: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    register(poisoned(lambda: ids[1], kinds.JobError("Not this one.")), most=3)
    ids = make_jobs(3, request_id="r-12345678")

    working.run_job(ids[0])

    assert states() == [("done", 1), ("pending", 1), ("done", 1)]
    assert Job.objects.get(pk=ids[1]).last_error.startswith("jobs.kinds.JobError: Not this one.")
    assert traces() == {ids[0], ids[2]}
    together, *alone = logged(caplog, "derisk.job")
    assert (together["event"], together["jobs"]) == ("jobs done one by one", 3)
    assert [(one["job"], one["outcome"]) for one in alone] == [
        (ids[0], "done"),
        (ids[1], "failed"),
        (ids[2], "done"),
    ]
    assert {one["request_id"] for one in alone} == {"r-12345678"}


def test_a_job_that_fails_the_database_hurts_no_other(register: Callable[..., str]) -> None:
    register(poisoned(lambda: ids[2], DatabaseError("no such column")), most=3)
    ids = make_jobs(3)

    working.run_job(ids[0])

    assert states() == [("done", 1), ("done", 1), ("pending", 1)]
    assert traces() == set(ids[:2])


def test_what_is_stopped_together_is_tried_again_one_by_one(register: Callable[..., str]) -> None:
    register(poisoned(lambda: ids[1], OperationalError("gone")), most=3)
    ids = make_jobs(3)

    working.run_job(ids[0])
    assert states() == [("pending", 1)] * 3
    assert set(Job.objects.values_list("interruptions", flat=True)) == {1}
    assert traces() == set()

    Job.objects.update(run_at=Now())
    for job_id in ids:
        working.run_job(job_id)

    assert states() == [("done", 2), ("pending", 2), ("done", 2)]
    assert traces() == {ids[0], ids[2]}


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_is_lost_among_them_takes_nothing_from_the_others(
    register: Callable[..., str],
) -> None:
    taken: list[int] = []

    def take_away() -> None:
        Job.objects.filter(pk=ids[1]).update(lease_until=PAST)
        sweeping.free_abandoned()
        Job.objects.filter(pk=ids[1]).update(run_at=Now())
        taken.extend(job.pk for job in working.claim(ids[1]))

    def work(jobs: Sequence[Job]) -> None:
        for job in jobs:
            Group.objects.create(name=str(job.pk))
        if not taken:
            racing.race(take_away)

    register(work, most=3)
    ids = make_jobs(3)

    working.run_job(ids[0])

    assert taken == [ids[1]]
    assert states() == [("done", 1), ("leased", 2), ("done", 1)]
    assert traces() == {
        ids[0],
        ids[2],
    }  # what was done with the second is rolled back: it is another's


# --- Telling workers


def test_asking_for_many_tells_workers_once_for_each_turn(
    turns: list[list[int]],
    broker: Broker,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        ids = queue.enqueue(*(queue.Ask("tests.work", n, key=str(n)) for n in range(7)))

    assert broker.hinted() == [ids[0], ids[3], ids[6]]


def test_the_sweep_tells_once_for_each_turn_and_of_what_was_tried_alone(
    turns: list[list[int]], broker: Broker
) -> None:
    ids = make_jobs(5, run_at=PAST, hinted_at=PAST)
    tried = make_jobs(2, run_at=PAST, hinted_at=PAST, attempts=1)

    assert sweeping.hint_due(hints.Breaker(pause=60)) == 4

    assert broker.hinted() == [ids[0], ids[3], *tried]
    assert not Job.objects.unhinted(sweeping.HINT_AGAIN_AFTER).exists()


def test_behind_a_backlog_nobody_is_told_again_so_soon(
    register: Callable[..., str], broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_MANY", 1)
    told_before = make_job(kind=register(lambda job: None), run_at=PAST)
    breaker = hints.Breaker(pause=60)
    Job.objects.update(hinted_at=Now() - sweeping.HINT_AGAIN_AFTER)
    hints.publish(0)

    assert sweeping.hint_due(breaker) == 0
    Job.objects.update(hinted_at=Now() - sweeping._AGAIN_BEHIND_MANY)
    assert sweeping.hint_due(breaker) == 1

    assert broker.hinted() == [0, told_before.pk]


def test_a_job_carries_the_request_that_it_is_asked_for_because_of(turns: list[list[int]]) -> None:
    queue.enqueue(queue.Ask("tests.work", 1, key="1", request_id="r-12345678"))

    assert Job.objects.get().request_id == "r-12345678"
