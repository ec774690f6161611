"""What the newest briefs say about a country, an actor or a topic: from approved texts only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, Exists, F, Func, IntegerField, OuterRef, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from briefs import geography, hits, page_lines
from briefs.models import Actor, Brief, BriefQuerySet, Judgement

_BRIEFS = 12
_JUDGEMENTS = 8
_INCIDENTS = 15


@dataclass(frozen=True)
class Expectation:
    """A judgement that can still come true, and the brief that makes it."""

    brief: Brief
    judgement: page_lines.JudgementLine


@dataclass(frozen=True)
class Subject:
    """The newest briefs about something, what they expect now and what they say has happened."""

    briefs: list[Brief]
    expectations: list[Expectation]
    incidents: list[tuple[page_lines.IncidentLine, Brief]]


def read_subject(briefs: BriefQuerySet, country: str = "") -> Subject:
    """The subject that these public briefs are about, in two statements; incidents of one country if it is given."""
    # Found first: PostgreSQL would read the text of each brief before it sorts them.
    keys = briefs.newest().values("pk")[:_BRIEFS]
    said = KeyTransform("judgements", "live_revision__snapshot")
    found = Brief.objects.filter(pk__in=keys).newest()
    newest: list[Brief] = list(with_incidents(found.teasers().annotate(said=said)))
    return Subject(
        briefs=newest,
        expectations=list(_expectations(newest))[:_JUDGEMENTS],
        incidents=list(_incidents(newest, country))[:_INCIDENTS],
    )


def with_incidents(briefs: BriefQuerySet) -> BriefQuerySet:
    """The same briefs, each with its incidents as approved, for the next function."""
    return briefs.annotate(happened=KeyTransform("incidents", "live_revision__snapshot"))


def incident_places(briefs: Iterable[Brief]) -> list[page_lines.PlacePoint]:
    """The place of each incident that these say has happened, one for each incident, out of `with_incidents()`."""
    rows = {row["id"]: row for brief in briefs for row in brief.happened}  # type: ignore[attr-defined]  # annotated
    return [page_lines.place_point(row["place"]) for row in rows.values()]


def count_countries() -> dict[str, int]:
    """How many public briefs name each country."""
    each = Func(F("countries"), function="unnest", output_field=CharField(), set_returning=True)
    rows = Brief.objects.public().order_by().annotate(code=each).values_list("code")
    return dict(rows.annotate(n=Count("pk")))


def count_topics() -> dict[str, int]:
    """How many public briefs are filed under each topic."""
    each = Func(F("topics"), function="unnest", output_field=CharField(), set_returning=True)
    rows = Brief.objects.public().order_by().annotate(slug_of=each).values_list("slug_of")
    return dict(rows.annotate(n=Count("pk")))


def regions_with_counts(language: str) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Each region with its countries: (code, name, number of public briefs), by name."""
    counts = count_countries()
    return [
        (
            region,
            sorted(
                (
                    (geography.country_name(code, language), code, counts.get(code, 0))
                    for code in codes
                ),
                key=lambda country: geography.name_key(country[0]),
            ),
        )
        for region, codes in geography.REGIONS.items()
    ]


def named_actors() -> QuerySet[Actor]:
    """The actors that public briefs name, by name, with `brief_count`; nobody else is shown to readers."""
    naming = Brief.objects.public().filter(actors=OuterRef("pk"))
    found = Actor.objects.filter(Exists(naming)).annotate(brief_count=counted(naming))
    return found.order_by("name", "pk")


def counted(briefs: BriefQuerySet) -> Func:
    """How many briefs these are, up to LOOKED_AT, as an expression: what is beyond is never touched."""
    keys = ArraySubquery(briefs.order_by().values("pk")[: hits.LOOKED_AT])
    return Func(keys, function="cardinality", output_field=IntegerField())


def _expectations(briefs: Sequence[Brief]) -> Iterator[Expectation]:
    today = timezone.now().date()
    told = set(_told([brief.pk for brief in briefs]))
    for brief in briefs:
        for row in brief.said:  # type: ignore[attr-defined]  # annotated
            if date.fromisoformat(row["horizon_on"]) >= today and row["key"] not in told:
                yield Expectation(brief, page_lines.judgement_line(row))


def _told(briefs: list[int]) -> Iterator[str]:
    resolved = Judgement.objects.filter(brief__in=briefs).exclude(outcome="open")
    return (str(key) for key in resolved.values_list("key", flat=True))


def _incidents(
    briefs: Sequence[Brief], country: str
) -> Iterator[tuple[page_lines.IncidentLine, Brief]]:
    newest: dict[int, tuple[page_lines.IncidentLine, Brief]] = {}
    for brief in briefs:
        for row in brief.happened:  # type: ignore[attr-defined]  # annotated
            if not country or row["place"]["country"] == country:
                newest.setdefault(row["id"], (page_lines.incident_line(row), brief))
    yield from sorted(newest.values(), key=lambda pair: pair[0].occurred_on, reverse=True)
