"""The public pages about briefs. Nothing here changes anything or knows who is reading."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from briefs import (
    alternates,
    brief_pages,
    cards,
    conditional,
    facets,
    finding,
    hits,
    made_pages,
    naming,
    page_lines,
    prepared,
    privacy_facts,
    reading,
    subjects,
)
from briefs.likelihood import RANGES, Likelihood
from briefs.maps import drawing
from briefs.models import Brief, Edition
from briefs.showing import render_page, spoken_page

_ON_THE_FRONT = 9
_JUDGED = 3
_SOON = "public, max-age=300"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the house does, and its newest briefs in one language."""
    language = finding.wish_from(request.GET).spoken
    now = timezone.now()
    rows = _FRONT.read(now=now, today=now.date(), language=language)
    return made_pages.page(
        lambda: _show_home(request, rows.objects(), language), "home", language, rows.digest
    )


def _front(now: datetime, today: date, language: str) -> QuerySet[Brief]:
    newest = Brief.objects.public(now).in_language(language).teasers().newest()
    return reading.with_open_judgement(subjects.with_incidents(newest), today)[:_ON_THE_FRONT]


_FRONT = prepared.Prepared(
    _front, now=prepared.A_MOMENT, today=prepared.A_MOMENT.date(), language="a language"
)


def _show_home(request: HttpRequest, briefs: list[Brief], language: str) -> HttpResponse:
    judged = [(brief, line) for brief in briefs if (line := reading.open_judgement(brief))]
    context = {
        "briefs": briefs,
        "judged": judged[:_JUDGED],
        "map": _map_of_africa(briefs, language),
        "url": settings.SITE_URL + reverse("briefs:home") + alternates.language_query(language),
        "alternates": alternates.of_home(),
        "languages": alternates.of_page(request.path, language),
    }
    return render_page(request, "briefs/home.html", context, language)


def _map_of_africa(briefs: list[Brief], language: str) -> drawing.AreaMap | None:
    """The continent with the countries of these briefs and what they say has happened."""
    with translation.override(language):
        return drawing.map_of(
            countries=[code for brief in briefs for code in brief.countries],
            incidents=subjects.incident_places(briefs),
            whole_africa=True,
        )


@require_safe
def brief_list(request: HttpRequest) -> HttpResponse:
    """The briefs that fit the words and filters of the address, newest first."""
    wish = finding.wish_from(request.GET)
    found = hits.hits_of(wish)
    ignored = finding.ignored_in(request.GET)
    if found.keys and not hits.is_far(wish):  # their marks tell all that the page hangs on
        return made_pages.page(
            lambda: _show_list(request, wish, found, hits.page_of(wish, found)),
            *("list", wish, ignored, found),
        )
    if far := hits.far_down(wish):
        if not far.rows:
            raise Http404
        return made_pages.page(
            lambda: _show_list(request, wish, found, far.objects()),
            *("list", wish, ignored, found, far.digest),
        )
    rows = hits.page_of(wish, found)
    if wish.page > 1 and not rows:
        raise Http404
    facts = made_pages.facts_of(rows)
    meant = [] if rows or not wish.q else naming.did_you_mean(wish.q)
    return made_pages.page(
        lambda: _show_list(request, wish, found, rows, meant),
        *("list", wish, ignored, found, facts, meant),
    )


def _show_list(
    request: HttpRequest,
    wish: finding.Wish,
    found: hits.Hits,
    rows: list[Brief],
    meant: Sequence[str] = (),
) -> HttpResponse:
    with translation.override(wish.spoken):
        context = {
            "wish": wish,
            "languages": _spoken(wish),
            "url": settings.SITE_URL + wish.url(page=wish.page),
            "briefs": rows[: finding.PAGE_SIZE],
            "facets": facets.facets_of(wish, found),
            "ignored": finding.ignored_in(request.GET),
            "meant": [(name, wish.url(q=name)) for name in meant],
            "best_url": wish.url(sort="best"),
            "newest_url": wish.url(sort="newest"),
            "newer_url": wish.url(page=wish.page - 1) if wish.page > 1 else "",
            "older_url": wish.url(page=wish.page + 1) if len(rows) > finding.PAGE_SIZE else "",
        }
    return render_page(request, "briefs/list.html", context, wish.spoken)


def _spoken(wish: finding.Wish) -> list[alternates.Choice]:
    """The same list in each language: with briefs in all of them where the house's own is spoken."""
    urls = {code: wish.url(language=code) for code, _ in settings.LANGUAGES}
    return alternates.of_addresses(
        urls | {settings.LANGUAGE_CODE: wish.url(language="")}, wish.spoken
    )


@require_safe
def brief_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One brief, in its own language."""
    try:
        found = reading.find_brief(slug)
    except Brief.DoesNotExist:
        return _gone_or_moved(request, slug)
    return brief_pages.answer(found)


@require_safe
def brief_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An older text of a brief, as readers had it."""
    try:
        page = reading.read_version(slug, number)
    except Brief.DoesNotExist:
        return _gone_or_moved(request, slug)
    except Edition.DoesNotExist:
        raise Http404 from None
    return brief_pages.show(request, page)


@require_safe
def card_image(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of a brief for other sites; the house's own while it is not made yet."""
    card = cards.read(slug)
    if card is None:
        raise Http404
    if card.png is None:
        response: HttpResponse = HttpResponseRedirect(cards.house_address())
        response["Cache-Control"] = "public, max-age=60"
        return response
    response = HttpResponse(card.png, content_type="image/png")
    is_that = request.GET.get("v") == str(card.revision_id)
    response["Cache-Control"] = f"public, max-age={cards.YEAR}, immutable" if is_that else _SOON
    return conditional.answer(request, response)


def _gone_or_moved(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of a brief that readers once had here: its new address, or why it is gone."""
    moved = Brief.objects.public().filter(former_addresses=slug).values_list("slug", flat=True)
    if new_slug := moved.first():
        address = request.get_full_path().replace(f"/{slug}/", f"/{new_slug}/", 1)
        return HttpResponsePermanentRedirect(address)
    brief = Brief.objects.once_public().filter(Q(slug=slug) | Q(former_addresses=slug)).first()
    if brief is None:
        raise Http404
    return render_page(request, "briefs/gone.html", {"brief": brief}, brief.language, status=410)


@require_safe
def methodology(request: HttpRequest) -> HttpResponse:
    """How the house judges, with its scale."""
    scale = [(term, RANGES[term], page_lines.steps_of(term)) for term in Likelihood]
    return spoken_page(request, "briefs/methodology.html", {"scale": scale})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the request form keeps, and why."""
    context = {"house": settings.HOUSE, **privacy_facts.known()}
    return spoken_page(request, "briefs/privacy.html", context)
