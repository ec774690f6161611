"""The pages about countries, actors and topics, and the record of our judgements."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from briefs import (
    alternates,
    finding,
    geography,
    kept_answers,
    made_pages,
    scoring,
    subjects,
    topics,
)
from briefs.maps import drawing
from briefs.models import Actor, Brief
from briefs.showing import render_page, spoken_page

_RESOLVED = 20


@require_safe
def country_list(request: HttpRequest) -> HttpResponse:
    """Every country, by region, with how many briefs name it."""
    language = finding.wish_from(request.GET).spoken
    context = {"regions": subjects.regions_with_counts(language), **_spoken(request, language)}
    return render_page(request, "briefs/countries.html", context, language)


@require_safe
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    """What we expect in a country, and what has happened there."""
    if code != code.lower():
        query = request.META["QUERY_STRING"]
        address = reverse("briefs:country", args=[code.lower()])
        return HttpResponsePermanentRedirect(address + (f"?{query}" if query else ""))
    code = code.upper()
    if code not in geography.AFRICAN_COUNTRIES:
        raise Http404
    language = finding.wish_from(request.GET).spoken
    subject = subjects.read_subject(Brief.objects.public().about_country(code), country=code)
    context = {"name": geography.country_name(code, language), "filter": f"country={code}"}
    return _subject_page(request, subject, context, language, country=code)


@require_safe
def actor_list(request: HttpRequest) -> HttpResponse:
    """The actors that public briefs name."""
    language = finding.wish_from(request.GET).spoken
    context = {"actors": subjects.named_actors(), **_spoken(request, language)}
    return render_page(request, "briefs/actors.html", context, language)


@require_safe
def actor_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Who an actor is, and what we expect where it acts."""
    named = subjects.named_actors()
    actor = kept_answers.while_true(lambda: named.filter(slug=slug).first(), "actor", slug)
    if actor is None:
        raise Http404
    language = finding.wish_from(request.GET).spoken
    subject = subjects.read_subject(Brief.objects.public().naming(actor))
    context = {"name": actor.name, "filter": f"actor={slug}", "actor": actor, **_kin(actor, named)}
    return _subject_page(request, subject, context, language)


def _kin(actor: Actor, named: QuerySet[Actor]) -> dict[str, Any]:
    """What it belongs to and what belongs to it, as far as public briefs name them."""
    return {
        "parents": list(named.filter(children=actor)),
        "children": list(named.filter(parents=actor)),
    }


@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    """Every topic, with how many briefs are filed under it."""
    language = finding.wish_from(request.GET).spoken
    counts = subjects.count_topics()
    with translation.override(language):
        rows = [(str(topic.label), topic.value, counts.get(topic, 0)) for topic in topics.Topic]
    context = {"topics": sorted(rows), **_spoken(request, language)}
    return render_page(request, "briefs/topics.html", context, language)


@require_safe
def topic_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What we expect on a topic."""
    if slug not in topics.Topic.values:
        raise Http404
    language = finding.wish_from(request.GET).spoken
    subject = subjects.read_subject(Brief.objects.public().with_topic(slug))
    with translation.override(language):
        context = {"name": topics.topic_name(slug), "filter": f"topic={slug}"}
    return _subject_page(request, subject, context, language)


@require_safe
def scorecard_page(request: HttpRequest) -> HttpResponse:
    """How often what we judged came true."""
    score = scoring.scorecard()
    resolved = (
        scoring.published_judgements()
        .filter(brief__in=Brief.objects.public().values("pk"), brief__is_sample=score.is_of_samples)
        .exclude(outcome="open")
    )
    newest = resolved.select_related("brief").order_by("-resolved_at", "-pk")[:_RESOLVED]
    context = {"score": score, "resolved": newest, "from": scoring.SHOWN_FROM}
    return spoken_page(request, "briefs/scorecard.html", context | {"plot": _plot(context)})


def _plot(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The points of the calibration plot: 0 to 100 both ways, y downwards."""
    score: scoring.Scorecard = context["score"]
    return [
        {
            "term": row,
            "x": 100 * scoring.forecast(row.term),
            "y": 100 - (row.share or 0),
            "top": 100 - row.interval[1],
            "bottom": 100 - row.interval[0],
        }
        for row in score.terms
        if row.interval is not None
    ]


def _subject_page(
    request: HttpRequest,
    subject: subjects.Subject,
    context: dict[str, Any],
    language: str,
    country: str = "",
) -> HttpResponse:
    about = context.get("actor")
    kin = (context.get("parents", []), context.get("children", []))
    seen = [
        (context["name"], context["filter"], request.path, language),
        made_pages.facts_of([*([about] if about else []), *kin[0], *kin[1]]),
        [len(part) for part in kin],
        made_pages.facts_of(subject.briefs),
        [(each.brief.pk, each.judgement) for each in subject.expectations],
    ]
    return made_pages.page(
        lambda: _show_subject(request, subject, context, language, country), "subject", *seen
    )


def _show_subject(
    request: HttpRequest,
    subject: subjects.Subject,
    context: dict[str, Any],
    language: str,
    country: str,
) -> HttpResponse:
    incidents = [line.place for line, _ in subject.incidents]
    countries = [country] if country else list(dict.fromkeys(p.country for p in incidents))
    with translation.override(language):
        context["map"] = drawing.map_of(countries=countries, incidents=incidents)
    context |= {"subject": subject, **_spoken(request, language)}
    return render_page(request, "briefs/subject.html", context, language)


def _spoken(request: HttpRequest, language: str) -> dict[str, Any]:
    """The same page in each language of ours."""
    return {"languages": alternates.of_page(request.path, language)}
