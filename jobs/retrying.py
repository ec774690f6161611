"""Giving a dead job another life."""

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from jobs import kinds, queue
from jobs.models import Job

log = structlog.get_logger("derisk.job")


@transaction.atomic
def retry_job(*, job: Job, by: User) -> Job:
    """Let a dead job run again from its first attempt; raises ValidationError(code="conflict") when it is not dead."""
    revived = (
        Job.objects.dead()
        .filter(pk=job.pk)
        .update(state=Job.State.PENDING, attempts=0, interruptions=0, run_at=Now())
    )
    if not revived:
        raise ValidationError(
            "This job is not dead, so there is nothing to retry.", code="conflict"
        )
    log.info("job retried by hand", job=job.pk, kind=job.kind, user=by.pk)
    queue.hint([job.pk], at_once=job.kind in kinds.at_once())
    job.refresh_from_db()
    return job
