import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models.functions import Now

from jobs.models import Heartbeat, Job, age_of_beat, age_of_oldest_due, beat
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


LEASE = {"lease_token": uuid.UUID(int=1), "lease_until": Now()}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "leased"}, "job_lease_exactly_while_leased"),
        ({"state": "leased", "lease_until": Now()}, "job_lease_exactly_while_leased"),
        ({"state": "pending"} | LEASE, "job_lease_exactly_while_leased"),
        ({"state": "done", "done_at": Now()} | LEASE, "job_lease_exactly_while_leased"),
        ({"state": "done"}, "job_done_at_exactly_when_done"),
        ({"state": "dead", "done_at": Now()}, "job_done_at_exactly_when_done"),
        ({"state": "lost"}, "job_state_known"),
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(
    fields: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        make_job(**fields)


def test_the_database_refuses_a_second_job_of_one_key() -> None:
    make_job(key="a")

    with pytest.raises(IntegrityError, match="job_once_per_key"):
        make_job(key="a")


def test_due_and_abandoned_jobs() -> None:
    leased = {"state": "leased", "lease_token": uuid.uuid4()}
    due = make_job()
    abandoned = make_job(**leased, lease_until=Now() - MINUTE)
    make_job(run_at=Now() + MINUTE)
    make_job(**leased, lease_until=Now() + MINUTE)
    make_job(state="done", done_at=Now())
    make_job(state="dead")

    assert Job.objects.due().get() == due
    assert Job.objects.abandoned().get() == abandoned


def test_the_age_of_the_oldest_due_job() -> None:
    assert age_of_oldest_due() == timedelta()

    make_job(run_at=Now() - 3 * MINUTE)
    make_job(run_at=Now() - 2 * MINUTE)
    make_job(run_at=Now() - 9 * MINUTE, state="dead")
    make_job(run_at=Now() + MINUTE)

    assert 3 * MINUTE <= age_of_oldest_due() < 4 * MINUTE


def test_a_heartbeat_is_one_row_that_moves() -> None:
    assert age_of_beat("sweep") is None

    beat("sweep")
    Heartbeat.objects.update(beaten_at=Now() - MINUTE)
    age = age_of_beat("sweep")
    assert age is not None
    assert age >= MINUTE

    beat("sweep")
    age = age_of_beat("sweep")
    assert age is not None
    assert age < MINUTE
    assert Heartbeat.objects.count() == 1
