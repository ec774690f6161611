"""An application's answer in one piece, for the WSGI layers that keep it or write into it."""

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def ask(
    application: Application, environ: dict[str, Any]
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body; what the application opened for it is closed, also when it fails."""
    answer: list[Any] = []
    made = application(environ, lambda *args: answer.extend(args[:2]))
    try:
        body = b"".join(made)
    finally:
        if hasattr(made, "close"):
            made.close()
    status, headers = answer
    return status, headers, body
