"""Doing things at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import connection

from tests.processes import eventually

Result = TypeVar("Result")


class Race(Generic[Result]):
    """Runners that have started at once."""

    def __init__(self, *runners: Callable[[], Result]) -> None:
        barrier = threading.Barrier(len(runners))
        self._pool = ThreadPoolExecutor(len(runners))
        self._futures: list[Future[Result]] = [
            self._pool.submit(_run, runner, barrier) for runner in runners
        ]

    def results(self) -> list[Result]:
        """Wait for all; their results in order, or the first one's error."""
        try:
            return [future.result(timeout=200) for future in self._futures]
        finally:
            self._pool.shutdown()


def race(*runners: Callable[[], Result]) -> list[Result]:
    """Start all at once and wait for them; their results in order, or the first one's error."""
    return Race(*runners).results()


def wait_for_blocked(count: int) -> None:
    """Return when so many connections to this database wait for a lock that another one holds."""
    eventually(lambda: _blocked() >= count)


def _blocked() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot()"
        )  # else a transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def _run(runner: Callable[[], Result], barrier: threading.Barrier) -> Result:
    connection.ensure_connection()  # connecting is slow and would spread the start
    try:
        barrier.wait(60)
        return runner()
    finally:
        connection.close()
