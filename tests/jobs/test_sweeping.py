import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import hints, kinds, messages, sweeping, working
from jobs.models import Heartbeat, Job
from tests import racing
from tests.jobs.broker import Broker
from tests.jobs.making import FUTURE, PAST, make_job, make_leased

pytestmark = pytest.mark.django_db


@pytest.fixture
def breaker() -> hints.Breaker:
    return hints.Breaker(pause=60)


@pytest.fixture(autouse=True)
def nothing_regular(monkeypatch: pytest.MonkeyPatch) -> None:
    """No kind that is asked for by itself, unless a test names one."""
    monkeypatch.setattr(kinds, "regular", list)


@contextmanager
def freeze_now(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Iterator[None]:
    """Our clock stands still at that moment."""
    with monkeypatch.context() as patch:
        patch.setattr(sweeping.timezone, "now", lambda: moment)
        yield


def make_regular(monkeypatch: pytest.MonkeyPatch, every: timedelta) -> None:
    """One kind that is asked for once in such a span."""
    one = kinds.Kind(name="tests.note", work=lambda job: None, is_external=False, every=every)
    monkeypatch.setattr(kinds, "regular", lambda: [one])
    monkeypatch.setitem(kinds._KINDS, one.name, one)


def make_unhinted(**fields: object) -> Job:
    """A due job whose hint was lost."""
    return make_job(**{"run_at": PAST, "hinted_at": PAST} | fields)


# --- Freeing


def test_frees_what_a_worker_dropped_and_says_why(register: Callable[..., str]) -> None:
    job = make_leased(kind=register(lambda job: None), lease_until=PAST, attempts=2)

    assert sweeping.free_abandoned() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_token, job.lease_until) == ("pending", 2, None, None)
    assert "worker stopped" in job.last_error
    assert job.interruptions == 1
    assert job.run_at - timezone.now() <= timedelta(seconds=1)


def test_what_was_dropped_too_often_is_dead(register: Callable[..., str]) -> None:
    kind = register(lambda job: None)
    job = make_leased(kind=kind, lease_until=PAST, attempts=16, interruptions=15)

    sweeping.free_abandoned()

    job.refresh_from_db()
    assert (job.state, job.attempts, job.interruptions) == ("dead", 16, 16)
    assert "worker stopped" in job.last_error


def test_leaves_every_other_job_alone() -> None:
    make_leased()
    make_job()
    make_job(state="done", done_at=Now())
    make_job(state="dead")
    before = list(Job.objects.order_by("pk").values())

    assert sweeping.free_abandoned() == 0

    assert list(Job.objects.order_by("pk").values()) == before


# --- Hinting


def test_hints_due_jobs_in_the_order_in_which_they_became_due(
    broker: Broker, breaker: hints.Breaker
) -> None:
    late, early = (
        make_unhinted(),
        make_unhinted(run_at=PAST - timedelta(hours=1), hinted_at=PAST - timedelta(hours=1)),
    )

    assert sweeping.hint_due(breaker) == 2

    assert broker.hinted() == [early.pk, late.pk]


def test_what_overtakes_is_told_first_whatever_waits(
    broker: Broker,
    breaker: hints.Breaker,
    monkeypatch: pytest.MonkeyPatch,
    register: Callable[..., str],
) -> None:
    monkeypatch.setattr(hints, "ROOM", 2)
    others = [make_unhinted() for _ in range(2)]
    assert sweeping.hint_due(breaker) == 2
    first = make_unhinted(kind=register(lambda job: None, name="tests.first", at_once=True))

    assert sweeping.hint_due(breaker) == 1

    assert broker.hinted() == [first.pk, *(job.pk for job in others)]


def test_hints_a_job_once_per_period(broker: Broker, breaker: hints.Breaker) -> None:
    job = make_unhinted()

    assert [sweeping.hint_due(breaker) for _ in range(3)] == [1, 0, 0]
    Job.objects.update(hinted_at=Now() - sweeping.HINT_AGAIN_AFTER)
    assert [sweeping.hint_due(breaker) for _ in range(3)] == [1, 0, 0]

    assert broker.hinted() == [job.pk, job.pk]


