"""A public page as it is kept, and the copies that one process holds."""

import json
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

_HELD = 32_000_000  # bytes that the copies of one process may take


@dataclass(frozen=True)
class KeptPage:
    """An answer as it is kept: made under which token, until when (epoch), as it is and compressed."""

    token: str
    until: float
    status: str
    headers: list[list[str]]
    route: str
    etag: str
    body: bytes
    packed: bytes

    def dump(self) -> bytes:
        """The page as bytes."""
        head = {name: value for name, value in vars(self).items() if name not in ("body", "packed")}
        return (
            json.dumps(head | {"length": len(self.body)}).encode() + b"\n" + self.body + self.packed
        )

    @classmethod
    def load(cls, kept: bytes) -> "KeptPage":
        """The page out of its bytes."""
        line, _, rest = kept.partition(b"\n")
        head = json.loads(line)
        length = head.pop("length")
        return cls(**head, body=rest[:length], packed=rest[length:])

    @property
    def size(self) -> int:
        """What it takes, in bytes."""
        return len(self.body) + len(self.packed)


class Copies:
    """The pages that this process served lately; the one not asked for the longest makes room.

    They say nothing of being true still: whoever takes one compares its token with the one in force.
    """

    def __init__(self, limit: int = _HELD) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._size = 0

    def get(self, key: str) -> KeptPage | None:
        """The copy under this key, if its time is not over."""
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if page.until <= time.time():
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: KeptPage) -> None:
        """Hold a copy, in place of an older one."""
        with self._lock:
            if key in self._pages:
                self._drop(key)
            self._pages[key] = page
            self._size += page.size
            while self._size > self._limit:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: str) -> None:
        self._size -= self._pages.pop(key).size
