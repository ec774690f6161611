"""Jobs that come after others: workers are told of them when the first try of those is over."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts import statements
from jobs import gathering, kinds
from jobs.messages import Due
from jobs.models import Job

# What comes after jobs, for a statement that has `next_kinds` and `next_keys`. They are found by their keys: PostgreSQL
# is not to look through all that wait (as in jobs/working.py).
NEXT = """
    SELECT kind, id FROM jobs_job
    WHERE kind = ANY(%(next_kinds)s) AND key = ANY(%(next_keys)s) AND state || '' = 'pending'
        AND run_at <= statement_timestamp()
    ORDER BY kind, run_at, id
"""
_NEXT = statements.Statement.written(NEXT)

# Behind a long queue a client waits for a word too, and not only for an adviser.
_LONGEST = timedelta(minutes=1)


def asked(jobs: Sequence[Job]) -> dict[str, Any]:
    """What the statement is asked of these jobs, which are of one kind."""
    return {"next_kinds": kinds.next_of(jobs[0].kind), "next_keys": [job.key for job in jobs]}


def tell(after: Due, *, more_wait: bool = False) -> None:
    """Tell workers of what comes after jobs that were tried, once that is committed, in as few messages as do; where
    more of those wait than are taken at a time, when they are done. Such a message may be lost as any other may: the
    sweep tells again.
    """
    if after:
        transaction.on_commit(partial(gathering.tell, after, more_wait=more_wait))


def tell_after(job: Job) -> None:
    """The same of a job that failed."""
    if kinds.next_of(job.kind):
        tell(statements.fetch(_NEXT, asked([job])))


def waits() -> Q:
    """Of jobs those that leave the first try to another, which nobody has finished yet, and, while more of those wait
    than are taken at a time, all that come after such ones; for a minute at most.
    """
    untried = Job.objects.filter(state=Job.State.PENDING, attempts=0)
    is_first = Q(state=Job.State.PENDING, attempts=0) | Q(state=Job.State.LEASED, attempts=1)
    firsts = Job.objects.filter(is_first, key=OuterRef("key"))
    found = Q(pk__in=[])
    for name, first in kinds.after().items():
        most = kinds.together().get(first, 1)
        many = untried.filter(kind=first, run_at__lte=Now()).order_by()[most : most + 1]
        found |= Q(Exists(firsts.filter(kind=first)) | Exists(many), kind=name)
    return found & Q(run_at__gt=Now() - _LONGEST)
