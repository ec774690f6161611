"""Pages that were made before: a page is the same while the rows it is made of are.

The database is asked at each request; only the making is spared. So a page here cannot be old: whatever changed makes
another digest. In front of it stands `config.page_cache`, which spares the questions too, until anything is published.
Each process has what it made; pages of briefs, of which there are only so many, are made once for all processes.
"""

import json
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone

from briefs import freshness
from briefs.prepared import digest_of
from briefs.shelf import Shelf
from jobs.hints import BrokerAway

_HELD = 24_000_000  # bytes; some 700 pages
_SHARED_SECONDS = 120
_shelf: Shelf[tuple[bytes, dict[str, str]]] = Shelf(_HELD)


def page(make: Callable[[], HttpResponse], *seen: Any, is_shared: bool = False) -> HttpResponse:
    """The page made of what was seen and of nothing else but the day, made now unless it was made before."""
    if settings.DEBUG:  # templates may change
        return make()
    key = digest_of(timezone.now().date(), *seen)
    made = _shelf.get(key) or (_fetch(key) if is_shared else None)
    if made is None:
        response = make()
        made = response.content, dict(response.items())
        if response.status_code == 200 and not response.cookies:
            _shelf.put(key, made, len(made[0]) + 1_000)
            if is_shared:
                _share(key, made)
        return response
    return HttpResponse(made[0], headers=made[1])


def body(make: Callable[[], bytes], *seen: Any) -> bytes:
    """What is made of what was seen and of nothing else, made now unless it was made before."""
    key = digest_of("body", *seen)
    held = _shelf.get(key)
    if held is None:
        held = make(), {}
        _shelf.put(key, held, len(held[0]) + 500)
    return held[0]


def forget() -> None:
    """Make every page anew, those shared among them."""
    _shelf.clear()
    for key in freshness.store().scan_iter(f"{freshness.prefix()}made:*"):
        freshness.store().delete(key)


def _fetch(key: str) -> tuple[bytes, dict[str, str]] | None:
    """The page if another process has made it lately, which this one has from now on."""
    try:
        packed: Any = freshness.breaker.call(lambda: freshness.store().get(_shared_key(key)))
    except BrokerAway:
        return None
    if packed is None:
        return None
    head, _, content = zlib.decompress(packed).partition(b"\n")
    made = content, json.loads(head)
    _shelf.put(key, made, len(content) + 1_000)
    return made


def _share(key: str, made: tuple[bytes, dict[str, str]]) -> None:
    packed = zlib.compress(json.dumps(made[1]).encode() + b"\n" + made[0], 1)
    try:
        freshness.breaker.call(
            lambda: freshness.store().set(_shared_key(key), packed, ex=_SHARED_SECONDS)
        )
    except BrokerAway:
        return  # said in the log


def _shared_key(key: str) -> str:
    return f"{freshness.prefix()}made:{_code()}:{key}"


@cache
def _code() -> str:
    """Another for each version of what pages are made with."""
    parts = (settings.BASE_DIR / name for name in ("briefs", "config"))
    files = (file for part in parts for file in sorted(Path(part).rglob("*.*")))
    told = [(str(f), f.stat().st_mtime_ns) for f in files if f.suffix != ".pyc"]
    return digest_of(told, settings.SITE_URL)[:16]


def facts_of(rows: Iterable[Model]) -> list[tuple[str, Any]]:
    """All that the database has told of these rows."""
    return [(n, v) for row in rows for n, v in vars(row).items() if not n.startswith("_")]
