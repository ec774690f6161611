"""The line that each request leaves, and the id that it shares with the jobs it caused."""

import random
import re
import sys
import time
from collections.abc import Callable

import structlog
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from config import logs
from jobs import failures

log = structlog.get_logger("derisk.request")
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestLogMiddleware:
    """Logs method, route name, status and time: never the address itself, which may hold a private token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _request_id(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if request.resolver_match:
            request.META["derisk.route"] = request.resolver_match.view_name  # for the page cache
        logs.request_line(
            request_id=request_id,
            method=request.method,
            route=request.resolver_match.view_name if request.resolver_match else None,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response


@receiver(got_request_exception)
def log_failure(**_: object) -> None:
    """Say what made a 500, and where. Django's own line is off: it holds the address and the error's text."""
    error = sys.exception()
    if isinstance(error, Exception):
        log.error("request failed", error=failures.describe(error))


def _request_id(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if given and _GIVEN_ID.fullmatch(given):
        return given
    return f"{random.getrandbits(128):032x}"  # no secret  # nosec B311
