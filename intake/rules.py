"""Which routing rule a lead meets: pure, so that a decision can be made again from what was recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from briefs import geography
from intake.conditions import KEYWORD, SCORE, Conditions
from intake.facts import Facts


@dataclass(frozen=True)
class DeskFacts:
    """A desk as routing sees it; without members every adviser is one."""

    desk_id: int
    name: str
    fallback_id: int
    members: tuple[int, ...] = ()
    is_default: bool = False

    def as_json(self) -> dict[str, Any]:
        """As a decision records it."""
        return {**vars(self), "members": list(self.members)}


@dataclass(frozen=True)
class Rule:
    """A rule as routing sees it. `levels` says how well what a lead asks must be known, by kind of skill."""

    rule_id: int
    name: str
    desk_id: int
    conditions: Conditions = field(default_factory=dict)
    adviser_id: int | None = None
    pool: tuple[int, ...] = ()
    required: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    within_hours: int = 24

    def as_json(self) -> Mapping[str, Any]:
        """As a decision records it."""
        return self._as_json

    @cached_property
    def _as_json(self) -> Mapping[str, Any]:
        # Made once: each decision records all rules that were tried.
        return asdict(self) | {"pool": list(self.pool)}


def from_json(recorded: Mapping[str, Any]) -> Rule:
    """The rule that `as_json` recorded."""
    return Rule(**{**recorded, "pool": tuple(recorded["pool"])})


def desk_from_json(recorded: Mapping[str, Any]) -> DeskFacts:
    """The desk that `as_json` recorded."""
    return DeskFacts(**{**recorded, "members": tuple(recorded["members"])})


def first_match(rules: Iterable[Rule], facts: Facts) -> Rule | None:
    """The first rule whose every condition the lead meets."""
    return next((rule for rule in rules if matches(rule.conditions, facts)), None)


def up_to(rules: Sequence[Rule], rule: Rule | None) -> list[Rule]:
    """Those that were tried: all before the one that matched, and it."""
    return list(rules[: rules.index(rule) + 1]) if rule else list(rules)


def matches(given: Conditions, facts: Facts) -> bool:
    """Whether the lead meets all conditions. Country and region speak of one and the same country of the lead."""
    if ("country" in given or "region" in given) and not places(given) & set(facts.countries):
        return False
    return all(_meets(name, values, facts) for name, values in given.items())


def places(given: Conditions) -> frozenset[str]:
    """The countries that satisfy what a rule says of country and region together."""
    named = given.get("country")
    regions = given.get("region")
    within = {c for slug in regions or () for c in geography.REGIONS.get(slug, ())}
    if named is None:
        return frozenset(within)
    return frozenset(named) if regions is None else frozenset(named) & within


def _meets(name: str, values: Any, facts: Facts) -> bool:
    if name in ("country", "region"):
        return True  # together, above
    if name == SCORE:
        return facts.score >= int(values)
    if name == KEYWORD:
        return any(word in facts.keywords for word in values)
    return not set(values).isdisjoint(facts.said(name))


def keywords_of(rules: Iterable[Rule]) -> list[str]:
    """Every keyword that some rule looks for."""
    return sorted({word for rule in rules for word in rule.conditions.get(KEYWORD, ())})


def look_at_people(rules: Iterable[Rule]) -> bool:
    """Whether some rule asks who the client is."""
    return any("organisation" in rule.conditions for rule in rules)
