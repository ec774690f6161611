"""What is wrong with a set of rules: those that can never match, never be reached, or that nobody could serve.

Pure and careful: what is said is certain. Not every such rule is found, since texts and several countries of one lead
leave room; the simulator shows the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from briefs import geography
from intake import facts, skills
from intake.conditions import KEYWORD, SCORE, VOCABULARY, Conditions, folded
from intake.eligibility import Standing
from intake.rules import Rule, places


def findings(rules: Sequence[Rule], team: Sequence[Standing] = ()) -> dict[int, list[str]]:
    """By rule, in words, what is wrong with it among the others, in their order; only rules with something."""
    found = {
        rule.rule_id: [
            *contradictions(rule.conditions),
            *_shadows(rule, rules[:place]),
            *(_gaps(rule, team) if team else []),
        ]
        for place, rule in enumerate(rules)
    }
    return {rule_id: said for rule_id, said in found.items() if said}


def contradictions(given: Conditions) -> list[str]:
    """Why no lead can meet these conditions."""
    said = []
    if "country" in given and "region" in given and not places(given):
        names = ", ".join(geography.country_name(c, "en") for c in given["country"])
        said.append(f"Can never match: {names} does not lie in the region of the rule.")
    if given.get(SCORE, 0) > _most_points(given):
        said.append(
            f"Can never match: with these conditions a lead has at most {_most_points(given)} points."
        )
    return said


def _most_points(given: Conditions) -> int:
    """The best score that these conditions leave."""
    parts: tuple[tuple[str, Mapping[str, int]], ...] = (
        ("budget", facts.BUDGET_POINTS),
        ("timeframe", facts.TIMEFRAME_POINTS),
        ("organisation", facts.ORGANISATION_POINTS),
    )
    most = sum(
        max((points.get(value, 0) for value in given.get(name, points)), default=0)
        for name, points in parts
    )
    urgent = 0 if given.get("priority") == ["normal"] else facts.URGENT_POINTS
    return most + facts.BRIEF_POINTS + urgent


def _shadows(rule: Rule, before: Sequence[Rule]) -> Iterable[str]:
    """Earlier rules that leave nothing for this one."""
    for other in before:
        if _covers(other.conditions, rule.conditions):
            yield f"Never reached: “{other.name}” comes first and takes every lead that this one would match."
            return
    together = _covered_together(rule.conditions, before)
    if together:
        names = " and ".join(f"“{name}”" for name in together)
        yield f"Never reached: {names} come first and together take every lead that it would match."


def _covers(earlier: Conditions, later: Conditions, beside: str = "") -> bool:
    """Whether every lead that meets the later conditions meets the earlier ones, one of them left out."""
    if ("country" in earlier or "region" in earlier) and beside not in ("country", "region"):
        mine = places(later)
        if not mine or not mine <= places(earlier):
            return False
    return all(
        _takes(name, values, later)
        for name, values in earlier.items()
        if name not in ("country", "region", beside)
    )


def _takes(name: str, values: Any, later: Conditions) -> bool:
    if name not in later:
        word = VOCABULARY.get(name)
        every = {value for value, _ in word.values()} if word and word.every else None
        return every is not None and every <= set(values)
    if name == SCORE:
        return bool(later[SCORE] >= values)
    if name == KEYWORD:
        return all(any(_implies(mine, theirs) for theirs in values) for mine in later[KEYWORD])
    return set(later[name]) <= set(values)


def _implies(mine: str, theirs: str) -> bool:
    """Whether a text that holds the one keyword holds the other."""
    stem = theirs.rstrip().endswith("*")
    text = f" {folded(mine)}" + ("" if mine.rstrip().endswith("*") else " ")
    return f" {folded(theirs)}" + ("" if stem else " ") in text


def _covered_together(later: Conditions, before: Sequence[Rule]) -> list[str]:
    """Earlier rules that differ in one condition whose values together are all that this rule takes."""
    for name, word in VOCABULARY.items():
        if name in ("country", "region"):
            continue
        wanted = later.get(name) or ([v for v, _ in word.values()] if word.every else [])
        parts = [r for r in before if name in r.conditions and _covers(r.conditions, later, name)]
        taken = {value for rule in parts for value in rule.conditions[name]}
        if wanted and parts and set(wanted) <= taken:
            return [rule.name for rule in parts if set(rule.conditions[name]) & set(wanted)]
    return []


def _gaps(rule: Rule, team: Sequence[Standing]) -> list[str]:
    """What nobody of the target knows well enough, or that nobody of it takes leads."""
    target = [one for one in team if one.is_active and one.takes_leads and _is_meant(rule, one)]
    if not target:
        return ["Nobody of its target takes leads: everything falls to the desk's fallback owner."]
    wanted = dict(rule.required) | _narrow(rule)
    if any(not skills.shortfalls(wanted, one.levels) for one in target):
        return []
    return [f"Nobody of its target knows all that it asks: {', '.join(_named(wanted))}."]


def _is_meant(rule: Rule, one: Standing) -> bool:
    if rule.adviser_id:
        return one.adviser_id == rule.adviser_id
    return not rule.pool or one.adviser_id in rule.pool


def _narrow(rule: Rule) -> dict[str, int]:
    """Skills that every lead of the rule asks for: those of conditions with a single value."""
    asked = {}
    for kind, level in rule.levels.items():
        values = rule.conditions.get(kind, ())
        if level and len(values) == 1:
            asked[f"{kind}:{values[0]}"] = level
    return asked


def _named(wanted: Mapping[str, int]) -> list[str]:
    return [f"{skills.name_of(s)} ({skills.Level(level).label})" for s, level in wanted.items()]
