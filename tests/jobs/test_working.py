import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.statements import Statement
from jobs import ending, following, kinds, sweeping, working
from jobs.models import Job
from tests import racing
from tests.jobs.making import FUTURE, PAST, make_job, make_leased
from tests.log_lines import logged

pytestmark = pytest.mark.django_db


def state_of(job: Job) -> tuple[str, int, str]:
    job.refresh_from_db()
    return job.state, job.attempts, job.last_error


# --- Claiming


def test_a_claim_takes_the_job_for_one_lease(settings) -> None:
    settings.JOB_LEASE_SECONDS = 45
    job = make_job()

    (claimed,) = working.claim(job.pk)

    assert claimed == job
    assert (claimed.state, claimed.attempts) == ("leased", 1)
    assert claimed.lease_token is not None
    assert claimed.lease_until is not None
    left = claimed.lease_until - timezone.now()
    assert timedelta(seconds=15) < left <= timedelta(seconds=45)


@pytest.mark.parametrize(
    "fields",
    [{"run_at": FUTURE}, {"state": "done", "done_at": Now()}, {"state": "dead"}],
    ids=["not yet due", "done", "dead"],
)
def test_a_claim_takes_nothing_else(fields: dict[str, object]) -> None:
    job = make_job(**fields)

    assert working.claim(job.pk) == []

    assert Job.objects.filter(attempts=0, lease_token=None).count() == 1


@pytest.mark.parametrize(("external", "then"), [(False, "off"), (True, "on")])
def test_a_claim_waits_for_the_disk_where_the_work_reaches_outside_alone(
    register: Callable[..., str], external: bool, then: str
) -> None:
    job = make_job(kind=register(print, external=external))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")

        assert working.claim(job.pk) == [job]

        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == (then,)


def test_a_claim_leaves_a_lease_alone_until_a_sweep_has_freed_the_job() -> None:
    job = make_leased()
    assert working.claim(job.pk) == []
    Job.objects.update(lease_until=PAST)
    assert working.claim(job.pk) == []

    sweeping.free_abandoned()
    Job.objects.update(run_at=Now())
    (claimed,) = working.claim(job.pk)

    assert claimed.attempts == 2
    assert claimed.lease_token != job.lease_token


