"""JSON from nobody in particular, answered as DRF's view would, without what that negotiates for each request.

Most requests to the API are of this kind. Whatever names a key, another website's page or a wish for its answer goes
DRF's way.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.compat import SHORT_SEPARATORS
from rest_framework.exceptions import Throttled
from rest_framework.settings import api_settings
from rest_framework.utils.encoders import JSONEncoder

from intake import flood

_WANTED = {"", "*/*", "application/json"}
_LONGEST = 8  # digits of a length
# DRF's and those of `CrossOrigin`.
_HEADERS = {"Allow": "POST, OPTIONS", "Vary": "Origin"}
# As DRF's renderer writes it with our settings; that makes an encoder for each answer.
_as_json = JSONEncoder(separators=SHORT_SEPARATORS, allow_nan=False).encode


def is_plain(request: HttpRequest) -> bool:
    """Whether this is such a request."""
    told = request.META
    length = told.get("CONTENT_LENGTH", "")
    return (
        request.method == "POST"
        and told.get("CONTENT_TYPE") == "application/json"
        and told.get("HTTP_ACCEPT", "") in _WANTED
        and "HTTP_AUTHORIZATION" not in told
        and "HTTP_ORIGIN" not in told
        and not told.get("QUERY_STRING")
        and length.isdecimal()
        and 0 < len(length) <= _LONGEST
        and int(length) > 0
    )


def answer(request: HttpRequest, receive: Callable[[HttpRequest], Any]) -> HttpResponse:
    """What `receive` gives the sender of a stored request, or why nothing was stored, as a problem document."""
    try:
        if wait := flood.wait_for(request, None):
            raise Throttled(wait)
        return _written(receive(request), 201, "application/json", {"Cache-Control": "no-store"})
    except Exception as error:
        explain: Any = api_settings.EXCEPTION_HANDLER
        problem = explain(error, {})
        if problem is None:
            raise
        own = {name: value for name, value in problem.items() if name != "Content-Type"}
        return _written(problem.data, problem.status_code, problem.content_type, own)


def _written(data: Any, status: int, content_type: str, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(
        _as_json(data).encode(), content_type, status, headers={**headers, **_HEADERS}
    )
