"""Who can take a lead, and in words why somebody cannot: pure, so that a decision can be made again from its record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from intake import skills
from intake.facts import Facts
from intake.models.lead import Priority
from intake.rules import DeskFacts, Rule

URGENT_WITHIN = 4
WITHIN = 24
_LEVELS = {"country": 1, "service": 1, "language": 1, "topic": 0}


@dataclass(frozen=True)
class Standing:
    """An adviser in the moment of a decision. `levels` holds what they know, regions spread to their countries."""

    adviser_id: int
    name: str
    weight: Decimal = Decimal(1)
    credit: Decimal = Decimal(0)
    takes_leads: bool = True
    is_active: bool = True
    open_leads: int = 0
    capacity: int = 10
    levels: Mapping[str, int] = field(default_factory=dict)
    away_until: datetime | None = None
    delegate_id: int | None = None
    works_next: datetime | None = None
    barred: str = ""

    def as_json(self, wanted: Iterable[str]) -> dict[str, Any]:
        """What the filters looked at, to be recorded: of their skills only those that were wanted."""
        return {
            "takes_leads": self.takes_leads,
            "is_active": self.is_active,
            "open_leads": self.open_leads,
            "capacity": self.capacity,
            "levels": {skill: self.levels[skill] for skill in wanted if skill in self.levels},
            "away_until": _iso(self.away_until),
            "delegate": self.delegate_id,
            "works_next": _iso(self.works_next),
            "barred": self.barred,
        }


def from_json(candidate: Mapping[str, Any]) -> Standing:
    """The standing that a decision recorded, with its credit before."""
    state = dict(candidate["state"])
    return Standing(
        adviser_id=candidate["adviser"],
        name=candidate["name"],
        weight=Decimal(candidate["weight"]),
        credit=Decimal(candidate["credit_before"]),
        delegate_id=state.pop("delegate"),
        away_until=_moment(state.pop("away_until")),
        works_next=_moment(state.pop("works_next")),
        **state,
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Asked:
    """What one lead asks by its rule: skills at levels, of whom, and how soon. `target` names the scope in words."""

    wanted: Mapping[str, int]
    members: frozenset[int] | None
    scope: frozenset[int] | None
    target: str = ""
    within: timedelta = timedelta(hours=WITHIN)


def asked_of(
    facts: Facts, rule: Rule | None, desk: DeskFacts | None, team: Sequence[Standing]
) -> Asked:
    """What a lead asks, by the rule that it met or without one."""
    members = frozenset(desk.members) if desk and desk.members else None
    scope, target = members, f"the {desk.name}" if desk else ""
    if rule and rule.adviser_id:
        scope = frozenset(_with_delegates(rule.adviser_id, team))
        target = f"those whom the rule “{rule.name}” names"
    elif rule and rule.pool:
        scope, target = frozenset(rule.pool), f"the pool of the rule “{rule.name}”"
    hours = rule.within_hours if rule else WITHIN
    if facts.priority == Priority.URGENT:
        hours = min(hours, URGENT_WITHIN)
    return Asked(
        wanted=_wanted(facts, rule),
        members=None if members is None or scope is None else members | scope,
        scope=scope,
        target=target,
        within=timedelta(hours=hours),
    )


def _wanted(facts: Facts, rule: Rule | None) -> dict[str, int]:
    levels = _LEVELS | dict(rule.levels if rule else {})
    asked = {
        "language": (facts.language,),
        "country": facts.countries,
        "topic": facts.topics,
        "service": facts.wanted_services,
    }
    wanted = {
        f"{kind}:{value}": levels[kind]
        for kind, values in asked.items()
        for value in values
        if levels[kind]
    }
    for skill, level in (rule.required if rule else {}).items():
        wanted[skill] = max(level, wanted.get(skill, 0))
    return wanted


def _with_delegates(adviser_id: int, team: Sequence[Standing]) -> list[int]:
    """The adviser and, while they are away, who stands in for them, and for those in turn."""
    by_id = {one.adviser_id: one for one in team}
    chain: list[int] = []
    here: int | None = adviser_id
    while here is not None and here in by_id and here not in chain:
        chain.append(here)
        here = by_id[here].delegate_id if by_id[here].away_until else None
    return chain


def stand_in(adviser_id: int, team: Sequence[Standing]) -> Standing | None:
    """The adviser, or the first of those who stand in for them who is there; nobody else than who may have the lead.

    When all of them are away it is the first who may have it: a lead waits with somebody rather than with nobody.
    """
    by_id = {one.adviser_id: one for one in team}
    chain = [by_id[i] for i in _with_delegates(adviser_id, team)]
    may = [one for one in chain if one.is_active and not one.barred]
    return next((one for one in may if not one.away_until), may[0] if may else None)


def why_absent(one: Standing) -> list[str]:
    """In words, why they are not here for any lead now, and so earn no credit; but for the hour."""
    said = []
    if not one.takes_leads or not one.is_active:
        said.append("takes no leads at present")
    if one.away_until is not None:
        said.append(f"is away until {told(one.away_until)}")
    if one.open_leads >= one.capacity:
        said.append(f"has {one.open_leads} open leads, the most they take is {one.capacity}")
    if one.works_next is None:
        said.append("has no working hours in the next two years")
    return said


def why_unfit(one: Standing, asked: Asked) -> list[str]:
    """In words, why this very lead is not for them."""
    barred = [one.barred] if one.barred else []
    outside = asked.scope is not None and one.adviser_id not in asked.scope
    return [
        *barred,
        *([f"is not of {asked.target}"] if outside else []),
        *skills.shortfalls(asked.wanted, one.levels),
    ]


def soon_enough(could: Iterable[Standing], asked: Asked) -> datetime | None:
    """Until when somebody must start work to be in time: counted from the first of those who could take it; None:
    nobody could.
    """
    first = min((one.works_next for one in could if one.works_next), default=None)
    return first + asked.within if first else None


def why_late(one: Standing, limit: datetime | None) -> list[str]:
    """In words, that they start work too late for this lead."""
    if limit is None or one.works_next is None or one.works_next <= limit:
        return []
    return [f"works next on {told(one.works_next)}, others sooner"]


def told(moment: datetime | None) -> str:
    """A moment as reasons name it, in UTC."""
    return f"{moment.day} {moment:%B, %H:%M} UTC" if moment else ""
