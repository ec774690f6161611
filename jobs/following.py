"""Jobs that come after others: workers are told of them when the first try of those is over."""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts import statements
from jobs import hints, kinds, queue_names
from jobs.models import Job

After = Sequence[tuple[str, int]]  # kinds and ids
# What comes after jobs, for a statement that has `next_kinds` and `next_keys`.
NEXT = """
    SELECT kind, id FROM jobs_job
    WHERE kind = ANY(%(next_kinds)s) AND key = ANY(%(next_keys)s) AND state = 'pending'
        AND run_at <= statement_timestamp()
    ORDER BY kind, run_at, id
"""
_NEXT = statements.Statement.written(NEXT)

# Behind a long queue a client waits for a word too, and not only for an adviser.
_LONGEST = timedelta(minutes=1)
# Seconds, which nobody notices of a mail: five messages and their batches of one took as much as the routing of a lead.
_GATHERED_FOR = 0.25


def asked(jobs: Sequence[Job]) -> dict[str, Any]:
    """What the statement is asked of these jobs, which are of one kind."""
    return {"next_kinds": kinds.next_of(jobs[0].kind), "next_keys": [job.key for job in jobs]}


def tell(after: After) -> None:
    """Tell workers of what comes after jobs that were tried, once that is committed, in as few messages as do.

    A worker of what somebody waits for gathers them for a quarter of a second: others do them together then. Such a
    message may be lost as any other may: the sweep tells again.
    """
    if after:
        send = _gathered.add if queue_names.ONLY_FIRST in os.environ else _send
        transaction.on_commit(partial(send, after))


def tell_after(job: Job) -> None:
    """The same of a job that failed."""
    if kinds.next_of(job.kind):
        tell(statements.fetch(_NEXT, asked([job])))


def _send(after: After) -> None:
    hints.send(*_messages(after))


def _messages(after: After) -> Iterator[list[int]]:
    """Of each kind one job, which takes others along, together in a message: they lock the same rows."""
    found = defaultdict[str, list[int]](list)
    for kind, pk in after:
        found[kind].append(pk)
    told = [pks[:: kinds.find(kind).most] for kind, pks in found.items()]
    for message in zip_longest(*told):
        yield [pk for pk in message if pk]


class _Gathered:
    """What is to be told soon, and the thread that does so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._after: list[tuple[str, int]] = []

    def add(self, after: After) -> None:
        """Have it told with whatever comes until then."""
        with self._lock:
            begins = not self._after
            self._after += after
        if begins:
            timer = threading.Timer(_GATHERED_FOR, self._tell)
            timer.daemon = True
            timer.start()

    def _tell(self) -> None:
        with self._lock:
            after, self._after = self._after, []
        _send(after)


_gathered = _Gathered()


def waits() -> Q:
    """Of jobs those that leave the first try to another, which nobody has finished yet; for a minute at most."""
    is_first = Q(state=Job.State.PENDING, attempts=0) | Q(state=Job.State.LEASED, attempts=1)
    firsts = Job.objects.filter(is_first, key=OuterRef("key"))
    found = Q(pk__in=[])
    for name, first in kinds.after().items():
        found |= Q(Exists(firsts.filter(kind=first)), kind=name)
    return found & Q(run_at__gt=Now() - _LONGEST)
