"""How often one reader may ask: far more than a person or a fair mirror needs.

Counted in each web process, without a trip to Valkey, so that a frozen or absent Valkey neither slows nor stops
reading.
"""

import math
import threading
import time

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.flood import sender

PER_MINUTE = 600


class Minute:
    """Counts what came from each address in the running minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._minute = -1
        self._counts: dict[str, int] = {}

    def count(self, sender: str) -> int:
        """One more from this sender; how many it makes in this minute."""
        minute = int(time.time() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            self._counts[sender] = self._counts.get(sender, 0) + 1
            return self._counts[sender]


reads = Minute()


class ReadThrottle(BaseThrottle):
    """Refuses who asks more than PER_MINUTE times a minute, until the minute is over."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether the request may go on."""
        return not settings.THROTTLE or reads.count(sender(self.get_ident(request))) <= PER_MINUTE

    def wait(self) -> float | None:
        """Seconds until the next try may succeed."""
        return math.ceil(60 - time.time() % 60)
