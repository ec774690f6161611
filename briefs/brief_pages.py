"""The page of a brief: made once, kept in the database, and served with what stands next to the brief now.

What is kept is known by a digest of the rows that it was made of and of the code that made it, so that it cannot be
old. A job makes it when readers get a text; whoever finds none, or another's, makes it and keeps it.
"""

import zlib
from dataclasses import asdict
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
    made_pages,
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
    related = reading.find_related_to(found)
    return made_pages.page(
        lambda: _put_together(_kept_or_made(found, related), found, related),
        *("brief", found.digest, related.digest),
    )


def show(request: HttpRequest, page: reading.BriefPage) -> HttpResponse:
    """Any page of a brief, which says so when the brief is not public; never kept."""
    return render_page(request, "briefs/brief.html", context_of(page), page.brief.language)


def ask_for(edition: Edition) -> None:
    """Have the page made as soon as readers get this text. Call it inside the transaction that publishes it."""
    key = f"page:{edition.brief_id}:{edition.number}"
    queue.enqueue(queue.Ask("briefs.make_page", edition.brief_id, key, run_at=edition.published_at))


def make(*, brief_id: int) -> None:
    """Make the page of a brief unless it is there; nothing when readers do not see the brief."""
    slug = Brief.objects.public().filter(pk=brief_id).values_list("slug", flat=True).first()
    if slug is not None:
        found = reading.find_brief(slug)
        _kept_or_made(found, reading.find_related_to(found))


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


def _kept_or_made(found: reading.Found, related: prepared.Rows) -> reading.Kept:
    digest = prepared.digest_of(_code(), found.digest)
    if found.kept and found.kept.is_of(digest) and not settings.DEBUG:  # templates may change
        return found.kept
    page = reading.page_of(found.row)
    brief = page.brief
    context = context_of(page, _PLACE)
    head, tail = render_page(None, "briefs/brief.html", context, brief.language).content.split(
        _PLACE.encode()
    )
    section = _discover_more(related, brief.pk, page.number, brief.language).encode()
    made = reading.Kept(
        digest=digest,
        until=None if page.is_past_horizon else page.horizon,
        version=page.number,
        related=related.digest,
        packed=zlib.compress(b"\0".join((head, section, tail))),
    )
    if not settings.DEBUG:
        _keep(brief.pk, made)
    return made


def _keep(brief_id: int, made: reading.Kept) -> None:
    row = MadePage(brief_id=brief_id, **asdict(made))
    try:
        MadePage.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["brief"], update_fields=list(asdict(made))
        )
    except DatabaseError as error:  # one that may only be read; the page is served all the same
        logger.warning("page_not_kept", brief=brief_id, error=type(error).__name__)


def _put_together(kept: reading.Kept, found: reading.Found, related: prepared.Rows) -> HttpResponse:
    head, section, tail = zlib.decompress(kept.packed).split(b"\0")
    pk, language = found.row.first("id", "language")
    if kept.related != related.digest:
        section = _discover_more(related, pk, kept.version, language).encode()
    return HttpResponse(head + section + tail, headers={"Content-Language": language})


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
