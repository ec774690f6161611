"""One JSON line per request and job on standard error. Ids and numbers only, never what a person wrote."""

import json
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


_as_json = structlog.processors.JSONRenderer()
_short = json.JSONEncoder(default=repr).encode  # made once: `json.dumps` makes one for each line
_requests = logging.getLogger("derisk.request")
# Nobody reads from which thread, process and line of code a record comes; finding out costs more than the line does.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Takes the short way for our own lines, which are whole already: a kept page costs less than the long way."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, dict) and not record.exc_info and "exc_info" not in record.msg:
            return _short(record.msg)
        return super().format(record)


class Lines(logging.StreamHandler[Any]):
    """Standard error, which takes a whole line of ours in one call of the system and without a lock."""

    def put(self, line: dict[str, Any]) -> None:
        """Write it. Never raises: a request is answered also where nobody can be told of it."""
        with suppress(OSError):
            os.write(self.stream.fileno(), f"{_short(line)}\n".encode())


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """Formats lines of every library as JSON, a traceback as one field and without local values."""
    return _Formatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _as_json,
        ],
    )


LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def logging_config(level: str) -> dict[str, Any]:
    """What Django's LOGGING holds: everything from this level on goes to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "config.logs.formatter"}},
        "handlers": {"stream": {"class": "config.logs.Lines", "formatter": "json"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # Django's own request lines repeat ours and carry addresses with private tokens.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "propagate": False},
            "django.security.csrf": {"level": "CRITICAL"},
            # Whoever scans the net would write a traceback for each name that is none of ours.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Our line of a job says more than Celery's two of a message, which took as long as the message.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }


def configure() -> None:
    """Send structlog's own lines through Python's logging, so that both look alike."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def request_line(**fields: Any) -> None:
    """The line of a request, without structlog's chain: a kept page is served in less time than that takes.

    Nor is there a record of it, which costs four times what writing does, unless somebody listens beside our handler.
    """
    if not _requests.isEnabledFor(logging.INFO):
        return
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    ours = {"event": "request", "level": "info", "logger": _requests.name, "timestamp": moment}
    line = fields | ours
    handlers = logging.root.handlers
    if len(handlers) == 1 and isinstance(handlers[0], Lines):
        handlers[0].put(line)
    else:
        _requests.handle(_requests.makeRecord(_requests.name, logging.INFO, "", 0, line, (), None))
