"""Idempotency keys that this process has seen used lately, and with which content. Repeats come in bursts.

What was stored under a key is in the database alone, and another process that has not seen the key learns it there,
when it cannot store the request. A key's enquiry is frozen, so for a minute nobody has to ask again whether its content
was another; what the first sender got is asked each time.
"""

import threading
import time
from collections import OrderedDict

_MOST = 2_000
_SURE_FOR = 60.0  # seconds; no key is let go as early as that


class UsedKeys:
    """So many keys; the one that was seen the longest ago makes room."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._seen: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: str) -> bool:
        return key in self._seen

    def came_otherwise(self, key: str, digest: str) -> bool:
        """Whether this key is known to have come with another content. False says nothing."""
        first, seen_at = self._seen.get(key, (digest, 0.0))
        return first != digest and time.monotonic() - seen_at < _SURE_FOR

    def note(self, key: str, digest: str) -> None:
        """This key was used first for the content with this digest."""
        with self._lock:
            self._seen[key] = digest, time.monotonic()
            self._seen.move_to_end(key)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)

    def forget(self, key: str) -> None:
        """Nothing is stored under this key any more."""
        with self._lock:
            self._seen.pop(key, None)


used_keys = UsedKeys()
