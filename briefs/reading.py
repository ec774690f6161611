"""One brief as its page shows it: the text and all that hangs on it, in one statement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from briefs.likelihood import RANGES, Confidence, Likelihood, Range
from briefs.models import Actor, Brief, EventType, Incident, Judgement, Place

_PAGE = (
    *("slug", "reference", "uid", "title", "language", "kind", "status", "summary", "body"),
    *("reading_minutes", "countries", "topics", "is_sample", "data_cutoff"),
    *("published_at", "updated_at"),
)
_GAP = 0.8  # between the steps of a scale, of a hundred


@dataclass(frozen=True)
class Step:
    """One step of the likelihood scale, for drawing: where it starts, how wide, whether it is ours."""

    start: float
    width: float
    chosen: bool


@dataclass(frozen=True)
class JudgementLine:
    """A judgement as a reader sees it."""

    position: int
    text: str
    likelihood: Likelihood
    confidence: Confidence
    horizon_on: date

    @property
    def chances(self) -> Range:
        """Out of a hundred."""
        return RANGES[self.likelihood]

    @property
    def steps(self) -> list[Step]:
        """The whole scale with this judgement's step marked."""
        return steps_of(self.likelihood)


@dataclass(frozen=True)
class ActorLine:
    """An actor as a reader sees it: the name, with the letters that everybody uses for it."""

    slug: str
    label: str


@dataclass(frozen=True)
class PlacePoint:
    """A place with its position in degrees."""

    name: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class IncidentLine:
    """An incident as a reader sees it. `fatalities` None is not known, 0 is none."""

    occurred_on: date
    precision: str
    title: str
    event_type: EventType
    fatalities: int | None
    place: PlacePoint


@dataclass(frozen=True)
class BriefPage:
    """A brief with its judgements in order, its incidents by date, its actors and places by name."""

    brief: Brief
    judgements: list[JudgementLine]
    incidents: list[IncidentLine]
    actors: list[ActorLine]
    places: list[PlacePoint]


def read_brief(slug: str) -> BriefPage:
    """The public brief at this address. Raises Brief.DoesNotExist."""
    return _read(Brief.objects.public(), slug=slug)


def preview_brief(pk: int) -> BriefPage:
    """Any brief as its page would look; for staff only. Raises Brief.DoesNotExist."""
    return _read(Brief.objects.all(), pk=pk)


def steps_of(likelihood: Likelihood) -> list[Step]:
    """The whole scale, lowest first, with this likelihood's step marked."""
    return [_step(term, term == likelihood) for term in Likelihood]


def with_open_judgement(briefs: QuerySet[Brief], today: date) -> QuerySet[Brief]:
    """The same briefs, each with its first judgement that can still come true, for the next function."""
    still_open = _judgements().filter(horizon_on__gte=today)
    return briefs.annotate(judgement_rows=ArraySubquery(still_open[:1]))


def open_judgement(brief: Brief) -> JudgementLine | None:
    """The open judgement of a brief out of `with_open_judgement()`."""
    rows: list[dict[str, Any]] = brief.judgement_rows  # type: ignore[attr-defined]  # annotated
    return _judgement(rows[0]) if rows else None


def _read(briefs: QuerySet[Brief], **address: Any) -> BriefPage:
    brief: Any = briefs.only(*_PAGE).annotate(**_hanging()).get(**address)
    incidents = [_incident(row) for row in brief.incident_rows]
    places = {PlacePoint(**row) for row in brief.place_rows} | {line.place for line in incidents}
    return BriefPage(
        brief=brief,
        judgements=[_judgement(row) for row in brief.judgement_rows],
        incidents=incidents,
        actors=[_actor(row) for row in brief.actor_rows],
        places=sorted(places, key=lambda place: place.name),
    )


def _hanging() -> dict[str, ArraySubquery]:
    return {
        "judgement_rows": ArraySubquery(_judgements()),
        "incident_rows": ArraySubquery(_incidents()),
        "actor_rows": ArraySubquery(_actors()),
        "place_rows": ArraySubquery(_places()),
    }


def _judgements() -> QuerySet[Any, Any]:
    names = ("position", "text", "likelihood", "confidence", "horizon_on")
    own = Judgement.objects.filter(brief=OuterRef("pk"), position__isnull=False).order_by(
        "position"
    )
    return own.values_list(JSONObject(**{name: F(name) for name in names}))


def _incidents() -> QuerySet[Any, Any]:
    names = ("occurred_on", "precision", "title", "event_type", "fatalities")
    place = JSONObject(**_place_fields("place__"))
    own = Incident.objects.filter(briefs=OuterRef("pk")).order_by("occurred_on", "pk")
    return own.values_list(JSONObject(place=place, **{name: F(name) for name in names}))


def _actors() -> QuerySet[Any, Any]:
    own = Actor.objects.filter(briefs=OuterRef("pk")).order_by("name")
    return own.values_list(JSONObject(name=F("name"), slug=F("slug"), aliases=F("aliases")))


def _places() -> QuerySet[Any, Any]:
    own = Place.objects.filter(briefs=OuterRef("pk")).order_by("name")
    return own.values_list(JSONObject(**_place_fields("")))


def _place_fields(prefix: str) -> dict[str, F]:
    return {name: F(prefix + name) for name in ("name", "country", "latitude", "longitude")}


def _judgement(row: dict[str, Any]) -> JudgementLine:
    return JudgementLine(
        position=row["position"],
        text=row["text"],
        likelihood=Likelihood(row["likelihood"]),
        confidence=Confidence(row["confidence"]),
        horizon_on=date.fromisoformat(row["horizon_on"]),
    )


def _actor(row: dict[str, Any]) -> ActorLine:
    letters = next((alias for alias in row["aliases"] if alias.isupper()), "")
    return ActorLine(row["slug"], f"{row['name']} ({letters})" if letters else row["name"])


def _incident(row: dict[str, Any]) -> IncidentLine:
    return IncidentLine(
        occurred_on=date.fromisoformat(row["occurred_on"]),
        precision=row["precision"],
        title=row["title"],
        event_type=EventType(row["event_type"]),
        fatalities=row["fatalities"],
        place=PlacePoint(**row["place"]),
    )


def _step(term: Likelihood, chosen: bool) -> Step:
    # Drawn edge to edge, though nothing is ever judged at 0 or 100.
    low = 0 if term == Likelihood.ALMOST_NO_CHANCE else RANGES[term].low
    high = 100 if term == Likelihood.ALMOST_CERTAIN else RANGES[term].high
    return Step(start=low + _GAP / 2, width=high - low - _GAP, chosen=chosen)


def group_by_confidence(judgements: list[JudgementLine]) -> Iterator[tuple[Confidence, list[int]]]:
    """Each confidence in use, highest first, with the positions of the judgements that carry it."""
    for confidence in reversed(list(Confidence)):
        positions = [line.position for line in judgements if line.confidence == confidence]
        if positions:
            yield confidence, positions
