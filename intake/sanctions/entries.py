"""What every list says of a listed person, body or vessel, whatever format it came in. Knows nothing of rows."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

MOST_CHARACTERS = 500  # of one name; longer ones are cut, as no person's name is


class BadFile(Exception):
    """A file that is not loaded, and why, in words for whoever loads it."""


@dataclass(frozen=True)
class ListedName:
    """One name of an entry. A weak one is what the publisher calls low quality: too common to tell by itself."""

    text: str
    is_weak: bool = False
    is_primary: bool = False


@dataclass(frozen=True)
class Listed:
    """One entry of a list. `uid` stays the same from one file of the publisher to the next."""

    uid: str
    kind: str  # individual, entity, vessel or other: `intake.models.sanctions.ListedKind`
    names: tuple[ListedName, ...]
    reference: str = ""
    born: tuple[str, ...] = ()
    birth_places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    listed_on: date | None = None

    @property
    def name(self) -> str:
        """The primary name, or the first one of a publisher that marks none."""
        return next((one.text for one in self.names if one.is_primary), self.names[0].text)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the list says: it changes when the entry does."""
        said = json.dumps(asdict(self), sort_keys=True, default=str, ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Reading:
    """A file that was opened: the date that it bears, and its entries, read as they are asked for."""

    published_on: date
    entries: Iterator[Listed]
    stated_count: int | None = field(default=None)  # how many the file itself says it holds


class Format(Protocol):
    """A published format. Opening raises BadFile for a file that is none of it; so may asking for entries."""

    def __call__(self, path: Path, /) -> AbstractContextManager[Reading]: ...


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    """The values with single spaces, without empty ones and doubles, in their order."""
    said = (" ".join(value.replace("\0", "").split()) for value in values if value)
    return tuple(dict.fromkeys(filter(None, said)))


def named(
    primary: Iterable[str | None], good: Iterable[str | None] = (), weak: Iterable[str | None] = ()
) -> tuple[ListedName, ...]:
    """The names of an entry, each once, as what it is first."""
    found: dict[str, ListedName] = {}
    for texts, is_primary, is_weak in (
        (primary, True, False),
        (good, False, False),
        (weak, False, True),
    ):
        for text in distinct(texts):
            text = text[:MOST_CHARACTERS]
            found.setdefault(text, ListedName(text, is_weak, is_primary))
    return tuple(found.values())
