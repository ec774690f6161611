"""What a page weighs for whoever opens it first, before fonts: itself, its styles, scripts and pictures."""

import gzip
import re
from pathlib import Path

from django.conf import settings

_STATIC = re.compile(rb'<(?:link|script|img)[^>]*(?:href|src)="/static/([^"]+)"')
_OF_US = settings.BASE_DIR / "config/static"


def parts_of(page: bytes) -> list[Path]:
    """The files of ours that a browser asks for with this page."""
    return [_OF_US / name.decode() for name in dict.fromkeys(_STATIC.findall(page))]


def weight(page: bytes) -> int:
    """Bytes, nothing compressed: what design and tests call the size of a page."""
    return len(page) + sum(file.stat().st_size for file in parts_of(page))


def packed(page: bytes) -> int:
    """Bytes as a production house sends them: each part compressed by itself."""
    return sum(
        len(gzip.compress(each)) for each in [page, *(f.read_bytes() for f in parts_of(page))]
    )
