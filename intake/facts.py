"""What is known of a lead when it is routed: what the client named, and where nothing was named what the text says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from briefs import geography
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.conditions import folded
from intake.models.lead import Lead, Priority
from intake.models.suggestion import NeedSuggestion
from intake.needs import Certainty, Kind
from intake.suggesting import Said

NONE = "none"
_LISTS = ("countries", "services", "topics", "keywords")


@dataclass(frozen=True)
class Facts:
    """A lead as rules and the pick see it. `from_text` holds what only the text says; "none" stands for not said.

    `keywords` are those of the rules that its text holds: words of the house, never of the client.
    """

    language: str
    countries: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    timeframe: str = NONE
    budget: str = NONE
    brief: str = ""
    organisation: str = NONE
    priority: str = "normal"
    score: int = 0
    keywords: tuple[str, ...] = ()
    from_text: dict[str, Any] = field(default_factory=dict)

    def said(self, name: str) -> tuple[str, ...]:
        """The values that a condition of this name is compared with."""
        match name:
            case "service":
                return self.services
            case "topic":
                return self.topics
        value: str = getattr(self, name)
        return (value,)

    def as_json(self) -> dict[str, Any]:
        """As a decision records them."""
        said = {**vars(self), **{name: list(getattr(self, name)) for name in _LISTS}}
        return said if self.from_text else {k: v for k, v in said.items() if k != "from_text"}

    @property
    def wanted_services(self) -> tuple[str, ...]:
        """Those that somebody must give."""
        return tuple(s for s in self.services if s != Service.NOT_SURE)


def from_json(recorded: dict[str, Any]) -> Facts:
    """The facts that `as_json` recorded."""
    return Facts(**{**recorded, **{name: tuple(recorded[name]) for name in _LISTS}})


def named(lead: Lead, keywords: Sequence[str] = ()) -> Facts:
    """What the client named, or staff accepted, and what the house knows beside. The lead comes `for_routing()`."""
    enquiry = lead.enquiry
    text = f" {folded(enquiry.needs)} " if keywords else ""
    facts = Facts(
        language=lead.language,
        countries=tuple(lead.countries),
        services=tuple(lead.services),
        topics=tuple(lead.brief_topics or ()),
        timeframe=enquiry.timeframe or NONE,
        budget=enquiry.budget or NONE,
        brief=lead.brief_slug or "",
        organisation=_organisation(lead),
        priority=lead.priority,
        keywords=tuple(word for word in keywords if _holds(text, word)),
    )
    return replace(facts, score=score(facts))


def _organisation(lead: Lead) -> str:
    if lead.asked_before:
        return "known"
    return "new" if lead.enquiry.organisation.strip() else NONE


def _holds(text: str, word: str) -> bool:
    """Whether the folded text holds the word or words; one with * at its end stands for all that begin so."""
    return f" {folded(word)}{'' if word.rstrip().endswith('*') else ' '}" in text


def with_text(facts: Facts, lead: Lead, suggestions: Iterable[NeedSuggestion | Said]) -> Facts:
    """The same with what the text says clearly of what was not named."""
    said: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for one in suggestions:
        if one.certainty == Certainty.CLEAR:
            said[Kind(one.kind)].append(one.value)
    more: dict[str, Any] = {}
    languages = said[Kind.LANGUAGE]
    if languages and not lead.enquiry.language and languages[0] != lead.language:
        more["language"] = languages[0]
    if said[Kind.COUNTRY] and not lead.countries:
        more["countries"] = said[Kind.COUNTRY]
    if said[Kind.SERVICE] and not facts.wanted_services:
        more["services"] = said[Kind.SERVICE]
    tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in more.items()}
    return replace(facts, **tuples, from_text=more)


BUDGET_POINTS: dict[str, int] = {
    Budget.UNDER_5K: 10, Budget.FROM_5K_TO_20K: 25, Budget.FROM_20K_TO_100K: 40,
    Budget.OVER_100K: 50, Budget.UNDECIDED: 15,
}  # fmt: skip
TIMEFRAME_POINTS: dict[str, int] = {
    Timeframe.DAYS: 20,
    Timeframe.WEEKS: 15,
    Timeframe.MONTHS: 8,
    Timeframe.OPEN: 3,
}
ORGANISATION_POINTS = {"known": 15, "new": 5}
BRIEF_POINTS, URGENT_POINTS = 5, 10


def score(facts: Facts) -> int:
    """How much a lead promises, from 0 to 100: a published sum, no forecast (docs/routing.md has the table)."""
    points = BUDGET_POINTS.get(facts.budget, 0) + TIMEFRAME_POINTS.get(facts.timeframe, 0)
    points += ORGANISATION_POINTS.get(facts.organisation, 0)
    points += BRIEF_POINTS if facts.brief else 0
    return points + (URGENT_POINTS if facts.priority == Priority.URGENT else 0)


def in_words(from_text: dict[str, Any]) -> str:
    """What was taken from the text, for people: "French; Mali, Niger; route and journey assessment"."""
    parts = []
    if "language" in from_text:
        parts.append(str(Language(from_text["language"]).label))
    if "countries" in from_text:
        parts.append(", ".join(geography.country_name(c, "en") for c in from_text["countries"]))
    if "services" in from_text:
        parts.append(", ".join(str(Service(s).label).lower() for s in from_text["services"]))
    return "; ".join(parts)
