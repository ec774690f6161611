"""Idempotency keys that this process has seen used lately. Repeats come in bursts: of such a key is asked first.

It only says where to look. What was stored under a key is in the database alone, and another process that has not seen
the key learns it there, when it cannot store the request.
"""

import hashlib
import threading
from collections import OrderedDict

_MOST = 2_000


class UsedKeys:
    """So many keys, as digests; the one that was seen the longest ago makes room."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: str) -> bool:
        return _digest(key) in self._seen

    def note(self, key: str) -> None:
        """This key was used."""
        digest = _digest(key)
        with self._lock:
            self._seen[digest] = None
            self._seen.move_to_end(digest)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)

    def forget(self, key: str) -> None:
        """Nothing is stored under this key any more."""
        with self._lock:
            self._seen.pop(_digest(key), None)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


used_keys = UsedKeys()
