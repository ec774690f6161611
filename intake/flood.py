"""The one limit that refuses: a flood from one address, through one key, or over all. Everything else only scores."""

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.flood import Flood, address_of, sender
from intake import keys
from intake.models import ApiKey

PER_ADDRESS = 20
OVER_ALL = 600
WINDOW_SECONDS = 60.0

enquiries = Flood(PER_ADDRESS, OVER_ALL, WINDOW_SECONDS)
wrong_keys = Flood(PER_ADDRESS, OVER_ALL, WINDOW_SECONDS)


def wait_for(request: HttpRequest | Request, key: ApiKey | None, *, proven: bool = False) -> float:
    """Count one request; seconds to wait when it is one too many, else 0.

    It counts for its address and for its key. A key proven by its secret stands for a server that sends for many
    people: then only the key's own limit holds.
    """
    if not settings.THROTTLE:
        return 0.0
    limits = {} if key and proven else {sender(address_of(request)): PER_ADDRESS}
    if key:
        limits[f"key {key.pk}"] = key.per_minute
    return enquiries.wait_of(limits)


def is_proven(request: Request) -> bool:
    """Whether a request to the API came with a key and its secret: without an origin a key is taken in no other way."""
    return keys.of(request) is not None and not request.headers.get("Origin")


class EnquiryThrottle(BaseThrottle):
    """The same limit for the API."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether the request may go on; remembers how long to wait otherwise."""
        self._wait = 0.0
        if request.method == "POST":
            self._wait = wait_for(request, keys.of(request), proven=is_proven(request))
        return not self._wait

    def wait(self) -> float | None:
        """Seconds until the next try may succeed."""
        return self._wait
