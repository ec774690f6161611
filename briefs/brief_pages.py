"""The page of a brief: made once, kept in the database, and served with what stands next to the brief now.

What is kept is known by a digest of the rows that it was made of and of the code that made it, so that it cannot be
old. A job makes it when readers get a text; whoever finds none, or another's, makes it and keeps it.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from briefs import (
    alternates,
    cards,
    kept_answers,
    made_pages,
    noting,
    page_lines,
    prepared,
    reading,
    structured_data,
    touches,
)
from briefs.maps import drawing
from briefs.models import Brief, Edition, MadePage
from briefs.showing import render_page
from jobs import queue

logger = structlog.get_logger(__name__)

# Where the briefs next to it go. No text of a brief looks like it: sanitising takes comments out of bodies, and all
# else is escaped. What is kept has a NUL there, which no text in PostgreSQL holds.
_PLACE = "<!-- discover more -->"
_MADE_WITH = {".py", ".html", ".css", ".mo", ".json"}


def answer(found: reading.Found) -> HttpResponse:
    """The page of a public brief as it is now."""
    held, token = _held(found), kept_answers.token_in_force()
    if held is None:
        related = reading.find_related_to(found)
        return made_pages.page(
            lambda: _unpacked(_made(found, related, token), found),
            *("brief", found.digest, related.digest),
        )
    page = _with_neighbours(held, found, token)
    return made_pages.page(lambda: _unpacked(page, found), "brief", found.digest, page.related)


def show(request: HttpRequest, page: reading.BriefPage) -> HttpResponse:
    """Any page of a brief, which says so when the brief is not public; never kept."""
    return render_page(request, "briefs/brief.html", context_of(page), page.brief.language)


def ask(edition: Edition) -> queue.Ask:
    """To have the page made as soon as readers get this text."""
    key = f"page:{edition.brief_id}:{edition.number}"
    return queue.Ask("briefs.make_page", edition.brief_id, key, run_at=edition.published_at)


def make(*, brief_id: int) -> None:
    """Make the page of a brief unless it is there; nothing when readers do not see the brief."""
    slug = Brief.objects.public().filter(pk=brief_id).values_list("slug", flat=True).first()
    if slug is None:
        return
    token = kept_answers.token_in_force()
    found = reading.find_brief(slug)
    if held := _held(found):
        _with_neighbours(held, found, token)
    else:
        _made(found, reading.find_related_to(found), token)


def context_of(page: reading.BriefPage, discover_more: str | None = None) -> dict[str, Any]:
    """What the template of a brief's page shows; the briefs next to it are looked for unless they are given."""
    brief = page.brief
    if discover_more is None:
        related = reading.find_related(brief)
        discover_more = _discover_more(related, brief.pk, page.number, brief.language)
    return {
        "discover_more": mark_safe(discover_more),  # noqa: S308  # nosec B308, B703  # of a template of ours
        "page": page,
        "brief": brief,
        "url": settings.SITE_URL + brief.get_absolute_url(),
        "map": _map(page),
        "confidences": list(page_lines.group_by_confidence(page.judgements)),
        "alternates": [] if page.old_version else _alternates(page),
        "languages": _languages(page),
        "locales": [alternates.LOCALES[other["language"]] for other in page.translations],
        "card": settings.SITE_URL + cards.address(brief),
        "data": structured_data.of_page(page),
        "marks": touches.marks_of(brief.pk, page.number, brief.language),
    }


def _held(found: reading.Found) -> reading.Kept | None:
    """What was kept, if it was made of the same rows by the same code; what stands next to it may be another."""
    if settings.DEBUG or not found.kept:  # templates may change
        return None
    return found.kept if found.kept.is_of(_digest(found)) else None


def _with_neighbours(held: reading.Kept, found: reading.Found, token: bytes | None) -> reading.Kept:
    """What was kept, with the briefs next to it as they are; looked for once under each token, for all processes."""
    told = (token or b"").decode()
    (pk,) = found.row.first("id")
    same = noting.Note(pk, held.digest, held.related, told)
    if told and (held.token == told or noting.stands(same)):
        return held
    related = reading.find_related_to(found)
    if held.related == related.digest:
        _note(same)
        return held
    head, _, tail = _pieces(held)
    packed = _packed(head, _section(found, related, held.version), tail)
    page = replace(held, related=related.digest, token=told, packed=packed)
    _keep(found, page)
    return page


