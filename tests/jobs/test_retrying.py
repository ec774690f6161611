from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs import retrying
from jobs.models import Job
from tests.factories import UserFactory
from tests.jobs.broker import Broker
from tests.jobs.making import make_job, make_leased
from tests.log_lines import logged

pytestmark = pytest.mark.django_db


def test_a_dead_job_runs_again_from_its_first_try(
    broker: Broker,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    job = make_job(state="dead", attempts=9, interruptions=1, last_error="ValueError at a.py:1")
    user = UserFactory.create()

    with django_capture_on_commit_callbacks(execute=True):
        retried = retrying.retry_job(job=job, by=user)

    assert (retried.pk, retried.state) == (job.pk, "pending")
    assert (retried.attempts, retried.interruptions) == (0, 0)
    assert abs(retried.run_at - timezone.now()) < timedelta(seconds=30)
    assert retried.last_error == "ValueError at a.py:1"  # until the next try says otherwise
    assert Job.objects.due().get() == job
    assert broker.hinted() == [job.pk]
    (line,) = logged(caplog, "derisk.job")
    assert (line["event"], line["job"], line["user"]) == ("job retried by hand", job.pk, user.pk)


@pytest.mark.parametrize("state", ["pending", "leased", "done"])
def test_a_job_that_is_not_dead_is_refused_and_stays_as_it_is(state: str, broker: Broker) -> None:
    made = {
        "pending": lambda: make_job(attempts=3),
        "leased": lambda: make_leased(attempts=3),
        "done": lambda: make_job(state="done", done_at=Now(), attempts=3),
    }
    job = made[state]()
    before = Job.objects.values().get()

    with pytest.raises(ValidationError, match="not dead") as refusal:
        retrying.retry_job(job=job, by=UserFactory.create())

    assert refusal.value.code == "conflict"
    assert Job.objects.values().get() == before
    assert broker.messages() == []


def test_what_would_wait_after_a_failed_try_runs_at_once(broker: Broker) -> None:
    job = make_job(attempts=3, run_at=timezone.now() + timedelta(hours=1))
    fresh = make_job(key="later", run_at=timezone.now() + timedelta(hours=1))

    retried = retrying.retry_job(job=job, by=UserFactory.create())

    assert (retried.state, retried.attempts) == ("pending", 0)
    assert Job.objects.due().get() == job
    with pytest.raises(ValidationError, match="not dead"):
        retrying.retry_job(job=fresh, by=UserFactory.create())


def test_what_the_caller_believes_of_the_job_does_not_count() -> None:
    job = make_job(state="dead", attempts=8)
    retrying.retry_job(job=job, by=UserFactory.create())
    job.state = "dead"  # a page opened before

    with pytest.raises(ValidationError, match="not dead"):
        retrying.retry_job(job=job, by=UserFactory.create())


def test_ended_jobs_of_one_kind_run_again_for_the_subjects_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    dead = make_job(state="dead", attempts=8, subject_id=1)
    done = make_job(state="done", attempts=1, subject_id=1, done_at=timezone.now())
    others = [
        make_job(state="dead", attempts=8, subject_id=2),
        make_job(state="dead", attempts=8, subject_id=1, kind="tests.unheard_of"),
    ]
    named = Job.objects.filter(pk=dead.pk).values("subject_id")

    assert retrying.revive(kind=dead.kind, subject_ids=named) == 2

    for job in (dead, done, *others):
        job.refresh_from_db()
    assert [(job.state, job.attempts) for job in (dead, done)] == [("pending", 0)] * 2
    assert [job.state for job in others] == ["dead", "dead"]
    (line,) = logged(caplog, "derisk.job")
    assert (line["event"], line["kind"], line["jobs"]) == ("ended jobs run again", dead.kind, 2)
