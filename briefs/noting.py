"""That the same briefs stand next to a page under a new token: noted for all processes, many pages at a time.

After a publication the first reader of each page would wait for a commit of its own. What a process has not written
down yet it knows itself; what is lost with it another process looks up again.
"""

import threading
import time
from typing import NamedTuple

from briefs import prepared

MANY = 25
_PATIENCE = 2.0  # seconds

_WRITTEN = prepared.Statement.written("""
    WITH free AS (
        SELECT page.brief_id, told.token FROM briefs_madepage AS page
        JOIN unnest(%(pk)s::bigint[], %(digest)s::text[], %(related)s::text[], %(token)s::text[])
            AS told (pk, digest, related, token)
            ON page.brief_id = told.pk AND page.digest = told.digest AND page.related = told.related
        ORDER BY page.brief_id FOR UPDATE OF page SKIP LOCKED
    )
    UPDATE briefs_madepage SET token = free.token FROM free WHERE briefs_madepage.brief_id = free.brief_id
    RETURNING briefs_madepage.brief_id
""")


class Note(NamedTuple):
    """That the page with this digest has these briefs next to it under this token."""

    pk: int
    digest: str
    related: str
    token: str


_lock = threading.Lock()
_waiting: dict[int, Note] = {}
_since = 0.0


def stands(note: Note) -> bool:
    """Whether this process has noted it and not written it down yet."""
    return _waiting.get(note.pk) == note


def note(told: Note) -> list[Note]:
    """Keep it in mind; those to be written down now, if it is time."""
    global _since  # noqa: PLW0603 - one list per process
    now = time.monotonic()
    with _lock:
        _since = _since if _waiting else now
        _waiting[told.pk] = told
        if len(_waiting) < MANY and now - _since < _PATIENCE:
            return []
        due = list(_waiting.values())
        _waiting.clear()
    return due


def write(due: list[Note]) -> None:
    """Write them down, but for those whose page or neighbours are others by now, or are being written."""
    columns = zip(Note._fields, map(list, zip(*sorted(due), strict=True)), strict=True)
    prepared.store(_WRITTEN, dict(columns))


def forget() -> None:
    """Keep nothing in mind."""
    _waiting.clear()
