"""Which brief a link stood in that somebody followed: a short signed mark in the link's address, the same for all.

It names a brief, its version, its language and the part of the page, and nobody who reads it.
"""

import re
from dataclasses import dataclass

from django.db import models

from accounts.keyed_digests import is_keyed_text, keyed_text

# 72 bits are enough for what is worth no more than a line in a report.
_SALT, _SIZE = "derisk.touch", 9
_MARK = re.compile(
    r"(?P<said>([1-9]\d{0,17})\.(\d{1,4})\.([a-z]{1,10})\.([a-z]{2}))\.(?P<mac>[\w-]{12})", re.ASCII
)


class Section(models.TextChoices):
    """Where on a page a link stands."""

    HEAD = "head", "top of the page"
    END = "end", "end of the text"
    RELATED = "related", "Discover more"
    FEED = "feed", "feed"


@dataclass(frozen=True)
class Touch:
    """A link of ours that was followed."""

    brief_id: int
    version: int
    section: str
    language: str


def marks_of(brief_id: int, version: int, language: str) -> dict[str, str]:
    """The marks of a brief's links, by where they stand."""
    return {
        str(section): mark(Touch(brief_id, version, str(section), language)) for section in Section
    }


def mark(touch: Touch) -> str:
    """What stands in the address of the link."""
    said = f"{touch.brief_id}.{touch.version}.{touch.section}.{touch.language}"
    return f"{said}.{keyed_text(_SALT, said.encode(), size=_SIZE)}"


def read(text: str) -> Touch | None:
    """The touch of a mark that is ours; None for any other text."""
    found = _MARK.fullmatch(text)
    if not found or found[4] not in Section.values:
        return None
    if not is_keyed_text(found["mac"], _SALT, found["said"].encode(), size=_SIZE):
        return None
    return Touch(int(found[2]), int(found[3]), found[4], found[5])
