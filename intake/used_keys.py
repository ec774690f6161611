"""Idempotency keys that this process has seen used lately. Repeats come in bursts: of such a key is asked first.

It only says where to look. What was stored under a key is in the database alone, and another process that has not seen
the key learns it there, when it cannot store the request.
"""

import threading
from collections import OrderedDict

_MOST = 2_000


class UsedKeys:
    """So many keys, as numbers, which two of them may share; the one that was seen the longest ago makes room."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: str) -> bool:
        return hash(key) in self._seen

    def note(self, key: str) -> None:
        """This key was used."""
        number = hash(key)
        with self._lock:
            self._seen[number] = None
            self._seen.move_to_end(number)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)

    def forget(self, key: str) -> None:
        """Nothing is stored under this key any more."""
        with self._lock:
            self._seen.pop(hash(key), None)


used_keys = UsedKeys()
