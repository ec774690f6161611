"""The public pages about briefs. Nothing here changes anything or knows who is reading."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from briefs import facets, finding, maps, naming, page_lines, reading, structured_data
from briefs.likelihood import RANGES, Confidence, Likelihood
from briefs.models import Brief, Edition

_ON_THE_FRONT = 9
_JUDGED = 3
_TO_DISCOVER = 3
_IN_THE_SITEMAP = 5_000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the house does, and its newest briefs in one language."""
    language = finding.wish_from(request.GET).spoken
    newest = Brief.objects.public().in_language(language).teasers().newest()[:_ON_THE_FRONT]
    briefs = list(reading.with_open_judgement(newest, timezone.now().date()))
    judged = [(brief, line) for brief in briefs if (line := reading.open_judgement(brief))]
    context = {
        "briefs": briefs,
        "judged": judged[:_JUDGED],
        "url": settings.SITE_URL + reverse("briefs:home") + _language_query(language),
    }
    return render_page(request, "briefs/home.html", context, language)


@require_safe
def brief_list(request: HttpRequest) -> HttpResponse:
    """The briefs that fit the words and filters of the address, newest first."""
    wish = finding.wish_from(request.GET)
    rows = wish.page_of_briefs()
    if wish.page > 1 and not rows:
        raise Http404
    with translation.override(wish.spoken):
        context = {
            "wish": wish,
            "url": settings.SITE_URL + wish.url(page=wish.page),
            "briefs": rows[: finding.PAGE_SIZE],
            "facets": facets.facets_of(wish),
            "ignored": finding.ignored_in(request.GET),
            "meant": [] if rows or not wish.q else _meant(wish),
            "best_url": wish.url(sort="best"),
            "newest_url": wish.url(sort="newest"),
            "newer_url": wish.url(page=wish.page - 1) if wish.page > 1 else "",
            "older_url": wish.url(page=wish.page + 1) if len(rows) > finding.PAGE_SIZE else "",
        }
    return render_page(request, "briefs/list.html", context, wish.spoken)


def _meant(wish: finding.Wish) -> list[tuple[str, str]]:
    """Names that the reader may have meant, each with the address of the list that holds them."""
    return [(name, wish.url(q=name)) for name in naming.did_you_mean(wish.q)]


@require_safe
def brief_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One brief, in its own language."""
    try:
        page = reading.read_brief(slug)
    except Brief.DoesNotExist:
        return _gone_or_moved(request, slug)
    return show_brief(request, page)


@require_safe
def brief_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An older text of a brief, as readers had it."""
    try:
        page = reading.read_version(slug, number)
    except Brief.DoesNotExist:
        return _gone_or_moved(request, slug)
    except Edition.DoesNotExist:
        raise Http404 from None
    return show_brief(request, page)


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


def show_brief(request: HttpRequest, page: reading.BriefPage) -> HttpResponse:
    """The page of a brief, which says so when the brief is not public."""
    brief = page.brief
    context = {
        "page": page,
        "brief": brief,
        "url": settings.SITE_URL + brief.get_absolute_url(),
        "map": maps.map_of(page.places, brief.countries[0] if brief.countries else ""),
        "confidences": list(page_lines.group_by_confidence(page.judgements)),
        "related": Brief.objects.public().related_to(brief).teasers()[:_TO_DISCOVER],
        "site": settings.SITE_URL,
        "default_url": settings.SITE_URL + _default_address(page),
        "data": structured_data.of_page(page),
    }
    return render_page(request, "briefs/brief.html", context, brief.language)


def _default_address(page: reading.BriefPage) -> str:
    """The English text's address, for readers of no language of ours; else the page's own."""
    english = [other["slug"] for other in page.translations if other["language"] == "en"]
    return reverse("briefs:brief", args=english) if english else page.brief.get_absolute_url()


@require_safe
def methodology(request: HttpRequest) -> HttpResponse:
    """How the house judges, with its scale."""
    scale = [(term, RANGES[term], page_lines.steps_of(term)) for term in Likelihood]
    return render_page(
        request, "briefs/methodology.html", {"scale": scale, "confidences": Confidence}
    )


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the request form keeps, and why."""
    return render_page(request, "briefs/privacy.html", {"house": settings.HOUSE})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may fetch, and where the sitemap is."""
    return render(
        request, "briefs/robots.txt", {"site": settings.SITE_URL}, content_type="text/plain"
    )


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The newest briefs, for crawlers."""
    newest = Brief.objects.public().newest().values("slug", "updated_at")[:_IN_THE_SITEMAP]
    context = {"site": settings.SITE_URL, "briefs": newest}
    return render(request, "briefs/sitemap.xml", context, content_type="application/xml")


def _language_query(language: str) -> str:
    return "" if language == settings.LANGUAGE_CODE else f"?language={language}"


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    language: str = settings.LANGUAGE_CODE,
    status: int = 200,
) -> HttpResponse:
    context["language_query"] = _language_query(language)
    with translation.override(language):
        response = render(request, template, context, status=status)
    response["Content-Language"] = language
    return response
