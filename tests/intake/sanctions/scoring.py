"""How well names are told to be one and the same, on pairs that people labelled."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from intake.sanctions import comparing

HERE = Path(__file__).parent
HALVES = {"made": "pairs_made.yaml", "held": "pairs_held.yaml"}


@dataclass
class Score:
    """Pairs that were rightly and wrongly held, and those that were missed."""

    right: int = 0
    wrong: list[tuple[str, str, int]] = field(default_factory=list)
    missed: list[tuple[str, str, int]] = field(default_factory=list)
    apart: int = 0

    @property
    def precision(self) -> float:
        return self.right / ((self.right + len(self.wrong)) or 1)

    @property
    def recall(self) -> float:
        return self.right / ((self.right + len(self.missed)) or 1)


@cache
def pairs(half: str) -> list[tuple[str, str, str, bool, str]]:
    rows = yaml.safe_load((HERE / HALVES[half]).read_text(encoding="utf-8"))
    return [(kind, *row) for kind, group in rows.items() for row in group]


@cache
def score(half: str, kind: str = "") -> Score:
    result = Score()
    for of_kind, asked, listed, is_same, _ in pairs(half):
        if kind and kind != of_kind:
            continue
        one = comparing.name_of(asked, is_person=of_kind == "person")
        other = comparing.name_of(listed, is_person=of_kind == "person")
        alike = comparing.alike(one, other)
        is_held = comparing.holds(alike, other, one, is_weak=False, is_other_kind=False)
        if is_held and is_same:
            result.right += 1
        elif is_held:
            result.wrong.append((asked, listed, alike))
        elif is_same:
            result.missed.append((asked, listed, alike))
        else:
            result.apart += 1
    return result


def table(half: str) -> list[str]:
    """The lines of the report on this half."""
    lines = []
    for kind in ("person", "body"):
        one = score(half, kind)
        same, different = one.right + len(one.missed), one.apart + len(one.wrong)
        lines.append(
            f"| {half} | {kind} | {same} | {different} | {one.precision:.2f} | {one.recall:.2f} |"
        )
    return lines
