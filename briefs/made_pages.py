"""Pages that were made before: a page is the same while the rows it is made of are.

The database is asked at each request; only the making is spared. So a page here cannot be old: whatever changed makes
another digest. In front of it stands `config.page_cache`, which spares the questions too, until anything is published.
Each process has what it made; pages of briefs, of which there are only so many, are made once for all processes.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone

from briefs.prepared import digest_of
from briefs.shelf import Shelf

_HELD = 24_000_000  # bytes; some 700 pages
_shelf: Shelf[tuple[bytes, dict[str, str]]] = Shelf(_HELD)


def page(make: Callable[[], HttpResponse], *seen: Any) -> HttpResponse:
    """The page made of what was seen and of nothing else but the day, made now unless it was made before."""
    if settings.DEBUG:  # templates may change
        return make()
    key = digest_of(timezone.now().date(), *seen)
    made = _shelf.get(key)
    if made is None:
        response = make()
        made = response.content, dict(response.items())
        if response.status_code == 200 and not response.cookies:
            _shelf.put(key, made, len(made[0]) + 1_000)
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
    """Make every page anew."""
    _shelf.clear()


def facts_of(rows: Iterable[Model]) -> list[tuple[str, Any]]:
    """All that the database has told of these rows."""
    return [(n, v) for row in rows for n, v in vars(row).items() if not n.startswith("_")]
