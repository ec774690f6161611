"""A public page as it is kept, and the copies that one process holds."""

import json
import time
from dataclasses import dataclass, fields
from functools import cached_property

from briefs.shelf import Shelf

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
        names = (field.name for field in fields(self))
        head = {name: getattr(self, name) for name in names if name not in ("body", "packed")}
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

    @cached_property
    def told(self) -> list[tuple[str, str]]:
        """Its headers as a server takes them."""
        return [(name, value) for name, value in self.headers]

    @cached_property
    def content_type(self) -> str:
        """What it is."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")

    @property
    def size(self) -> int:
        """What it takes, in bytes."""
        return len(self.body) + len(self.packed)


class Copies:
    """The pages that this process served lately; the one not asked for the longest makes room.

    They say nothing of being true still: whoever takes one compares its token with the one in force.
    """

    def __init__(self, limit: int = _HELD) -> None:
        self._pages: Shelf[KeptPage] = Shelf(limit)

    def get(self, key: str) -> KeptPage | None:
        """The copy under this key, if its time is not over."""
        page = self._pages.get(key)
        if page is not None and page.until <= time.time():
            self._pages.drop(key)
            return None
        return page

    def clear(self) -> None:
        """Hold none."""
        self._pages.clear()

    def put(self, key: str, page: KeptPage) -> None:
        """Hold a copy, in place of an older one."""
        self._pages.put(key, page, page.size)
