"""Processor time of one lead by kind of job: of the worker, here this process, and of its connection to PostgreSQL."""

import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.bench.telling import tell

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Seconds of a processor, and statements."""

    worker: float = 0
    postgres: float = 0
    statements: int = 0
    jobs: int = 0


# A process that has just begun loads words, plans and modules: the first jobs of each kind do not count.
WARMING = 50


def tell_costs(leads: int) -> None:
    """Do every waiting job of so many leads and `WARMING` more, kind by kind as workers would; tell what it cost."""
    from jobs.models import Job

    kinds = list(Job.objects.values_list("kind", flat=True))
    total = Cost()
    for kind, _ in sorted(Counter(kinds).items(), key=lambda one: _ORDER.get(one[0], 9)):
        cost = _do_all(kind)
        tell_cost(kind, cost, leads)
        total = Cost(
            *(a + b for a, b in zip(vars(total).values(), vars(cost).values(), strict=True))
        )
    tell_cost("together", total, leads)


# The others follow from these.
_ORDER = {"intake.route_lead": 0}


def tell_cost(name: str, cost: Cost, leads: int) -> None:
    """The cost of one lead."""
    tell(f"{name}: worker", cost.worker / leads * 1000, "ms of a processor a lead")
    tell(
        f"{name}: PostgreSQL",
        cost.postgres / leads * 1000,
        "ms of a processor a lead",
        statements=cost.statements,
    )


def _do_all(kind: str) -> Cost:
    """Do the jobs of this kind as a worker that the sweep tells of them."""
    from django.db import connection
    from django.db.models.functions import Now

    from jobs.models import Job

    ids = list(
        Job.objects.filter(kind=kind, state="pending").order_by("pk").values_list("pk", flat=True)
    )
    Job.objects.filter(pk__in=ids).update(run_at=Now())
    warming, ids = ids[:WARMING], ids[WARMING:]
    _do(kind, warming)
    pid = connection.connection.info.backend_pid
    cost, server, own = Cost(jobs=len(ids)), _seconds_of(pid), time.process_time()

    def count(execute, *args):  # type: ignore[no-untyped-def]
        cost.statements += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        _do(kind, ids)
    cost.worker, cost.postgres = time.process_time() - own, _seconds_of(pid) - server
    return cost


def _seconds_of(pid: int) -> float:
    """Processor seconds of a process so far, its own and for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _do(kind: str, ids: list[int]) -> None:
    from jobs import queue, working

    for _, told in queue.in_messages((kind, pk) for pk in ids):
        for job_id in told:
            working.run_job(job_id)
