"""Doing a job: claim it, do the work, mark it done with our own token, or record why not."""

import traceback
import uuid
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from jobs import kinds
from jobs.models import Job, backoff

log = structlog.get_logger("derisk.job")


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
        try:
            _do(job)
        except LeaseLost:
            log.warning("job", outcome="lease lost", attempt=job.attempts)
        except Exception as error:  # noqa: BLE001 - any failure becomes a row that staff see and retry
            record_failure(job, describe(error))
            log.error("job", outcome="failed", attempt=job.attempts, error=describe(error))
        else:
            log.info("job", outcome="done", attempt=job.attempts)
    return True


def claim(job_id: int) -> Job | None:
    """Take the job for one lease, counting the attempt before the work; None when it is not to be had.

    One conditional UPDATE: of two workers at once, one finds the row changed and gets nothing.
    """
    token = uuid.uuid4()
    taken = (
        Job.objects.claimable()
        .filter(pk=job_id)
        .update(
            state=Job.State.LEASED,
            lease_token=token,
            lease_until=Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS),
            attempts=F("attempts") + 1,
        )
    )
    return Job.objects.filter(pk=job_id, lease_token=token).first() if taken else None


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
    done = Job.objects.filter(
        pk=job.pk, state=Job.State.LEASED, lease_token=job.lease_token
    ).update(state=Job.State.DONE, done_at=Now(), lease_token=None, lease_until=None, last_error="")
    if not done:
        raise LeaseLost


def record_failure(job: Job, error: str) -> bool:
    """Put the job back with a pause, or lay it down dead after its last try; False when the lease is lost."""
    is_dead = job.attempts >= job.max_attempts
    return bool(
        Job.objects.filter(pk=job.pk, state=Job.State.LEASED, lease_token=job.lease_token).update(
            state=Job.State.DEAD if is_dead else Job.State.PENDING,
            run_at=Now() + backoff(job.attempts),
            lease_token=None,
            lease_until=None,
            last_error=error[:500],
        )
    )


def describe(error: Exception) -> str:
    """What failed and where, without the error's own text, which may quote a client.

    Texts of JobError and codes of ValidationError are ours and are kept.
    """
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, kinds.JobError | kinds.UnknownKind):
        name = f"{name}: {error}"
    elif isinstance(error, ValidationError):
        name = f"{name}: {', '.join(str(e.code) for e in error.error_list)}"
    ours = [f for f in traceback.extract_tb(error.__traceback__) if _is_ours(f.filename)]
    return f"{name} at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else name


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts
