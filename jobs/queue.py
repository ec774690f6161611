"""Asking for work: a row in the caller's transaction, a hint after it commits."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from jobs import hints, kinds
from jobs.models import Job


@dataclass(frozen=True)
class Ask:
    """One piece of work. Asked for again with the same kind and key it stays one."""

    kind: str
    subject_id: int
    key: str
    run_at: datetime | None = None


def enqueue(*asks: Ask) -> list[int]:
    """Store jobs in one statement, hint the due ones once the transaction is committed; return their ids.

    Call it inside the transaction that changes the world. An ask whose job exists leaves that job alone.
    Raises kinds.UnknownKind.
    """
    for ask in asks:
        kinds.find(ask.kind)
    asks = tuple({(ask.kind, ask.key): ask for ask in asks}.values())
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    # "Update" the key to itself: unlike ignoring the conflict, that returns the id of the existing row too.
    jobs = Job.objects.bulk_create(
        [_job(ask, request_id) for ask in asks],
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=["key"],
    )
    now = timezone.now()
    due = [job.pk for job, ask in zip(jobs, asks, strict=True) if (ask.run_at or now) <= now]
    if due:
        transaction.on_commit(lambda: hints.send(due))
    return [job.pk for job in jobs]


def _job(ask: Ask, request_id: str) -> Job:
    return Job(
        kind=ask.kind,
        key=ask.key,
        subject_id=ask.subject_id,
        run_at=ask.run_at or Now(),
        request_id=request_id,
    )