def test_hints_at_once_what_became_due_by_time(broker: Broker, breaker: hints.Breaker) -> None:
    """A retry was hinted before it had to wait; that hint says nothing about now."""
    job = make_job(hinted_at=Now() - timedelta(seconds=2), run_at=Now() - timedelta(seconds=1))

    assert sweeping.hint_due(breaker) == 1

    assert broker.hinted() == [job.pk]


def test_hints_nothing_else(broker: Broker, breaker: hints.Breaker) -> None:
    make_job()  # hinted when it was stored, a moment ago
    make_unhinted(run_at=FUTURE)
    make_unhinted(state="done", done_at=Now())
    make_unhinted(state="dead")
    make_leased(run_at=PAST, hinted_at=PAST)

    assert sweeping.hint_due(breaker) == 0

    assert broker.messages() == []


def test_fills_the_queue_and_never_more(
    broker: Broker, breaker: hints.Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "ROOM", 3)
    monkeypatch.setattr(messages, "_IN_TURN", 1)
    jobs = [make_unhinted() for _ in range(5)]

    assert [sweeping.hint_due(breaker) for _ in range(2)] == [3, 0]
    assert broker.hinted() == [job.pk for job in jobs[:3]]

    broker.clear()  # a worker has taken them
    assert sweeping.hint_due(breaker) == 2
    assert broker.hinted() == [job.pk for job in jobs[3:]]


def test_what_comes_after_a_job_that_nobody_tried_yet_waits_for_it_a_minute(
    register: Callable[..., str], broker: Broker, breaker: hints.Breaker
) -> None:
    kind = register(lambda jobs: None, name="tests.then", most=3, after="tests.work")
    first = make_leased(key="same")
    after = make_unhinted(kind=kind, key="same", run_at=Now() - timedelta(seconds=40)).pk

    assert sweeping.hint_due(breaker) == 0
    Job.objects.filter(pk=after).update(run_at=PAST)
    assert sweeping.hint_due(breaker) == 1
    Job.objects.filter(pk=after).update(run_at=Now() - timedelta(seconds=40), hinted_at=PAST)
    Job.objects.filter(pk=first.pk).update(attempts=2)
    assert sweeping.hint_due(breaker) == 1

    assert broker.hinted() == [after, after]


def test_what_comes_after_others_waits_while_more_of_them_wait_than_are_taken_at_a_time(
    register: Callable[..., str], broker: Broker, breaker: hints.Breaker
) -> None:
    register(lambda jobs: None, most=2, at_once=True)
    kind = register(lambda jobs: None, name="tests.then", most=3, after="tests.work")
    firsts = [make_job(key=f"first:{number}", hinted_at=Now()).pk for number in range(3)]
    after = make_unhinted(kind=kind, key="done", run_at=Now() - timedelta(seconds=40)).pk

    assert sweeping.hint_due(breaker) == 0
    Job.objects.filter(pk=after).update(run_at=PAST)
    assert sweeping.hint_due(breaker) == 1  # not for longer than a minute
    Job.objects.filter(pk=after).update(run_at=Now() - timedelta(seconds=40), hinted_at=PAST)
    Job.objects.filter(pk=firsts[0]).update(attempts=1)
    assert sweeping.hint_due(breaker) == 1

    assert broker.hinted() == [after, after]


