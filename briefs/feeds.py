"""Feeds: the newest briefs that fit the words and filters of an address, whole, as Atom, RSS and JSON Feed."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from briefs import (
    changes,
    conditional,
    dates,
    facets,
    feed_formats,
    finding,
    geography,
    kept_answers,
    made_pages,
    reading,
    topics,
    touches,
)

_ENTRIES = 30


@require_safe
def feed(request: HttpRequest, form: str) -> HttpResponse:
    """The feed of what fits the address: approved texts through the gate for readers, in two statements."""
    changed_at = changes.last_change()
    token = kept_answers.token_in_force()
    wish, ignored = finding.wish_from(request.GET), finding.ignored_in(request.GET)
    seen = ("feed", token, changed_at, form, wish, ignored)

    def make() -> bytes:
        return _written(form, wish, ignored, changed_at).encode()

    body = made_pages.body(make, *seen) if token else make()
    response = HttpResponse(body, content_type=_type_for(request, feed_formats.FORMATS[form]))
    response["Content-Language"] = wish.spoken
    patch_vary_headers(response, ["Accept"])
    return conditional.answer(request, response, changed_at)


def _written(form: str, wish: finding.Wish, ignored: list[str], changed_at: datetime | None) -> str:
    """The feed as text: its making costs fifty times what asking for a made one does."""
    pages = reading.read_newest(wish.newest(), _ENTRIES)
    with translation.override(wish.spoken):
        made = feed_formats.FORMATS[form](
            **_head(wish, form, pages),
            changed_at=changed_at
            or timezone.now().replace(hour=0, minute=0, second=0, microsecond=0),
            description=(told := _description(ignored)),
            subtitle=told,
        )
    for page in pages:
        with translation.override(page.brief.language):
            made.add_item(**_entry(page))
    text: str = made.writeString("utf-8")
    return text


def _type_for(request: HttpRequest, made: type[feed_formats.HouseFeed]) -> str:
    """The format's own type; for a browser, which shows that as bare text, the type of XML as such."""
    is_browser = "text/html" in request.headers.get("Accept", "")
    if is_browser and made.content_type.partition(";")[0].endswith("+xml"):
        return "application/xml; charset=utf-8"
    return made.content_type


def _head(wish: finding.Wish, form: str, pages: list[reading.BriefPage]) -> dict[str, Any]:
    """What the feed is called, whose it is and where; its address tells it from every other."""
    address = settings.SITE_URL + wish.feed_url(form)
    return {
        "title": " · ".join(["Derisk", gettext("Briefs"), *_in_words(wish, pages)]),
        "link": settings.SITE_URL + wish.url(sort="", page=1),
        "feed_url": address,
        "feed_guid": address,
        "language": wish.spoken,
        "author_name": settings.HOUSE["name"],
        "author_link": settings.SITE_URL,
        "stylesheets": feed_formats.stylesheets(),
        "greeting": gettext(
            "This is a feed. Put the address of this page into a feed reader, and it shows you each new brief."
        ),
        "page_name": gettext("Read the briefs"),
    }


def _in_words(wish: finding.Wish, pages: list[reading.BriefPage]) -> list[str]:
    """The words and filters as a reader would say them. An actor has a name when a brief of the feed gives it."""
    words = [finding.quoted(wish.q)] if wish.q else []
    actors = {actor.slug: actor.label for page in pages for actor in page.actors}
    return words + [
        actors.get(value) or facets.label_of(name, value) for name, value in wish.filters.items()
    ]


def _description(ignored: list[str]) -> str:
    said = gettext("What we expect across Africa, how likely it is, and by when.")
    if ignored:
        said += f" {gettext('We could make nothing of:')} {', '.join(ignored)}"
    return said


def _entry(page: reading.BriefPage) -> dict[str, Any]:
    """One brief. It counts as updated when readers were told of a change, never for a slip of the pen."""
    brief = page.brief
    assert brief.published_at is not None
    names = [geography.country_name(code, brief.language) for code in brief.countries]
    filed = [topics.topic_name(slug) for slug in brief.topics]
    return {
        "title": brief.title,
        "link": settings.SITE_URL + brief.get_absolute_url(),
        "unique_id": f"urn:uuid:{brief.uid}",
        "unique_id_is_permalink": False,
        "description": brief.summary,
        "content": render_to_string("briefs/feed_entry.html", _entry_context(page)).strip(),
        "pubdate": brief.published_at,
        "updateddate": brief.modified_at or brief.published_at,
        "language": brief.language,
        "categories": [*names, *filed, *(actor.label for actor in page.actors)],
        "line": f"{dates.long_date(brief.published_at)} · {', '.join(names)}",
    }


def _entry_context(page: reading.BriefPage) -> dict[str, Any]:
    marks = touches.marks_of(page.brief.pk, page.number, page.brief.language)
    return {
        "page": page,
        "brief": page.brief,
        "site": settings.SITE_URL,
        "mark": marks[touches.Section.FEED],
    }
