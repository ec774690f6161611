"""Processor time of one lead by kind of job: of the worker, here this process, and of its connection to PostgreSQL."""

import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.bench.telling import tell

_TICKS = os.sysconf("SC_CLK_TCK")
# A process that has just begun loads words, plans and modules: the first jobs of each kind do not count.
WARMING = 50
# What others follow from.
_ORDER = {"intake.route_lead": 0}


@dataclass
class Cost:
    """Seconds of a processor for one job, statements for the last fifty."""

    worker: float = 0
    postgres: float = 0
    statements: int = 0


def tell_costs(leads: int) -> None:
    """Do every job of so many leads, and what follows from it, kind by kind as workers would; tell what it cost."""
    total = Cost()
    while kinds := _waiting():
        kind = min(kinds, key=lambda name: (_ORDER.get(name, 1), name))
        a_lead = kinds[kind] / leads
        one = _do_all(kind)
        cost = Cost(one.worker * a_lead, one.postgres * a_lead, one.statements)
        _tell(f"{kind}, {a_lead:.1f} a lead", cost)
        total.worker += cost.worker
        total.postgres += cost.postgres
        total.statements += cost.statements
    _tell("together", total)


def _waiting() -> Counter[str]:
    """How many jobs of each kind wait."""
    from jobs.models import Job

    return Counter(Job.objects.filter(state="pending").values_list("kind", flat=True))


def _tell(name: str, cost: Cost) -> None:
    tell(f"{name}: worker", cost.worker * 1000, "ms of a processor a lead")
    tell(
        f"{name}: PostgreSQL",
        cost.postgres * 1000,
        "ms of a processor a lead",
        statements=cost.statements,
    )


def _do_all(kind: str) -> Cost:
    """Do the jobs of this kind as a worker that the sweep tells of them."""
    from django.db import connection
    from django.db.models.functions import Now

    from jobs.models import Job

    found = Job.objects.filter(kind=kind, state="pending").order_by("pk")
    ids = list(found.values_list("pk", flat=True))
    Job.objects.filter(pk__in=ids).update(run_at=Now())
    warming = min(WARMING, len(ids) // 3)
    _do(kind, ids[:warming])
    told, counted = ids[warming : len(ids) - warming], ids[len(ids) - warming :]
    pid = connection.connection.info.backend_pid
    cost, server, own = Cost(), _seconds_of(pid), time.process_time()
    _do(kind, told)
    cost.worker = (time.process_time() - own) / len(told)
    cost.postgres = (_seconds_of(pid) - server) / len(told)
    cost.statements = _statements(kind, counted)
    return cost


def _statements(kind: str, ids: list[int]) -> int:
    """Do these jobs too, and count: while somebody looks on, a statement goes another way, which costs more."""
    from django.db import connection

    found = 0

    def count(execute, *args):  # type: ignore[no-untyped-def]
        nonlocal found
        found += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        _do(kind, ids)
    return found


def _seconds_of(pid: int) -> float:
    """Processor seconds of a process so far, its own and for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _do(kind: str, ids: list[int]) -> None:
    from jobs import messages, working

    for _, told in messages.of((kind, pk) for pk in ids):
        for job_id in told:
            working.run_job(job_id)
