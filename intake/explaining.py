"""A decision in plain words: why this adviser, and why not somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from intake import conditions, facts, replaying, skills
from intake.deciding import Verdict
from intake.models import RoutingDecision

_FEW = 10  # rows of a decision that are seen at once


@dataclass(frozen=True)
class Row:
    """One adviser of a decision, for people."""

    name: str
    verdict: str
    before: str
    after: str
    is_chosen: bool


@dataclass(frozen=True)
class Explanation:
    """A decision for people. `for_you` answers whoever looks and was passed over."""

    why: str
    is_fallback: bool
    rule: tuple[str, ...]
    asked: tuple[str, ...]
    rows: tuple[Row, ...]
    for_you: str = ""

    @property
    def first_rows(self) -> tuple[Row, ...]:
        """Those to be seen at once, the chosen one first; all of a small house."""
        return self.rows if len(self.rows) <= _FEW + 2 else self.rows[:_FEW]

    @property
    def other_rows(self) -> tuple[Row, ...]:
        """Those that one opens."""
        return self.rows[len(self.first_rows) :]


def explain(decision: RoutingDecision, viewer_id: int | None = None) -> Explanation:
    """A decision in words, for an adviser among others."""
    return Explanation(
        why=decision.reason,
        is_fallback=decision.is_fallback,
        rule=tuple(_rule(decision.inputs)),
        asked=tuple(_asked(decision.inputs)),
        rows=rows(decision.candidates, decision.chosen_id, decision.is_fallback),
        for_you=_for(decision, viewer_id),
    )


def of_try(
    why: str, inputs: Mapping[str, Any], candidates: list[dict[str, Any]], verdict: Verdict
) -> Explanation:
    """The same of a decision that was only tried."""
    chosen_id = verdict.chosen.adviser_id if verdict.chosen else None
    return Explanation(
        why=why,
        is_fallback=verdict.is_fallback,
        rule=tuple(_rule(inputs)),
        asked=tuple(_asked(inputs)),
        rows=rows(candidates, chosen_id, verdict.is_fallback),
    )


def rows(
    candidates: list[dict[str, Any]], chosen_id: int | None, is_fallback: bool
) -> tuple[Row, ...]:
    """Each adviser: the chosen one first, then those who could have taken it by their credit, then the others."""
    ordered = sorted(
        candidates,
        key=lambda c: (c["adviser"] != chosen_id, not c["is_eligible"], -_weighed(c), c["adviser"]),
    )
    return tuple(
        Row(
            name=one["name"],
            verdict=_verdict(one, chosen_id, is_fallback),
            before=one["credit_before"],
            after=one["credit_after"],
            is_chosen=one["adviser"] == chosen_id,
        )
        for one in ordered
    )


def _weighed(candidate: Mapping[str, Any]) -> Decimal:
    """What the pick compared: the credit before and what this lead hands out."""
    return Decimal(candidate["credit_before"]) + Decimal(candidate["weight"])


def _verdict(one: Mapping[str, Any], chosen_id: int | None, is_fallback: bool) -> str:
    if one["adviser"] == chosen_id and not is_fallback:
        return "Has it"
    against = "; ".join(one["exclusions"])
    if one["adviser"] == chosen_id:
        return f"Has it as fallback; as one of the team: {against}"
    return f"No: {against}" if against else "Could have; has less credit"


def _for(decision: RoutingDecision, viewer_id: int | None) -> str:
    if viewer_id is None or viewer_id == decision.chosen_id:
        return ""
    mine = next((c for c in decision.candidates if c["adviser"] == viewer_id), None)
    if mine is None:
        return "You were no adviser when this was decided."
    if mine["exclusions"]:
        return f"Why not you? {_to_you(mine['exclusions'])}"
    theirs = next(c for c in decision.candidates if c["adviser"] == decision.chosen_id)
    if _weighed(mine) == _weighed(theirs):
        return f"Why not you? You could have taken it. {theirs['name']} has as much credit, and stands before you."
    return (
        f"Why not you? You could have taken it. {theirs['name']} had more credit for it "
        f"({_weighed(theirs)}, you {_weighed(mine)}): they got fewer of the leads that came while they were there."
    )


def _to_you(reasons: Sequence[str]) -> str:
    """Reasons that are on record of somebody, said to them: "is away" becomes "You are away"."""
    said, others = [], []
    for reason in reasons:
        verb, _, rest = reason.partition(" ")
        rest = rest.replace("the most they take", "the most you take")
        if verb in _OF_YOU:
            said.append(f"{_OF_YOU[verb]} {rest}")
        else:
            others.append(reason)
    you = [f"You {'; '.join(said)}."] if said else []
    return " ".join([*you, *(f"{one}." for one in others)])


# With what reasons begin (`eligibility`, `skills`, `conflicts`, who had it before).
_OF_YOU = {
    "is": "are",
    "does": "do",
    "has": "have",
    "had": "had",
    "takes": "take",
    "works": "work",
    "stands": "stand",
}


def _rule(inputs: Mapping[str, Any]) -> list[str]:
    tried = inputs.get("rules", [])
    desk = inputs["desks"][0]["name"] if inputs.get("desks") else ""
    if not tried:
        return [f"No rule is in force: the {desk} has it."] if desk else []
    rule = tried[-1]
    if not rules_match(inputs):
        none = f"None of {len(tried)} rules matched" if tried[1:] else "The one rule did not match"
        return [f"{none}: the {desk} has it."]
    said = conditions.in_words(rule["conditions"]) or ["every lead"]
    before = len(tried) - 1
    after = f", after {before} that did not match" if before else ""
    return [
        f"Rule “{rule['name']}”{after}: {'; '.join(said)}.",
        f"It gives the lead to {desk}.",
    ]


def rules_match(inputs: Mapping[str, Any]) -> bool:
    """Whether the last rule that was tried is the one that matched."""
    return bool(inputs.get("rule_id"))


def _asked(inputs: Mapping[str, Any]) -> list[str]:
    wanted = inputs.get("wanted", {})
    said = [f"{skills.name_of(s)} ({skills.Level(level).label})" for s, level in wanted.items()]
    score = inputs.get("facts", {}).get("score")
    return [*said, *([f"score {score} of 100"] if score is not None else []), *_text(inputs)]


def _text(inputs: Mapping[str, Any]) -> list[str]:
    from_text = inputs.get("facts", inputs).get("from_text")
    return [f"from the text: {facts.in_words(from_text)}"] if from_text else []


def replayed(decision: RoutingDecision) -> str:
    """In words, whether the record gives the same answer when the decision is made again from it."""
    try:
        again = replaying.replay(decision)
    except LookupError:
        return "made by an engine that is not known any more"
    if again.agrees:
        return "made again from its record: the same answer"
    return f"made again from its record: not the same ({'; '.join(again.differences)})"
