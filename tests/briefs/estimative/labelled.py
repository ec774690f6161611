"""Sentences with what a careful editor says of them, and how the check does against that."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

from briefs.estimative import Claim, Parts, Rule, check_wording

ASKED_ON = date(2026, 1, 8)


class Labelled(NamedTuple):
    """One sentence and the rules that it breaks."""

    language: str
    text: str
    rules: frozenset[str]
    horizon_on: date | None
    is_claim: bool

    def found(self) -> frozenset[str]:
        """The rules that the check names."""
        claim = Claim(1, self.text, "likely", "low", self.horizon_on)
        parts = Parts(self.language, ASKED_ON, judgements=(claim,))
        if not self.is_claim:
            parts = Parts(self.language, ASKED_ON, body=_as_body(self.text))
        return frozenset(str(finding.rule) for finding in check_wording(parts).findings)


def _as_body(text: str) -> str:
    # A second paragraph, so that a line without a full stop is read as a heading is.
    return f"What we know.\n{text}"


def labelled(name: str) -> list[Labelled]:
    """One set, whose name ends in its language."""
    lines = (Path(__file__).parent / f"{name}.txt").read_text().splitlines()
    return [_read(name[-2:], line) for line in lines if line and not line.startswith("#")]


def _read(language: str, line: str) -> Labelled:
    label, _, text = line.partition(" | ")
    names, _, day = label.partition(" @ ")
    rules = frozenset() if names == "-" else frozenset(names.split(","))
    assert rules <= set(Rule.values), line
    is_claim = bool(day) or any(name.startswith("claim_") for name in rules)
    return Labelled(language, text, rules, date.fromisoformat(day) if day else None, is_claim)


class Score(NamedTuple):
    """How often the check is right: of what it flags, and of what there is to flag."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def scores(rows: list[Labelled]) -> dict[str, Score]:
    """A score for each rule."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        found = row.found()
        right.update(found & row.rules)
        wrong.update(found - row.rules)
        missed.update(row.rules - found)
    return {rule: Score(right[rule], wrong[rule], missed[rule]) for rule in Rule.values}
