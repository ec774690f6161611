"""Giving a dead job another life, and one that waits after a failed try the next try at once."""

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from jobs import kinds, queue
from jobs.models import Job

log = structlog.get_logger("derisk.job")


@transaction.atomic
def retry_job(*, job: Job, by: User) -> Job:
    """Let a job that failed run again now, from its first attempt, whether it is dead or would wait for its next try.

    Raises ValidationError(code="conflict") when it is done, at work, due anyway, or meant for later.
    """
    revived = (
        Job.objects.filter(pk=job.pk)
        .filter(
            Q(state=Job.State.DEAD) | Q(state=Job.State.PENDING, attempts__gt=0, run_at__gt=Now())
        )
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
