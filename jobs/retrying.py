"""Giving a dead job another life, and one that waits after a failed try the next try at once."""

from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from jobs import kinds, queue
from jobs.models import Job

log = structlog.get_logger("derisk.job")
_FRESH = {"state": Job.State.PENDING, "attempts": 0, "interruptions": 0, "run_at": Now()}


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
        .update(**_FRESH)
    )
    if not revived:
        raise ValidationError(
            "This job is not dead, so there is nothing to retry.", code="conflict"
        )
    log.info("job retried by hand", job=job.pk, kind=job.kind, user=by.pk)
    queue.hint([job.pk], at_once=job.kind in kinds.at_once())
    job.refresh_from_db()
    return job


def revive(*, kind: str, subject_ids: QuerySet[Any]) -> int:
    """Let the jobs of one kind for these subjects that ended, dead or done, run again now; how many there were.

    For what is still to be done although its job ended, since what it needs was away. The sweep hints them.
    """
    ended = Job.objects.filter(state__in=[Job.State.DEAD, Job.State.DONE])
    revived = ended.filter(kind=kind, subject_id__in=subject_ids).update(**_FRESH, done_at=None)
    if revived:
        log.info("ended jobs run again", kind=kind, jobs=revived)
    return revived