def test_stops_at_the_brokers_first_failure_and_tells_again_later(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [make_unhinted() for _ in range(3)]
    asked: list[tuple[int, ...]] = []

    def refuse(*job_ids: int, at_once: bool) -> None:
        asked.append(job_ids)
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(hints, "publish", refuse)
        breaker = hints.Breaker(pause=60)
        assert [sweeping.hint_due(breaker) for _ in range(2)] == [0, 0]
    assert asked == [tuple(job.pk for job in jobs)]

    Job.objects.update(hinted_at=Now() - sweeping.HINT_AGAIN_AFTER)
    assert sweeping.hint_due(hints.Breaker(pause=60)) == 3
    assert broker.hinted() == [job.pk for job in jobs]


def test_a_broker_that_is_away_leaves_no_job_marked_as_hinted(
    breaker: hints.Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*, at_once: bool) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(hints, "waiting", refuse)
    job = make_unhinted()

    assert sweeping.hint_due(breaker) == 0

    assert breaker.is_open
    assert Job.objects.unhinted(sweeping.HINT_AGAIN_AFTER).get() == job


@pytest.mark.parametrize("count", [1, 3])
def test_the_statements_of_a_sweep_do_not_grow_with_the_jobs(
    broker: Broker, breaker: hints.Breaker, count: int
) -> None:
    for _ in range(count):
        make_unhinted()

    with CaptureQueriesContext(connection) as queries:
        sweeping.hint_due(breaker)

    selects_and_updates = [q["sql"].split()[0] for q in queries if "jobs_job" in q["sql"]]
    assert selects_and_updates == ["SELECT", "SELECT", "UPDATE"]


# --- Side by side


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["free", "hint"])
def test_two_sweeps_at_once_take_different_rows(
    step: str, broker: Broker, breaker: hints.Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first sweep is held in the middle of its transaction; the second neither waits nor takes the same."""
    monkeypatch.setattr(sweeping, "BATCH", 2)
    monkeypatch.setattr(hints, "ROOM", 2)
    for _ in range(3):
        make_leased(lease_until=PAST) if step == "free" else make_unhinted()
    take: Callable[[], int] = {
        "free": sweeping.free_abandoned,
        "hint": lambda: len(sweeping._mark_hinted(2, sweeping.HINT_AGAIN_AFTER, at_once=False)),
    }[step]
    taken, second_is_through = threading.Event(), threading.Event()

    def first() -> int:
        with transaction.atomic():
            count = take()
            taken.set()
            assert second_is_through.wait(60)
        return count

    def second() -> int:
        assert taken.wait(60)
        try:
            return take()
        finally:
            second_is_through.set()

    assert racing.race(first, second) == [2, 1]


# --- Asking


def test_asks_for_regular_work_once_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    make_regular(monkeypatch, timedelta(minutes=15))
    asked = []
    for minute in (0, 1, 14, 15, 46):
        moment = datetime(2026, 3, 1, 9, minute, tzinfo=UTC)
        with freeze_now(monkeypatch, moment):
            asked.append(sweeping.ask_for_regular())

    assert asked == [1, 0, 0, 1, 1]
    assert Job.objects.filter(kind="tests.note", subject_id=0).count() == 3


def test_work_that_is_done_is_not_asked_for_again_in_its_span(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_regular(monkeypatch, timedelta(days=3650))
    sweeping.ask_for_regular()
    working.run_job(Job.objects.get().pk)

    assert sweeping.ask_for_regular() == 0
    assert Job.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_ask_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    make_regular(monkeypatch, timedelta(days=3650))

    racing.race(*[sweeping.ask_for_regular] * 3)

    assert Job.objects.filter(kind="tests.note").count() == 1


# --- The whole


def test_a_sweep_frees_hints_and_beats(broker: Broker, breaker: hints.Breaker) -> None:
    make_leased(lease_until=PAST)
    job = make_unhinted()

    assert sweeping.sweep_once(breaker) == {"freed": 1, "asked": 0, "hinted": 1}

    assert broker.hinted() == [job.pk]
    assert Heartbeat.objects.get().name == "sweep"


def test_a_sweep_beats_without_a_broker(breaker: hints.Breaker) -> None:
    with pytest.raises(hints.BrokerAway):
        breaker.call(lambda: (_ for _ in ()).throw(ConnectionRefusedError()))
    make_leased(lease_until=PAST)

    assert sweeping.sweep_once(breaker) == {"freed": 1, "asked": 0, "hinted": 0}

    assert Heartbeat.objects.filter(name="sweep").exists()


def test_pings_a_worker_unless_the_broker_is_away(
    broker: Broker, breaker: hints.Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweeping.ping_worker(breaker)
    assert broker.messages() == [("jobs.ping", [])]

    with pytest.raises(hints.BrokerAway):
        breaker.call(lambda: (_ for _ in ()).throw(ConnectionRefusedError()))
    assert not sweeping.ping_worker(breaker)
    assert len(broker.messages()) == 1
