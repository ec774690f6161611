"""The one limit that refuses: a flood from one address, or over all. Everything else only scores."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.flood import Flood, address_of

PER_ADDRESS = 20
OVER_ALL = 600
WINDOW_SECONDS = 60.0

enquiries = Flood(PER_ADDRESS, OVER_ALL, WINDOW_SECONDS)


class EnquiryThrottle(BaseThrottle):
    """The same limit for the API."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether the request may go on; remembers how long to wait otherwise."""
        self._wait = enquiries.wait(address_of(request)) if settings.THROTTLE else 0.0
        return not self._wait

    def wait(self) -> float | None:
        """Seconds until the next try may succeed."""
        return self._wait
