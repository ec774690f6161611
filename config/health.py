"""Is the process alive, and can the house do its work: which part fails, by name."""

from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.models import age_of_beat, age_of_oldest_due
from mail import delivery

OVERDUE = timedelta(seconds=60)
SILENCE = timedelta(seconds=90)

_migrations_known_to_be_applied = False


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 "ok" or "degraded", 503 "down"; with what fails.

    Without the broker or the mail server the house is in service: requests are stored, work waits.
    """
    checks = _checks()
    failing = [name for name, problem in checks.items() if problem]
    is_cut_off = {"database", "migrations"} & set(failing)
    is_degraded = ("broker" in failing and not is_cut_off) or failing == ["mail"]
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
    except Error as error:
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
    age = age_of_oldest_due()
    return f"the oldest waiting job is {age.total_seconds():.0f} s overdue" if age > OVERDUE else ""


def _heartbeat(name: str) -> str:
    age = age_of_beat(name)
    if age is None:
        return "never seen"
    return f"last seen {age.total_seconds():.0f} s ago" if age > SILENCE else ""


def _mail() -> str:
    waiting = delivery.waiting_for_the_server()
    return f"the mail server does not take our mail: {waiting} wait" if waiting else ""


def _broker() -> str:
    """A word written with a short limit: a frozen broker fails it as a dead one does, a full one too."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5
    )
    try:
        client.set("derisk:health", "", ex=60)
    except (redis.RedisError, OSError) as error:
        return type(error).__name__
    finally:
        client.close()
    return ""


_WORK: dict[str, Callable[[], str]] = {
    "jobs": _jobs,
    "worker": lambda: _heartbeat("worker"),
    "sweep": lambda: _heartbeat("sweep"),
    "mail": _mail,
}
