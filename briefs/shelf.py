"""What one process has made and may need again, up to a limit of bytes or of whatever its sizes are."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """Things under keys; the one not asked for the longest makes room. Safe with threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._things: OrderedDict[Hashable, tuple[Thing, int]] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> Thing | None:
        """What lies under this key."""
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][0]

    def put(self, key: Hashable, thing: Thing, size: int) -> None:
        """Lay down a thing of this size, in place of an older one."""
        with self._lock:
            self._drop(key)
            self._things[key] = (thing, size)
            self._size += size
            while self._size > self._limit:
                self._drop(next(iter(self._things)))

    def drop(self, key: Hashable) -> None:
        """Take away what lies under this key, if anything does."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Take everything away."""
        with self._lock:
            self._things.clear()
            self._size = 0

    def _drop(self, key: Hashable) -> None:
        if key in self._things:
            self._size -= self._things.pop(key)[1]