def _made(found: reading.Found, related: prepared.Rows, token: bytes | None) -> reading.Kept:
    page = reading.page_of(found.row)
    context = context_of(page, _PLACE)
    html = render_page(None, "briefs/brief.html", context, page.brief.language).content
    head, tail = html.split(_PLACE.encode())
    made = reading.Kept(
        digest=_digest(found),
        until=None if page.is_past_horizon else page.horizon,
        version=page.number,
        related=related.digest,
        token=(token or b"").decode(),
        packed=_packed(head, _section(found, related, page.number), tail),
    )
    if not settings.DEBUG:
        _keep(found, made)
    return made


def _keep(found: reading.Found, page: reading.Kept) -> None:
    (pk,) = found.row.first("id")
    told = asdict(page)
    row = MadePage(brief_id=pk, **told)
    with _spared(pk):
        MadePage.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["brief"], update_fields=list(told)
        )


def _note(same: noting.Note) -> None:
    if same.token and (due := noting.note(same)):
        with _spared(same.pk):
            noting.write(due)


@contextmanager
def _spared(brief_id: int) -> Iterator[None]:
    """Keeping a page may fail, in a database that may only be read; it is served all the same."""
    try:
        yield
    except DatabaseError as error:
        logger.warning("page_not_kept", brief=brief_id, error=type(error).__name__)


def _unpacked(page: reading.Kept, found: reading.Found) -> HttpResponse:
    (language,) = found.row.first("language")
    return HttpResponse(b"".join(_pieces(page)), headers={"Content-Language": language})


def _packed(*pieces: bytes) -> bytes:
    return zlib.compress(b"\0".join(pieces))


def _pieces(page: reading.Kept) -> list[bytes]:
    """What comes before the briefs next to it, these, and what comes after."""
    return zlib.decompress(page.packed).split(b"\0")


def _digest(found: reading.Found) -> str:
    return prepared.digest_of(_code(), found.digest)


def _section(found: reading.Found, related: prepared.Rows, version: int) -> bytes:
    pk, language = found.row.first("id", "language")
    return _discover_more(related, pk, version, language).encode()


def _discover_more(related: prepared.Rows, pk: int, version: int, language: str) -> str:
    """The briefs next to one, as its page shows them."""
    if not related.rows:
        return ""
    mark = touches.marks_of(pk, version, language)[touches.Section.RELATED]
    with translation.override(language):
        context = {"related": related.objects(), "mark": mark}
        return render_to_string("briefs/_discover_more.html", context)


@cache
def _code() -> str:
    """Another for each version of what pages are made with."""
    parts = (settings.BASE_DIR / name for name in ("briefs", "config"))
    files = (file for part in parts for file in sorted(Path(part).rglob("*.*")))
    told = [(file.name, file.read_bytes()) for file in files if file.suffix in _MADE_WITH]
    return prepared.digest_of(told, settings.SITE_URL, settings.SECRET_KEY)


def _languages(page: reading.BriefPage) -> list[alternates.Choice]:
    """The translations; a language without one leads to the front page in it."""
    home = reverse("briefs:home")
    paths = {code: home + alternates.language_query(code) for code, _ in settings.LANGUAGES}
    own = {page.brief.language: page.brief.get_absolute_url()}
    others = {o["language"]: reverse("briefs:brief", args=[o["slug"]]) for o in page.translations}
    return alternates.of_addresses(paths | others | own, page.brief.language)


def _alternates(page: reading.BriefPage) -> list[alternates.Alternate]:
    slugs = {other["language"]: other["slug"] for other in page.translations}
    return alternates.of_briefs(slugs | {page.brief.language: page.brief.slug})


def _map(page: reading.BriefPage) -> drawing.AreaMap | None:
    """Its countries, places and incidents, with names in its language."""
    with translation.override(page.brief.language):
        return drawing.map_of(
            countries=page.brief.countries,
            places=page.places,
            incidents=[line.place for line in page.incidents],
        )
