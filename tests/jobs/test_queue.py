from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs import kinds, messages, queue
from jobs.models import Job, age_of_oldest_due
from tests.jobs.broker import Broker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kind(register: Callable[..., str]) -> str:
    return register(lambda job: None)


def ask(key: str = "lead:1", **fields: Any) -> queue.Ask:
    given: dict[str, Any] = {"kind": "tests.work", "subject_id": 1, "key": key}
    return queue.Ask(**given | fields)


def test_stores_what_was_asked_for() -> None:
    (job_id,) = queue.enqueue(ask(subject_id=7, key="lead:7"))

    job = Job.objects.get()
    assert (job.pk, job.kind, job.subject_id, job.key) == (job_id, "tests.work", 7, "lead:7")
    assert (job.state, job.attempts, job.max_attempts) == ("pending", 0, 8)
    assert job.run_at == job.created_at == job.hinted_at


def test_remembers_the_request_that_asked() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-12345678"):
        queue.enqueue(ask())

    assert Job.objects.get().request_id == "r-12345678"


def test_is_one_insert_for_any_number_of_jobs() -> None:
    with CaptureQueriesContext(connection) as queries:
        queue.enqueue(ask("a"), ask("b"), ask("c"))

    assert [q["sql"].split()[0] for q in queries] == ["INSERT"]
    assert Job.objects.count() == 3


def test_the_same_key_is_one_job_and_keeps_its_first_state() -> None:
    first = queue.enqueue(ask("a", subject_id=1))
    Job.objects.update(state="dead", attempts=8)

    again = queue.enqueue(ask("a", subject_id=2), ask("b"))

    assert again[0] == first[0]
    job = Job.objects.get(key="a")
    assert (job.subject_id, job.state, job.attempts) == (1, "dead", 8)
    assert Job.objects.count() == 2


def test_the_same_key_twice_in_one_call_is_one_job() -> None:
    assert len(queue.enqueue(ask("a"), ask("a"))) == 1
    assert Job.objects.count() == 1


def test_the_same_key_of_another_kind_is_another_job(register: Callable[..., str]) -> None:
    register(lambda job: None, name="tests.other")

    queue.enqueue(ask("a"), ask("a", kind="tests.other"))

    assert Job.objects.count() == 2


def test_an_unknown_kind_is_refused_before_anything_is_stored() -> None:
    with pytest.raises(kinds.UnknownKind, match=r"tests\.typo"):
        queue.enqueue(ask("a"), ask("b", kind="tests.typo"))

    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_goes_with_the_callers_transaction(broker: Broker) -> None:
    def change_and_fail() -> None:
        with transaction.atomic():
            Group.objects.create(name="changed")
            queue.enqueue(ask())
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()

    assert not Group.objects.filter(name="changed").exists()
    assert not Job.objects.exists()
    assert broker.messages() == []


@pytest.mark.django_db(transaction=True)
def test_hints_only_after_the_commit(broker: Broker) -> None:
    with transaction.atomic():
        ids = queue.enqueue(ask("a"), ask("b"))
        assert broker.messages() == []

    assert broker.messages() == [("jobs.look", ids)]


def test_one_message_tells_of_ten_jobs_of_a_kind_or_of_as_many_as_are_done_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kinds, "together", lambda: {"tests.together": 3})
    due = [
        (kind, 100 * n + number)
        for number in range(7)
        for n, kind in enumerate(["", "tests.together"])
    ]
    due += [("tests.alone", number) for number in range(1000, 1012)]

    told = [pks for _, pks in messages.of(due)]

    assert sorted(told) == [
        *([pk] for pk in range(7)),
        *([100 + pk] for pk in (0, 3, 6)),
        list(range(1000, 1010)),
        [1010, 1011],
    ]


def test_hints_what_is_due_and_not_what_is_for_later(
    broker: Broker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        later, past, _now = queue.enqueue(
            ask("later", run_at=timezone.now() + timedelta(minutes=1)),
            ask("past", run_at=timezone.now() - timedelta(minutes=1)),
            ask("now"),
        )

    assert broker.hinted() == [past, _now]
    assert Job.objects.get(pk=later).state == "pending"


def test_work_for_later_hints_nothing_and_keeps_its_time(
    broker: Broker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    run_at = datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        queue.enqueue(ask(run_at=run_at))

    assert callbacks == []
    assert Job.objects.get().run_at == run_at
    assert not Job.objects.due().exists()


@pytest.mark.usefixtures("broker")
def test_an_hour_that_has_passed_is_now() -> None:
    queue.enqueue(ask(run_at=datetime(2001, 1, 2, 3, 4, 5, tzinfo=UTC)))

    job = Job.objects.get()
    assert job.run_at == job.created_at
    assert age_of_oldest_due() < timedelta(minutes=5)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_is_no_error(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(told: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("jobs.hints.publish_all", refused)

    queue.enqueue(ask())

    assert broker.messages() == []
    assert Job.objects.due().count() == 1
