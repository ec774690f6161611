"""Making a decision again from its record: the same inputs must give the same answer, whatever has changed since."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from intake import credit, deciding, eligibility, facts, rules
from intake.deciding import House
from intake.models import RoutingDecision

# The engines whose decisions record everything, not the advisers' reasons only.
_WHOLE = (credit.ENGINE,)


@dataclass(frozen=True)
class Replay:
    """Who it would be by the record, and in words where that differs from what was decided."""

    chosen_id: int | None
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """The record explains the decision."""
        return not self.differences


def replay(decision: RoutingDecision) -> Replay:
    """Decide again with the engine and the inputs on record. Raises LookupError for an engine that is not known."""
    if decision.engine not in credit.ENGINES:
        raise LookupError(f"No engine “{decision.engine}” is known.")
    if decision.engine in _WHOLE:
        return _of_everything(decision)
    return _of_the_pick(decision)


def _of_everything(decision: RoutingDecision) -> Replay:
    said = decision.inputs
    house = House(
        rules=tuple(rules.from_json(one) for one in said["rules"]),
        desks=tuple(rules.desk_from_json(one) for one in said["desks"]),
    )
    team = [eligibility.from_json(one) for one in decision.candidates]
    verdict = deciding.decide(
        facts.from_json(said["facts"]), None, house, team, engine=decision.engine
    )
    differences = [
        *_compare("rule", decision.rule_id, verdict.rule.rule_id if verdict.rule else None),
        *_compare("desk", decision.desk_id, verdict.desk.desk_id if verdict.desk else None),
        *_compare("fallback", decision.is_fallback, verdict.is_fallback),
    ]
    for was, one, judged in zip(decision.candidates, team, verdict.candidates, strict=True):
        after = deciding.credit_after(verdict, one)
        differences += _compare(
            f"reasons against {was['name']}", was["exclusions"], list(judged.exclusions)
        )
        differences += _compare(f"credit of {was['name']}", Decimal(was["credit_after"]), after)
    return _answer(decision, verdict.chosen.adviser_id if verdict.chosen else None, differences)


def _of_the_pick(decision: RoutingDecision) -> Replay:
    """The first engine recorded the reasons, not what they came from: the pick is made again."""
    pick = credit.ENGINES[decision.engine](
        [
            credit.Candidate(
                adviser_id=one["adviser"],
                weight=Decimal(one["weight"]),
                credit=Decimal(one["credit_before"]),
                is_available=one["is_available"],
                exclusions=tuple(one["exclusions"]),
            )
            for one in decision.candidates
        ]
    )
    differences = _compare("fallback", decision.is_fallback, pick.chosen_id is None)
    for was in decision.candidates:
        after = Decimal(was["credit_before"]) + pick.changes.get(was["adviser"], Decimal(0))
        differences += _compare(f"credit of {was['name']}", Decimal(was["credit_after"]), after)
    # Whom a desk fell back on is no result of the pick.
    chosen = decision.chosen_id if pick.chosen_id is None else pick.chosen_id
    return _answer(decision, chosen, differences)


def _answer(decision: RoutingDecision, chosen_id: int | None, differences: list[str]) -> Replay:
    differences = [*_compare("adviser", decision.chosen_id, chosen_id), *differences]
    return Replay(chosen_id=chosen_id, differences=tuple(differences))


def _compare(what: str, was: Any, now: Any) -> list[str]:
    return [] if was == now else [f"{what}: {was} on record, {now} by replay"]
