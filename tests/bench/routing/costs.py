"""What one lead costs, kind of job by kind: processor time of a worker and of PostgreSQL, and statements."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHUNK = 25


@dataclass
class Cost:
    """Of all jobs of a kind together: how many, seconds of the worker and of PostgreSQL, statements by their verb."""

    jobs: int = 0
    worker: float = 0.0
    database: float = 0.0
    statements: int = 0
    savepoints: int = 0


@dataclass
class _Counter:
    statements: int = 0
    savepoints: int = 0
    seen: list[str] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" in str(sql)[:20]:
            self.savepoints += 1
        self.statements += 1
        return execute(sql, params, many, context)


def of_each_kind(count: int) -> Iterator[tuple[str, Cost]]:
    """Do all that waits, kind after kind as they are asked for, and say what each cost. In this process alone."""
    from django.db.models import Count, Min

    from jobs.models import Job

    known: set[str] = set()
    while True:
        due = Job.objects.filter(state="pending").exclude(kind__in=known)
        found = due.values("kind").annotate(n=Count("pk"), first=Min("pk")).order_by("first")
        kinds = [row["kind"] for row in found]
        if not kinds:
            return
        known.add(kinds[0])
        yield kinds[0], _cost_of(kinds[0])


def _cost_of(kind: str) -> Cost:
    from django.db import connection

    from jobs import tasks
    from jobs.models import Job

    cost, counter = Cost(), _Counter()
    pks = list(
        Job.objects.filter(kind=kind, state="pending").order_by("pk").values_list("pk", flat=True)
    )
    with _database_time() as database, connection.execute_wrapper(counter):
        began = time.process_time()
        for start in range(0, len(pks), CHUNK):
            tasks.look(*pks[start : start + CHUNK])
        cost.worker = time.process_time() - began
    cost.database = database[0]
    cost.jobs = Job.objects.filter(pk__in=pks, state="done").count()
    cost.statements, cost.savepoints = counter.statements, counter.savepoints
    return cost


@contextmanager
def _database_time() -> Iterator[list[float]]:
    """Processor seconds that the server process of this connection took in the block."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    clock = Path(f"/proc/{pid}/schedstat")
    before, found = int(clock.read_text().split()[0]), [0.0]
    yield found
    found[0] = (int(clock.read_text().split()[0]) - before) / 1e9
