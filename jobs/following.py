"""Jobs that come after others: workers are told of them when the first try of those is over."""

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import zip_longest
from threading import Lock, Timer
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
# Seconds, which nobody notices of a mail: messages and batches for each lead took as much as its routing.
_GATHERED_FOR = 0.25
# While jobs wait by the hundred, what comes after them would take PostgreSQL from them: after how long without a full
# batch the queue counts as empty, and how long it is gathered for at most.
_QUIET_FOR, _GATHERED_AT_MOST = 1.0, 30.0


def asked(jobs: Sequence[Job]) -> dict[str, Any]:
    """What the statement is asked of these jobs, which are of one kind."""
    return {"next_kinds": kinds.next_of(jobs[0].kind), "next_keys": [job.key for job in jobs]}


def tell(after: After, *, more_wait: bool = False) -> None:
    """Tell workers of what comes after jobs that were tried, once that is committed, in as few messages as do.

    A worker of what somebody waits for gathers them for a quarter of a second: others do them together then. While
    more wait than it can take at a time, it goes on with those first, for half a minute at most. Such a message may be
    lost as any other may: the sweep tells again.
    """
    if after:
        gathers = queue_names.ONLY_FIRST in os.environ
        send = partial(_gathered.add, more_wait=more_wait) if gathers else _send
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
    """What is to be told soon, and the clock that does so."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._after: list[tuple[str, int]] = []
        self._since = 0.0  # monotonic, of the first of them
        self._more_since = 0.0  # when more waited last

    def add(self, after: After, *, more_wait: bool) -> None:
        """Have it told with whatever comes until then."""
        now = time.monotonic()
        with self._lock:
            begins = not self._after
            self._after += after
            if more_wait:
                self._more_since = now
            if begins:
                self._since = now
                self._wait()

    def _wait(self) -> None:
        timer = Timer(_GATHERED_FOR, self._ring)
        timer.daemon = True
        timer.start()

    def _ring(self) -> None:
        now = time.monotonic()
        with self._lock:
            more_wait = now - self._more_since < _QUIET_FOR
            if more_wait and now - self._since < _GATHERED_AT_MOST:
                self._wait()
                return
            after, self._after = self._after, []
        _send(after)


_gathered = _Gathered()


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
