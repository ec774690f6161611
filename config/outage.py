"""When the database is away: a 503 that says when to come back, never a 500."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from briefs.showing import RETRY_AFTER_SECONDS
from config import error_pages, problems

log = structlog.get_logger("derisk.outage")


class OutageMiddleware:
    """Answers 503 with Retry-After when a view met a database that is down or too slow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this for an exception that a view let out."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("database unavailable", error=type(exception).__name__)
        return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The 503 answer: a problem document for the API, a page for people."""
    if request.path.startswith("/api/"):
        text = "The database does not answer. Nothing was stored. Send the same request again."
        response: HttpResponse = problems.json_problem(503, text)
    else:
        response = error_pages.page(request, 503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
