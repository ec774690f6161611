"""Taking the database away in the middle of a request, for real: the server ends the connection."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connection


def end_connection_before(start: str) -> AbstractContextManager[None]:
    """While this lasts, the server ends the connection just before a statement that starts so."""

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(start):
            _terminate(connection.connection.info.backend_pid)
        return execute(sql, *rest)

    return connection.execute_wrapper(wrapper)


def _terminate(pid: int) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()


@contextmanager
def no_server() -> Iterator[None]:
    """While this lasts, nobody listens where the database was."""
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = 1
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port
