"""The decision itself: rule, filters, credit, fallback. Pure: the same inputs give the same answer, on replay too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from intake import credit, eligibility, rules
from intake.eligibility import Asked, Standing
from intake.facts import Facts
from intake.rules import DeskFacts, Rule


@dataclass(frozen=True)
class House:
    """The rules in their order, and the desks."""

    rules: Sequence[Rule] = ()
    desks: Sequence[DeskFacts] = ()

    @cached_property
    def keywords(self) -> Sequence[str]:
        """Every keyword that some rule looks for."""
        return rules.keywords_of(self.rules)

    def desk(self, desk_id: int | None) -> DeskFacts | None:
        """The desk of this number, or without one the default desk."""
        return next(
            (d for d in self.desks if (d.desk_id == desk_id if desk_id else d.is_default)), None
        )


@dataclass(frozen=True)
class Verdict:
    """Who gets the lead and why; `chosen` is None when there is nobody who may have it."""

    house: House
    facts: Facts
    rule: Rule | None
    desk: DeskFacts | None
    asked: Asked
    team: Sequence[Standing]
    candidates: Sequence[credit.Candidate]
    pick: credit.Pick
    chosen: Standing | None
    set_aside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_fallback(self) -> bool:
        """Nobody could take it."""
        return self.pick.chosen_id is None

    @property
    def default_desk(self) -> DeskFacts | None:
        """The desk that steps in where nobody of the rule's desk may have it."""
        return self.house.desk(None)


def decide(
    facts: Facts, plain: Facts | None, house: House, team: Sequence[Standing], engine: str = ""
) -> Verdict:
    """Decide on a lead; `plain` are the facts without what only the text says, when it says something.

    What the text says is set aside when nobody could take the lead with it.
    """
    verdict = _decide(facts, house, team, engine or credit.ENGINE)
    if plain is None or not verdict.is_fallback:
        return verdict
    second = _decide(plain, house, team, engine or credit.ENGINE)
    return Verdict(**{**vars(second), "set_aside": facts.from_text})


def _decide(facts: Facts, house: House, team: Sequence[Standing], engine: str) -> Verdict:
    rule = rules.first_match(house.rules, facts)
    desk = house.desk(rule.desk_id if rule else None)
    asked = eligibility.asked_of(facts, rule, desk, team)
    candidates = judge(team, asked)
    pick = credit.ENGINES[engine](candidates)
    chosen = next((one for one in team if one.adviser_id == pick.chosen_id), None)
    if chosen is None:
        chosen = _fallback(house, desk, team)
    return Verdict(house, facts, rule, desk, asked, team, candidates, pick, chosen)


def judge(team: Sequence[Standing], asked: Asked) -> list[credit.Candidate]:
    """Each adviser with every reason against giving them the lead, not only the first."""
    looked_at = [
        (one, eligibility.why_absent(one), eligibility.why_unfit(one, asked)) for one in team
    ]
    could = [one for one, absent, unfit in looked_at if not absent and not unfit]
    limit = eligibility.soon_enough(could, asked)
    return [_candidate(one, absent, unfit, asked, limit) for one, absent, unfit in looked_at]


def _candidate(
    one: Standing,
    absent: Sequence[str],
    unfit: Sequence[str],
    asked: Asked,
    limit: datetime | None,
) -> credit.Candidate:
    late = [] if absent else eligibility.why_late(one, limit)
    return credit.Candidate(
        adviser_id=one.adviser_id,
        weight=one.weight,
        credit=one.credit,
        is_available=not absent and not late,
        exclusions=(*absent, *unfit, *late),
        is_member=asked.members is None or one.adviser_id in asked.members,
    )


def _fallback(house: House, desk: DeskFacts | None, team: Sequence[Standing]) -> Standing | None:
    """The desk's fallback owner or who stands in for them, else the default desk's."""
    desks = [one for one in (desk, house.desk(None)) if one]
    stands = (eligibility.stand_in(one.fallback_id, team) for one in desks)
    return next((one for one in stands if one), None)


def credit_after(verdict: Verdict, one: Standing) -> Decimal:
    """Their credit once the decision stands."""
    return one.credit + verdict.pick.changes.get(one.adviser_id, Decimal(0))