def test_a_claim_of_a_job_that_does_not_exist_is_empty() -> None:
    assert working.claim(0) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (working._CLAIM, {"jobs_job_pkey", "job_pending_of_kind", "job_once_per_key"}),
        (following._NEXT, {"job_once_per_key"}),
    ],
)
def test_jobs_are_found_without_a_look_at_all_that_wait(
    statement: Statement, indexes: set[str]
) -> None:
    """Also where PostgreSQL counted when nothing waited, and believes that an index of all that waits is short."""
    for number in range(300):
        make_job(key=f"done:{number}", state="done", done_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_job")
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {statement.numbered}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert set(re.findall(r"(?:using|Bitmap Index Scan on) (\w+)", plan)) == indexes
    assert "Index Scan using job_pending_of_kind on jobs_job jobs_job_1 " not in plan


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_exactly_one_gets_the_job() -> None:
    job = make_job()

    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        both = racing.Race(*[partial(working.claim, job.pk)] * 2)
        racing.wait_for_blocked(2)  # both have found the job free and wait to take it
    claims = both.results()

    assert sorted(map(len, claims)) == [0, 1]
    assert state_of(job) == ("leased", 1, "")


@pytest.mark.django_db(transaction=True)
def test_eight_runners_at_once_do_the_work_once(register: Callable[..., str]) -> None:
    done: list[int] = []
    job = make_job(kind=register(lambda job: done.append(job.pk)))

    ran = racing.race(*[partial(working.run_job, job.pk)] * 8)

    assert ran.count(True) == 1
    assert done == [job.pk]
    assert state_of(job) == ("done", 1, "")


# --- Doing


def test_work_and_done_are_one_transaction(register: Callable[..., str]) -> None:
    seen: list[tuple[str, int]] = []

    def work(job: Job) -> None:
        stored = Job.objects.get(pk=job.pk)
        seen.append((stored.state, stored.attempts))
        assert connection.in_atomic_block
        Group.objects.create(name="effect")

    job = make_job(kind=register(work))

    assert working.run_job(job.pk)

    assert seen == [("leased", 1)]  # the attempt is counted before the work
    assert state_of(job) == ("done", 1, "")
    assert (job.lease_token, job.lease_until) == (None, None)
    assert job.done_at is not None
    assert Group.objects.filter(name="effect").count() == 1


def test_a_done_job_is_not_done_again(register: Callable[..., str]) -> None:
    done: list[int] = []
    job = make_job(kind=register(lambda job: done.append(job.pk)))

    assert [working.run_job(job.pk) for _ in range(3)] == [True, False, False]

    assert done == [job.pk]


def test_success_forgets_the_error_of_the_try_before(register: Callable[..., str]) -> None:
    job = make_job(kind=register(lambda job: None), attempts=1, last_error="ValueError")

    working.run_job(job.pk)

    assert state_of(job) == ("done", 2, "")


def test_the_statements_around_the_work(
    register: Callable[..., str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(kind=register(lambda job: None))

    with django_assert_num_queries(4):  # claim, savepoint, done, release
        working.run_job(job.pk)


@pytest.mark.django_db(transaction=True)
def test_external_work_runs_outside_any_transaction_and_its_finish_inside(
    register: Callable[..., str],
) -> None:
    blocks: list[bool] = []

    def finish() -> None:
        blocks.append(connection.in_atomic_block)

    def work(job: Job) -> kinds.Finish:
        blocks.append(connection.in_atomic_block)
        return finish

    job = make_job(kind=register(work, external=True))

    working.run_job(job.pk)

    assert blocks == [False, True]
    assert state_of(job) == ("done", 1, "")


def test_external_work_without_a_finish_is_done(register: Callable[..., str]) -> None:
    job = make_job(kind=register(lambda job: None, external=True))

    working.run_job(job.pk)

    assert state_of(job) == ("done", 1, "")


# --- Losing the lease while working


def take_away(job: Job) -> None:
    """What another worker does when this one's lease ran out."""
    Job.objects.filter(pk=job.pk).update(lease_until=PAST)
    sweeping.free_abandoned()
    Job.objects.filter(pk=job.pk).update(run_at=Now())
    assert working.claim(job.pk)


@pytest.mark.django_db(transaction=True)
def test_work_in_the_database_is_rolled_back_with_a_lost_lease(
    register: Callable[..., str],
) -> None:
    def work(job: Job) -> None:
        Group.objects.create(name="effect")
        racing.race(partial(take_away, job))

    job = make_job(kind=register(work))

    assert working.run_job(job.pk)

    assert not Group.objects.filter(name="effect").exists()
    assert state_of(job)[:2] == ("leased", 2)  # the other worker's, untouched
    assert job.lease_until is not None
    assert job.lease_until > timezone.now()


def test_the_end_of_external_work_is_not_recorded_with_a_lost_lease(
    register: Callable[..., str],
) -> None:
    recorded: list[str] = []

    def work(job: Job) -> kinds.Finish:
        take_away(job)
        return lambda: recorded.append("finished")

    job = make_job(kind=register(work, external=True))

    working.run_job(job.pk)

    assert recorded == []
    assert state_of(job)[:2] == ("leased", 2)


def test_a_failure_is_not_recorded_with_a_lost_lease(register: Callable[..., str]) -> None:
    def work(job: Job) -> None:
        take_away(job)
        raise LookupError

    job = make_job(kind=register(work, external=True))

    working.run_job(job.pk)

    assert (state_of(job)[:2], "LookupError" in job.last_error) == (("leased", 2), False)


# --- Failing


def failing(error: Exception) -> kinds.Work:
    def work(job: Job) -> None:
        Group.objects.create(name="effect")
        raise error

    return work


def test_a_failure_rolls_the_work_back_and_waits(register: Callable[..., str]) -> None:
    job = make_job(kind=register(failing(ValueError("Amina Diallo"))))
    before = timezone.now()

    assert working.run_job(job.pk)

    state, attempts, error = state_of(job)
    assert (state, attempts, job.lease_token, job.lease_until) == ("pending", 1, None, None)
    assert error.startswith("ValueError at test_working.py:")
    assert job.interruptions == 0
    assert before + timedelta(seconds=3) <= job.run_at <= timezone.now() + timedelta(seconds=4)
    assert not Group.objects.filter(name="effect").exists()


def test_a_job_is_dead_after_eight_tries_and_is_tried_no_more(register: Callable[..., str]) -> None:
    tries: list[int] = []

    def work(job: Job) -> None:
        tries.append(job.attempts)
        raise kinds.JobError("The printer is on fire.")

    job = make_job(kind=register(work))
    waits = []
    for _ in range(12):
        Job.objects.filter(state="pending").update(run_at=Now())
        working.run_job(job.pk)
        waits.append(state_of(job)[0])

    assert tries == [1, 2, 3, 4, 5, 6, 7, 8]
    assert waits == ["pending"] * 7 + ["dead"] * 5
    assert job.last_error.startswith("jobs.kinds.JobError: The printer is on fire. at ")


@pytest.mark.parametrize(
    "error", [OperationalError("gone"), InterfaceError("gone"), SoftTimeLimitExceeded()]
)
def test_what_is_stopped_from_outside_is_tried_again_at_once_and_counted_apart(
    register: Callable[..., str], caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    job = make_job(kind=register(failing(error)), attempts=3, interruptions=1)

    working.run_job(job.pk)

    assert state_of(job)[:2] == ("pending", 4)
    assert job.interruptions == 2
    assert job.run_at - timezone.now() <= timedelta(seconds=2)
    assert [line["outcome"] for line in logged(caplog, "derisk.job")] == ["stopped"]


def test_a_kind_that_this_version_lacks_is_a_failure() -> None:
    job = make_job(kind="tests.of_tomorrow")

    working.run_job(job.pk)

    state, attempts, error = state_of(job)
    assert (state, attempts) == ("pending", 1)
    assert error.startswith("jobs.kinds.UnknownKind: tests.of_tomorrow at kinds.py:")


def test_a_refusal_of_several_fields_is_recorded_by_its_codes(register: Callable[..., str]) -> None:
    refusal = ValidationError({"email": ValidationError("amina@client.example", code="invalid")})
    job = make_job(kind=register(failing(refusal)))

    working.run_job(job.pk)

    assert state_of(job)[2].startswith("django.core.exceptions.ValidationError: email invalid at ")


def test_a_long_error_is_cut(register: Callable[..., str]) -> None:
    job = make_job(kind=register(failing(kinds.JobError("x" * 900))))

    working.run_job(job.pk)

    assert len(state_of(job)[2]) == 500


def test_when_the_failure_cannot_be_recorded_the_first_error_stays_private(
    register: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(kind=register(failing(ValueError("Amina Diallo"))))

    def away(job: Job, error: str, *, was_stopped: bool) -> bool:
        raise DatabaseError("the connection is lost")

    monkeypatch.setattr(ending, "record_failure", away)

    with pytest.raises(DatabaseError) as caught:
        working.run_job(job.pk)

    assert (
        caught.value.__context__ is None
    )  # its traceback, which is logged, would quote the client


# --- What is logged


def test_each_try_leaves_one_line_with_ids_only(
    register: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fine = make_job(kind=register(lambda job: None), request_id="r-12345678")
    bad = make_job(kind=register(failing(ValueError("Amina Diallo")), name="tests.bad"))

    working.run_job(fine.pk)
    working.run_job(bad.pk)

    done, failed = logged(caplog, "derisk.job")
    assert (done["outcome"], done["job"], done["request_id"]) == ("done", fine.pk, "r-12345678")
    assert (failed["outcome"], failed["job"], failed["kind"]) == ("failed", bad.pk, "tests.bad")
    assert "Amina" not in json.dumps([done, failed], default=str)
    assert structlog.contextvars.get_contextvars().get("job") is None


def test_a_lost_lease_is_logged_as_such(
    register: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    def work(job: Job) -> None:
        take_away(job)
        raise LookupError

    working.run_job(make_job(kind=register(work, external=True)).pk)

    assert [line["outcome"] for line in logged(caplog, "derisk.job")] == ["lease lost"]
