"""What crawlers are told of (https://www.sitemaps.org/protocol.html): an index of maps, and what is news.

A map of briefs holds those of one span of keys: none is counted through to reach the next.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, CharField, ExpressionWrapper, F, Func, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from briefs import alternates, kept_answers, subjects
from briefs.alternates import Alternate
from briefs.changes import CHANGED
from briefs.models import Brief

_SPAN = 1_000  # keys in a map: small enough to be kept ready, at most 5,000 by our own rule
_NEWS = timedelta(days=2)  # what Google takes as news, and how many of it
_NEWS_LIMIT = 1_000
_LAST_SPAN = 10**12
_XML = "application/xml"


@dataclass(frozen=True)
class Entry:
    """An address, when what it shows last changed, and the same in other languages."""

    url: str
    changed_at: datetime | None = None
    alternates: list[Alternate] = field(default_factory=list)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The maps there are, in one statement; counted again once anything that readers see has changed."""
    spans = kept_answers.while_true(_spans, "spans")
    maps = [Entry(_url("briefs:sitemap-briefs", span), changed_at) for span, changed_at in spans]
    context = {"maps": [Entry(_url("briefs:sitemap-pages")), *maps]}
    return render(request, "briefs/sitemap_index.xml", context, content_type=_XML)


def _spans() -> list[tuple[int, datetime]]:
    span = ExpressionWrapper(F("pk") / _SPAN, output_field=BigIntegerField())
    rows: Any = Brief.objects.public().order_by().annotate(span=span).values_list("span")
    return list(rows.annotate(changed=Max(CHANGED)).order_by("span"))


@require_safe
def brief_map(request: HttpRequest, span: int) -> HttpResponse:
    """The briefs of a span of keys, each with its published translations, in two statements."""
    if span > _LAST_SPAN:
        raise Http404
    rows = Brief.objects.public().filter(pk__gte=span * _SPAN, pk__lt=(span + 1) * _SPAN)
    found = list(
        rows.order_by("pk")
        .annotate(changed=CHANGED)
        .values_list("slug", "changed", "translation_key")
    )
    if not found:
        raise Http404
    slugs = _slugs_by_language({key for _, _, key in found})
    return _map(
        request,
        (
            Entry(_url("briefs:brief", slug), changed, alternates.of_briefs(slugs[key]))
            for slug, changed, key in found
        ),
    )


@require_safe
def page_map(request: HttpRequest) -> HttpResponse:
    """Every other page that has something to read, in three statements."""
    countries, topics = (
        kept_answers.while_true(lambda name=name: _by_each(name), "changed by", name)  # type: ignore[misc]
        for name in ("countries", "topics")
    )
    newest = max(countries.values(), default=None)
    home = alternates.of_home()
    fixed = ("methodology", "scorecard", "countries", "actors", "topics", "privacy")
    return _map(
        request,
        [
            *(Entry(each.url, newest, home) for each in home if each.language != "x-default"),
            Entry(_url("briefs:list"), newest),
            *(Entry(_url(f"briefs:{name}")) for name in fixed),
            *(Entry(_url("briefs:country", code.lower()), at) for code, at in countries.items()),
            *(Entry(_url("briefs:topic", slug), at) for slug, at in topics.items()),
            *(Entry(_url("briefs:actor", slug)) for slug in _actors()),
        ],
    )


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What was published in the last two days; samples are no news."""
    fresh = Brief.objects.public().filter(published_at__gte=timezone.now() - _NEWS, is_sample=False)
    rows = fresh.newest().values("slug", "language", "published_at", "title")[:_NEWS_LIMIT]
    context = {
        "house": settings.HOUSE["name"],
        "briefs": [row | {"url": _url("briefs:brief", row["slug"])} for row in rows],
    }
    return render(request, "briefs/sitemap_news.xml", context, content_type=_XML)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may fetch, and where the maps are."""
    context = {"maps": [_url("briefs:sitemap"), _url("briefs:sitemap-news")]}
    return render(request, "briefs/robots.txt", context, content_type="text/plain")


def _map(request: HttpRequest, entries: Iterable[Entry]) -> HttpResponse:
    return render(request, "briefs/sitemap.xml", {"entries": entries}, content_type=_XML)


def _url(name: str, *args: Any) -> str:
    return settings.SITE_URL + reverse(name, args=args)


def _slugs_by_language(keys: set[Any]) -> dict[Any, dict[str, str]]:
    """For each translation key the slug of each published text, by language."""
    # A live text revises none; saying so lets the index of translations serve.
    rows = Brief.objects.public().filter(translation_key__in=keys, revises__isnull=True)
    slugs: dict[Any, dict[str, str]] = defaultdict(dict)
    for key, language, slug in rows.values_list("translation_key", "language", "slug"):
        slugs[key][language] = slug
    return slugs


def _by_each(name: str) -> dict[str, datetime]:
    """Each value of an array of the briefs, and when a brief that carries it last changed."""
    each = Func(F(name), function="unnest", output_field=CharField(), set_returning=True)
    rows: Any = Brief.objects.public().order_by().annotate(value=each).values_list("value")
    return dict(rows.annotate(changed=Max(CHANGED)).order_by("value"))


def _actors() -> Iterator[str]:
    """Whom public briefs name. When one of their pages changed stands in too many rows to be read for a map."""
    yield from subjects.named_actors().order_by("slug").values_list("slug", flat=True)
