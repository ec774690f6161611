"""What a stretch of text speaks for: the sum of what each of its ideas weighs.

The weights (`words/weights.toml`) were learnt from requests (`tests/intake/needs/fitting.py`); a sum above nothing is a
finding. They are of ideas, not of words, so that one table does for four languages, and each finding can show the words
that carried it.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from intake.needs.ideas import Stretch
from intake.needs.phrases import Match
from intake.needs.wording import Word

FILE = Path(__file__).parent / "words" / "weights.toml"
_BASE = "base"
_LONGEST_PASSAGE = 160
# So much must speak against what a phrase says: a text of few words weighs little either way.
MUCH_AGAINST = 1.5


def weight(target: str, stretch: Stretch) -> float:
    """How much a stretch speaks for a target; below nothing: against it."""
    weights = targets()[target]
    total = weights[_BASE]
    for idea, count in stretch.counts.items():
        if idea in weights:
            total += weights[idea] * count
    return total


def weight_against(target: str, stretch: Stretch) -> float:
    """The share of what speaks against it."""
    weights = targets()[target]
    counts = stretch.counts
    return -sum(min(weights.get(idea, 0.0), 0.0) * counts[idea] for idea in counts)


@cache
def targets() -> Mapping[str, Mapping[str, float]]:
    """By target ("danger", its kinds, the services) what each idea weighs, and the base that all start from."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def passage(target: str, stretch: Stretch, words: Sequence[Word]) -> tuple[int, int]:
    """Where the text shows it: in the sentence that weighs most, from the first of the words that carry it to the last;
    the one that weighs most where that were long.
    """
    carrying = list(_carrying(target, stretch))
    sums: dict[int, float] = {}
    for share, match in carrying:
        sentence = words[match.first].sentence
        sums[sentence] = sums.get(sentence, 0.0) + share
    most = max(sums, key=lambda sentence: sums[sentence])
    there = [(share, match) for share, match in carrying if words[match.first].sentence == most]
    spans = [match.span(words) for _, match in there]
    start, end = min(start for start, _ in spans), max(end for _, end in spans)
    if end - start <= _LONGEST_PASSAGE:
        return start, end
    return max(there, key=lambda one: one[0])[1].span(words)


def _carrying(target: str, stretch: Stretch) -> Iterator[tuple[float, Match[Any]]]:
    weights = targets()[target]
    for idea, _, match in stretch.told:
        share = weights.get(idea, 0.0)
        if share > 0:
            yield share, match
