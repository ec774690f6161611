"""What a brief's page shows, line by line, made from a snapshot: plain data without the database."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from briefs.likelihood import RANGES, Confidence, Likelihood, Range
from briefs.models import CorrectionKind, EventType, Outcome

_GAP = 0.8  # between the steps of a scale, of a hundred


@dataclass(frozen=True)
class Step:
    """One step of the likelihood scale, for drawing: where it starts, how wide, whether it is ours."""

    start: float
    width: float
    chosen: bool


@dataclass(frozen=True)
class Earlier:
    """The judgement that one of ours changes."""

    likelihood: Likelihood
    reference: str
    slug: str

    def direction(self, now: Likelihood) -> str:
        """Whether we judge it likelier now: "up", "down" or "same"."""
        scale = list(Likelihood)
        step = scale.index(now) - scale.index(self.likelihood)
        return "up" if step > 0 else "down" if step < 0 else "same"


@dataclass(frozen=True)
class Resolution:
    """What came of a judgement, and the public brief that shows it, if one does."""

    outcome: Outcome
    note: str
    resolved_at: datetime
    evidence: dict[str, str] | None


@dataclass(frozen=True)
class JudgementLine:
    """A judgement as a reader sees it."""

    position: int
    text: str
    likelihood: Likelihood
    confidence: Confidence
    horizon_on: date
    change_reason: str = ""
    earlier: Earlier | None = None
    resolution: Resolution | None = None

    @property
    def chances(self) -> Range:
        """Out of a hundred."""
        return RANGES[self.likelihood]

    @property
    def steps(self) -> list[Step]:
        """The whole scale with this judgement's step marked."""
        return steps_of(self.likelihood)

    @property
    def direction(self) -> str:
        """Where the likelihood went since the earlier judgement: "up", "down", "same", or "" without one."""
        return self.earlier.direction(self.likelihood) if self.earlier else ""


@dataclass(frozen=True)
class ActorLine:
    """An actor as a reader sees it: the name, with the letters that everybody uses for it."""

    slug: str
    label: str


@dataclass(frozen=True)
class PlacePoint:
    """A place with its position in degrees, and how well the position stands for it."""

    name: str
    country: str
    latitude: float
    longitude: float
    precision: str = "exact"


@dataclass(frozen=True)
class IncidentLine:
    """An incident as a reader sees it. `fatalities` None is not known, 0 is none."""

    occurred_on: date
    precision: str
    title: str
    event_type: EventType
    fatalities: int | None
    place: PlacePoint
    actors: tuple[str, ...] = ()


@dataclass(frozen=True)
class CitationLine:
    """A source that may be named, with what it says."""

    grade: str
    name: str
    title: str
    url: str
    published_on: date | None


@dataclass(frozen=True)
class CorrectionLine:
    """What readers are told of a change."""

    kind: CorrectionKind
    text: str
    made_at: datetime


@dataclass(frozen=True)
class Version:
    """A text that readers were given."""

    number: int
    published_at: datetime


def steps_of(likelihood: Likelihood) -> list[Step]:
    """The whole scale, lowest first, with this likelihood's step marked."""
    return [_step(term, term == likelihood) for term in Likelihood]


def judgement_line(row: dict[str, Any], resolution: Resolution | None = None) -> JudgementLine:
    """A judgement out of a snapshot."""
    earlier = row.get("revises")
    return JudgementLine(
        position=row["position"],
        text=row["text"],
        likelihood=Likelihood(row["likelihood"]),
        confidence=Confidence(row["confidence"]),
        horizon_on=date.fromisoformat(row["horizon_on"]),
        change_reason=row.get("change_reason", ""),
        earlier=earlier
        and Earlier(Likelihood(earlier["likelihood"]), earlier["reference"], earlier["slug"]),
        resolution=resolution,
    )


def resolution_of(row: dict[str, Any]) -> Resolution:
    """What came of a judgement, out of a row of the database."""
    return Resolution(
        outcome=Outcome(row["outcome"]),
        note=row["note"],
        resolved_at=datetime.fromisoformat(row["resolved_at"]),
        evidence=row["evidence"] if row["evidence"] and row["evidence"]["slug"] else None,
    )


def actor_line(row: dict[str, Any]) -> ActorLine:
    """An actor out of a snapshot."""
    letters = next((alias for alias in row["aliases"] if alias.isupper()), "")
    return ActorLine(row["slug"], f"{row['name']} ({letters})" if letters else row["name"])


def place_point(row: dict[str, Any]) -> PlacePoint:
    """A place out of a snapshot."""
    names = ("name", "country", "latitude", "longitude", "precision")
    return PlacePoint(**{name: row[name] for name in names})


def incident_line(row: dict[str, Any]) -> IncidentLine:
    """An incident out of a snapshot."""
    return IncidentLine(
        occurred_on=date.fromisoformat(row["occurred_on"]),
        precision=row["precision"],
        title=row["title"],
        event_type=EventType(row["event_type"]),
        fatalities=row["fatalities"],
        place=place_point(row["place"]),
        actors=tuple(row.get("actors", ())),
    )


def citation_lines(rows: Iterable[dict[str, Any]]) -> list[CitationLine]:
    """The citations whose source may be named."""
    return [
        CitationLine(
            grade=row["reliability"] + row["credibility"],
            name=row["name"],
            title=row["title"],
            url=row["url"],
            published_on=row["published_on"] and date.fromisoformat(row["published_on"]),
        )
        for row in rows
        if row["name"]
    ]


def grades_of(rows: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    """Each grade in use (reliability and credibility, such as B2) with how many citations carry it."""
    return sorted(Counter(row["reliability"] + row["credibility"] for row in rows).items())


def group_by_confidence(judgements: list[JudgementLine]) -> Iterator[tuple[Confidence, list[int]]]:
    """Each confidence in use, highest first, with the positions of the judgements that carry it."""
    for confidence in reversed(list(Confidence)):
        positions = [line.position for line in judgements if line.confidence == confidence]
        if positions:
            yield confidence, positions


def _step(term: Likelihood, chosen: bool) -> Step:
    # Drawn edge to edge, though nothing is ever judged at 0 or 100.
    low = 0 if term == Likelihood.ALMOST_NO_CHANCE else RANGES[term].low
    high = 100 if term == Likelihood.ALMOST_CERTAIN else RANGES[term].high
    return Step(start=low + _GAP / 2, width=high - low - _GAP, chosen=chosen)
