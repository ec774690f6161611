"""Which brief a link stood in that somebody followed: a short signed mark in the link's address, the same for all.

It names a brief, its version, its language and the part of the page, and nobody who reads it.
"""

import base64
import re
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.crypto import constant_time_compare

from accounts.keyed_digests import keyed_digest

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
    return f"{said}.{_mac(said, settings.SECRET_KEY)}"


def read(text: str) -> Touch | None:
    """The touch of a mark that is ours; None for any other text."""
    found = _MARK.fullmatch(text)
    if not found or found[4] not in Section.values:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(constant_time_compare(found["mac"], _mac(found["said"], key)) for key in keys):
        return None
    return Touch(int(found[2]), int(found[3]), found[4], found[5])


def _mac(said: str, key: str) -> str:
    """72 bits: enough for what is worth no more than a line in a report."""
    mac = keyed_digest("derisk.touch", said.encode(), key)
    return base64.urlsafe_b64encode(mac[:9]).decode()
