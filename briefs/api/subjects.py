"""`/api/v1/actors/`, `/api/v1/countries/` and `/api/v1/topics/`: what public briefs are about."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from briefs import changes, geography, hits, subjects, topics
from briefs.api import cursors, fields, parameters, reading, subject_schema
from briefs.models import Actor, ActorKind, Brief

_ACTORS = [
    parameters.one_of("kind", ActorKind.values, "Of this kind."),
    parameters.CURSOR,
    parameters.PAGE_SIZE,
]
_ACTOR = ("slug", "name", "aliases", "kind", "note", "brief_count")
_BRIEFS = 12
_JUDGEMENTS = 20
_TEASER = ("reference", "slug", "title", "language", "published_at")


class ActorsView(reading.ReadView):
    """Who acts."""

    takes = _ACTORS

    @extend_schema(
        operation_id="actors_list",
        parameters=[parameter.described() for parameter in _ACTORS],
        responses={200: subject_schema.ActorPageSerializer, **reading.REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        """The actors that public briefs name, by name."""
        changed_at = _last_change_of_actors()
        raw = request.query_params.dict()
        position = cursors.position_in(request.path, raw)
        size = self.query.get("page_size", parameters.USUAL_PAGE)
        found = subjects.named_actors()
        if "kind" in self.query:
            found = found.filter(kind=self.query["kind"])
        if position is not None:
            found = found.filter(name__gt=position[0])
        rows = list(found.values(*_ACTOR)[: size + 1])
        shown, following = cursors.one_page(
            request.path, raw, rows, size, lambda row: [row["name"]]
        )
        return self.answer(
            {"next": following, "results": [_actor(row) for row in shown]}, changed_at
        )


class ActorView(reading.ReadView):
    """One who acts."""

    @extend_schema(
        operation_id="actors_retrieve",
        parameters=[
            OpenApiParameter(
                "slug",
                {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,120}$"},
                OpenApiParameter.PATH,
            )
        ],
        responses={200: subject_schema.OneActorSerializer, **reading.REFUSALS_OF_SUBJECT},
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        """With what it belongs to, what belongs to it, and the newest 12 briefs that name it."""
        changed_at = _last_change_of_actors()
        naming = Brief.objects.public().filter(actors=OuterRef("pk"))
        teaser = JSONObject(**{name: name for name in _TEASER})
        found: Any = subjects.named_actors().filter(slug=slug)
        found = found.annotate(
            parent_rows=_kin("children"),
            child_rows=_kin("parents"),
            brief_rows=ArraySubquery(naming.newest().values_list(teaser)[:_BRIEFS]),
        )
        row = found.values(*_ACTOR, "parent_rows", "child_rows", "brief_rows").first()
        if row is None:
            raise Http404("No public brief names such an actor.")
        data = {
            **_actor(row),
            "parents": row["parent_rows"],
            "children": row["child_rows"],
            "briefs": [_teaser(brief) for brief in row["brief_rows"]],
        }
        return self.answer(data, changed_at)


class CountriesView(reading.ReadView):
    """Africa's countries."""

    @extend_schema(
        operation_id="countries_list",
        responses={200: subject_schema.CountriesSerializer, **reading.REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        """All 55, by code, with how many public briefs name each."""
        changed_at = changes.last_change()
        counts = subjects.count_countries()
        rows = [_country(code, counts.get(code, 0)) for code in geography.AFRICAN_COUNTRIES]
        return self.answer({"results": rows}, changed_at)


class CountryView(reading.ReadView):
    """One country."""

    @extend_schema(
        operation_id="countries_retrieve",
        parameters=[
            OpenApiParameter(
                "code",
                {"type": "string", "pattern": "^[A-Za-z]{2,3}$"},
                OpenApiParameter.PATH,
                description="ISO 3166 alpha-2 or alpha-3, such as ML or MLI.",
            )
        ],
        responses={200: subject_schema.OneCountrySerializer, **reading.REFUSALS_OF_SUBJECT},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """With the newest 12 briefs about it and the judgements in them that can still come true."""
        alpha2 = geography.alpha2_of(code)
        if alpha2 is None:
            raise Http404("There is no such country in Africa.")
        today = timezone.now().date()
        changed_at = _or_midnight(changes.last_change())
        about = Brief.objects.public().about_country(alpha2)
        counted: Any = about.newest().annotate(total=subjects.counted(about))
        rows = list(fields.select(counted, (*_TEASER, "judgements"), "total")[:_BRIEFS])
        data = {
            **_country(alpha2, rows[0]["total"] if rows else 0),
            "briefs": [_teaser({name: row[name] for name in _TEASER}) for row in rows],
            "open_judgements": [each for row in rows for each in _open(row, today)][:_JUDGEMENTS],
        }
        return self.answer(data, changed_at)


class TopicsView(reading.ReadView):
    """What briefs are filed under."""

    @extend_schema(
        operation_id="topics_list",
        responses={200: subject_schema.TopicsSerializer, **reading.REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        """Every topic, by slug, with how many public briefs are filed under it."""
        changed_at = changes.last_change()
        counts = subjects.count_topics()
        rows = [
            {
                "slug": slug,
                "names": _topic_names(slug),
                "brief_count": _capped(counts.get(slug, 0)),
                "url": settings.SITE_URL + reverse("briefs:topic", args=[slug]),
            }
            for slug in sorted(topics.Topic.values)
        ]
        return self.answer({"results": rows}, changed_at)


def _last_change_of_actors() -> datetime | None:
    """Staff give an actor another name without touching a brief."""
    renamed = subjects.named_actors().order_by("-updated_at")
    return changes.last_change(renamed.values_list("updated_at"))


def _or_midnight(moment: datetime | None) -> datetime | None:
    """Judgements fall due at midnight, UTC."""
    now = timezone.now()
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    return moment and max(moment, midnight)


def _kin(relation: str) -> ArraySubquery:
    naming = Brief.objects.public().filter(actors=OuterRef("pk"))
    found: QuerySet[Any, Any] = Actor.objects.filter(Exists(naming), **{relation: OuterRef("pk")})
    return ArraySubquery(
        found.order_by("name").values_list(JSONObject(slug="slug", name="name", kind="kind"))
    )


def _actor(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("slug", "name", "aliases", "kind", "brief_count")}
    url = settings.SITE_URL + reverse("briefs:actor", args=[row["slug"]])
    return {**told, "about": row["note"], "url": url}


def _country(code: str, count: int) -> dict[str, Any]:
    languages = [language for language, _ in settings.LANGUAGES]
    region = geography.region_key(code)
    return {
        "alpha2": code,
        "alpha3": geography.alpha3_of(code),
        "names": {language: geography.country_name(code, language) for language in languages},
        "region": {"slug": region, "m49": geography.M49[region]},
        "brief_count": _capped(count),
        "url": settings.SITE_URL + reverse("briefs:country", args=[code.lower()]),
    }


def _topic_names(slug: str) -> dict[str, str]:
    names = {}
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            names[language] = topics.topic_name(slug)
    return names


def _capped(count: int) -> int:
    return min(count, hits.LOOKED_AT)


def _teaser(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "url": fields.page_url(row["slug"])}


def _open(row: dict[str, Any], today: Any) -> list[dict[str, Any]]:
    brief = {name: row[name] for name in ("reference", "slug")}
    return [
        {**judgement, "brief": brief}
        for judgement in fields.FIELDS["judgements"].make(row)
        if judgement["outcome"] == "open" and judgement["horizon"] >= today.isoformat()
    ]
