"""Doing a job: claim it, do the work, mark it done with our own token, or record why not."""

import logging
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from jobs import failures, kinds, pausing
from jobs.models import Job

log = structlog.get_logger("derisk.job")
_LEVELS = {
    "done": logging.INFO,
    "lease lost": logging.WARNING,
    "stopped": logging.WARNING,
    "failed": logging.ERROR,
}

# SQL of our own, since every job runs both: Django's would be written anew each time, and cannot return the row.
_CLAIM = """
    UPDATE jobs_job SET state = 'leased', lease_token = %s, attempts = attempts + 1,
        lease_until = statement_timestamp() + %s
    WHERE id = %s AND state = 'pending' AND run_at <= statement_timestamp() RETURNING *
"""
_COMPLETE = """
    UPDATE jobs_job SET state = 'done', done_at = statement_timestamp(), lease_token = NULL, lease_until = NULL,
        last_error = ''
    WHERE id = %s AND state = 'leased' AND lease_token = %s
"""


class LeaseLost(Exception):
    """Another worker may have the job by now: whatever this one did in the database is rolled back."""


def run_job(job_id: int) -> bool:
    """Claim the job and do it; False when there was nothing to claim. A failure is recorded on the job."""
    job = claim(job_id)
    if job is None:
        return False
    with structlog.contextvars.bound_contextvars(
        request_id=job.request_id, job=job.pk, kind=job.kind
    ):
        outcome, error = _try(job)
        # Here, not while the error is being handled: if this fails too, its traceback would show that error's text.
        if error:
            is_noted = record_failure(job, error, was_stopped=outcome == "stopped")
            outcome = outcome if is_noted else "lease lost"
        log.log(_LEVELS[outcome], "job", outcome=outcome, attempt=job.attempts, error=error)
    return True


def _try(job: Job) -> tuple[str, str]:
    try:
        _do(job)
    except LeaseLost:
        return "lease lost", ""
    except Exception as error:  # noqa: BLE001 - any failure becomes a row that staff see and retry
        outcome = "stopped" if failures.is_interruption(error) else "failed"
        return outcome, failures.describe(error)
    return "done", ""


def claim(job_id: int) -> Job | None:
    """Take a due job for one lease, counting the attempt before the work; None when it is not to be had.

    What another worker dropped is due again when a sweep has freed it. One conditional UPDATE: of two workers at once,
    one finds the row changed and gets nothing.
    """
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    return next(iter(Job.objects.raw(_CLAIM, [uuid.uuid4(), lease, job_id])), None)


def _do(job: Job) -> None:
    kind = kinds.find(job.kind)
    finish = kind.work(job) if kind.is_external else None
    with transaction.atomic():
        if not kind.is_external:
            finish = kind.work(job)
        _complete(job)
        if finish is not None:
            finish()


def _complete(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE, [job.pk, job.lease_token])
        if not cursor.rowcount:
            raise LeaseLost


def record_failure(job: Job, error: str, *, was_stopped: bool = False) -> bool:
    """Put the job back with a pause, or lay it down dead after its last try; False when the lease is lost."""
    then = pausing.after(job, was_stopped=was_stopped)
    return bool(
        Job.objects.filter(pk=job.pk, state=Job.State.LEASED, lease_token=job.lease_token).update(
            state=Job.State.DEAD if then.is_dead else Job.State.PENDING,
            interruptions=then.interruptions,
            run_at=Now() + then.pause,
            lease_token=None,
            lease_until=None,
            last_error=error[:500],
        )
    )
