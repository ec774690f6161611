"""Answers that a client need not fetch twice: ETag, Last-Modified and 304."""

import hashlib
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

# A change may take this long from its moment to its commit; until then a date alone proves nothing.
_SETTLED = timedelta(minutes=1)


def answer(
    request: HttpRequest, response: HttpResponse, changed_at: datetime | None = None
) -> HttpResponse:
    """The response with its validators, or a 304 without a body when the client has it already.

    `changed_at` must be read before the content and never go back; without it there is no Last-Modified.
    """
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
    seconds = None
    if changed_at is not None:
        response["Last-Modified"] = http_date(changed_at.timestamp())
        if changed_at < timezone.now() - _SETTLED:
            seconds = int(changed_at.timestamp())
    found = get_conditional_response(request, etag, seconds, response)
    assert isinstance(found, HttpResponse)
    return found
