"""Is the process alive, and can the house do its work: which part fails, by name."""

from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.models import Heartbeat, age_of_oldest_due

OVERDUE_SECONDS = 60
HEARTBEAT_SECONDS = 90

_migrations_known_to_be_applied = False


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 "ok" or "degraded" (the broker is away: requests are stored, work waits), 503 "down" with what fails."""
    checks = _checks()
    failing = [name for name, problem in checks.items() if problem]
    is_degraded = "broker" in failing and "database" not in failing and "migrations" not in failing
    status = "ok" if not failing else "degraded" if is_degraded else "down"
    body = {
        "status": status,
        "failing": failing,
        "checks": {n: p or "ok" for n, p in checks.items()},
    }
    return JsonResponse(body, status=503 if status == "down" else 200)


def _checks() -> dict[str, str]:
    try:
        checks = {"database": _database(), "migrations": _migrations()}
        if not checks["migrations"]:
            checks |= {name: check() for name, check in _WORK.items()}
    except DatabaseError as error:
        return {"database": type(error).__name__, "broker": _broker()}
    return checks | {"broker": _broker()}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    """Asked of the database until they are all there; they do not go away under a running process."""
    global _migrations_known_to_be_applied  # noqa: PLW0603 - one flag per process, written once
    if not _migrations_known_to_be_applied:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            return f"{len(plan)} not applied; run manage.py migrate"
        _migrations_known_to_be_applied = True
    return ""


def _jobs() -> str:
    age = age_of_oldest_due(timezone.now())
    return f"the oldest waiting job is {age:.0f} s overdue" if age > OVERDUE_SECONDS else ""


def _heartbeat(name: str) -> str:
    beat = Heartbeat.objects.filter(name=name).first()
    if beat is None:
        return "never seen"
    age = timezone.now() - beat.beaten_at
    return (
        f"last seen {age.total_seconds():.0f} s ago"
        if age > timedelta(seconds=HEARTBEAT_SECONDS)
        else ""
    )


def _broker() -> str:
    """A ping with a short limit; a frozen broker fails it as a dead one does."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5
    )
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        return type(error).__name__
    finally:
        client.close()
    return ""


_WORK: dict[str, Callable[[], str]] = {
    "jobs": _jobs,
    "worker": lambda: _heartbeat("worker"),
    "sweep": lambda: _heartbeat("sweep"),
}
