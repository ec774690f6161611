"""Asking for work: a row in the caller's transaction, a hint after it commits."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import inserting
from jobs import gathering, hints, kinds, messages
from jobs.models import Job


@dataclass(frozen=True)
class Ask:
    """One piece of work. Asked for again with the same kind and key it stays one.

    `request_id` tells because of which request, where that is not the one in which it is asked for.
    """

    kind: str
    subject_id: int
    key: str
    run_at: datetime | None = None
    request_id: str = ""


def enqueue(*asks: Ask) -> list[int]:
    """Store jobs in one statement, hint the due ones once the transaction is committed; return their ids.

    Call it inside the transaction that changes the world. An ask whose job exists leaves that job alone.
    Raises kinds.UnknownKind.
    """
    for ask in asks:
        kinds.find(ask.kind)
    asks = tuple({(ask.kind, ask.key): ask for ask in asks}.values())
    request_id, now = current_request_id(), timezone.now()
    # "Update" the key to itself: unlike ignoring the conflict, that returns the id of the existing row too.
    jobs = Job.objects.bulk_create(
        [_job(ask, request_id, now) for ask in asks],
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=["key"],
    )
    both = zip(asks, jobs, strict=True)
    due = [(ask.kind, job.pk) for ask, job in both if (ask.run_at or now) <= now]
    hint_due(due)
    return [job.pk for job in jobs]


def hint_due(due: Iterable[tuple[str, int]]) -> None:
    """Tell workers of these jobs, by kind and id, in as few messages as do, once the transaction is committed.

    A worker gathers what nobody waits for (`jobs.gathering`).
    """
    due = list(due)
    if due and gathering.is_on():
        at_once = kinds.at_once()
        patient = [one for one in due if one[0] not in at_once]
        transaction.on_commit(partial(gathering.tell, patient))
        due = [one for one in due if one[0] in at_once]
    for kind, pks in messages.of(due):
        hint(pks, at_once=kinds.find(kind).at_once)


def hint_together(asked: Sequence[str], job_ids: Sequence[int]) -> None:
    """Tell one worker of jobs of these kinds once the transaction is committed, since they take turns at the same rows.

    Those that overtake others come first; a worker that does nothing else then tells others of the rest. What comes
    after one of them is told when that is done.
    """
    places, at_once = _told_now(tuple(asked))
    told = [job_ids[place] for place in places]
    transaction.on_commit(lambda: hints.send_together([(told, at_once)]))


@cache
def _told_now(asked: tuple[str, ...]) -> tuple[list[int], bool]:
    """Which of jobs of these kinds workers are told of now, in order, and whether that overtakes others."""
    found = [kinds.find(name) for name in asked]
    now = [place for place, kind in enumerate(found) if kind.after not in asked]
    first = [place for place in now if found[place].at_once]
    return [*first, *(place for place in now if place not in first)], bool(first)


def hint(job_ids: Sequence[int], *, at_once: bool = False) -> None:
    """Tell one worker of these jobs, one after the other, once the transaction is committed."""
    transaction.on_commit(lambda: hints.send(job_ids, at_once=at_once))


def current_request_id() -> str:
    """Of the request in which this happens; empty outside of one."""
    found = _request_id().get()
    return found if isinstance(found, str) else ""


@cache
def _request_id() -> ContextVar[object]:
    """Where structlog keeps it, which goes through all variables of the context for each question."""
    tokens = structlog.contextvars.bind_contextvars(request_id="")
    structlog.contextvars.reset_contextvars(**tokens)
    return tokens["request_id"].var


def insert_for(
    source: str, asked: Sequence[str], *, key: str, request_id: str = "%(request_id)s"
) -> str:
    """An INSERT that asks for work of these kinds, due now, for each row of `source`, and answers with their ids.

    For what is stored in one statement together with its jobs: `source` is a part of it with a column `id`, and
    `request_id` an expression, by itself one of its values. The caller hints the jobs. Raises kinds.UnknownKind.
    """
    for name in asked:
        kinds.find(name)
    given = {
        "kind": "asked.kind",
        "key": f"'{key}:' || {source}.id",
        "subject_id": f"{source}.id",
        "request_id": request_id,
    }
    names = ", ".join(f"'{name}'" for name in asked)
    rows = f"FROM {source}, unnest(ARRAY[{names}]) AS asked (kind)"
    return f"{inserting.insert(Job, given, rows=rows)} RETURNING id"


def _job(ask: Ask, request_id: str, now: datetime) -> Job:
    # An hour that has passed is now: a text published under a date of years ago has not kept its job waiting for years.
    return Job(
        kind=ask.kind,
        key=ask.key,
        subject_id=ask.subject_id,
        run_at=ask.run_at if ask.run_at and ask.run_at > now else Now(),
        request_id=ask.request_id or request_id,
    )
