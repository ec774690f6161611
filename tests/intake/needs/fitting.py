"""Learns the weights of ideas from the labelled requests: `python -m tests.intake.needs.fitting` writes weights.toml.

Logistic regression with a little shrinking, rare answers weighing as much as frequent ones. Nothing is drawn by chance:
the same requests and words give the same file. It takes some ten seconds and is run by whoever changes the words.
"""

import hashlib
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import django

from tests.servers import SETTINGS

# The last is for this alone and not measured.
LOTS = ("first", "second", "third", "fourth", "ideas")
# Written by somebody who did not know the rules: nearer to what clients write.
_WEIGHT_OF = {"fourth": 3.0}
_SHRINK = 10.0
_ROUNDS, _STEP = 400, 0.5
_LEAST = 0.05
# Found from this chance on, so that little is found wrongly.
_LEAST_CHANCE = 0.6

Counts = Mapping[str, int]


class Example(NamedTuple):
    """A request: its ideas, what it asks for, the danger it tells of, and how much it counts."""

    counts: Counts
    services: frozenset[str]
    dangers: frozenset[str]
    weight: float


def examples() -> list[Example]:
    """The requests that the rules are made from."""
    from intake.needs.ideas import stretches  # noqa: PLC0415 - Django is set up first
    from intake.needs.language import languages_in  # noqa: PLC0415
    from intake.needs.wording import words_of  # noqa: PLC0415
    from tests.intake.needs import scoring  # noqa: PLC0415

    found = []
    for lot in LOTS:
        for code in scoring.LANGUAGES:
            for row in scoring.labelled(lot)[code]:
                words = words_of(row["text"])
                parts = stretches(words, languages_in(row["text"], words))
                found.append(_example(row, [part.counts for part in parts], lot))
    return found


def _example(row: Mapping[str, Any], parts: Sequence[Counts], lot: str) -> Example:
    ideas = {idea for part in parts for idea in part}
    counts = {idea: max(part.get(idea, 0) for part in parts) for idea in ideas}
    dangers = frozenset(row.get("urgent", row.get("outright", ())))
    return Example(counts, frozenset(row.get("services", ())), dangers, _WEIGHT_OF.get(lot, 1.0))


def fit(
    counts: Sequence[Counts], right: Sequence[bool], shares: Sequence[float]
) -> dict[str, float]:
    """The weight of each idea and the base, by the steepest way down with steps that shrink where they were large."""
    sums = {
        answer: sum(s for s, r in zip(shares, right, strict=True) if r == answer)
        for answer in (True, False)
    }
    balanced = [s * sum(shares) / (2 * sums[r]) for s, r in zip(shares, right, strict=True)]
    weights = dict.fromkeys(("base", *sorted({idea for one in counts for idea in one})), 0.0)
    past = dict.fromkeys(weights, 1e-8)
    for _ in range(_ROUNDS):
        slope = {idea: (_SHRINK * w if idea != "base" else 0.0) for idea, w in weights.items()}
        for one, answer, share in zip(counts, right, balanced, strict=True):
            miss = share * (_chance(weights, one) - answer)
            slope["base"] += miss
            for idea, count in one.items():
                slope[idea] += miss * count
        for idea, value in slope.items():
            past[idea] += value * value
            weights[idea] -= _STEP * value / math.sqrt(past[idea])
    return weights


def _chance(weights: Mapping[str, float], counts: Counts) -> float:
    total = weights["base"] + sum(weights[idea] * count for idea, count in counts.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def weights_of(known: Sequence[Example]) -> dict[str, dict[str, float]]:
    """By target the weights: "danger", the services, and of requests that tell of danger which."""
    found = {"danger": _fitted(known, [bool(one.dangers) for one in known])}
    for slug in sorted({slug for one in known for slug in one.services}):
        found[slug] = _fitted(known, [slug in one.services for one in known])
    told = [one for one in known if one.dangers]
    for kind in sorted({kind for one in told for kind in one.dangers}):
        found[kind] = _fitted(told, [kind in one.dangers for one in told])
    return found


def _fitted(known: Sequence[Example], right: Sequence[bool]) -> dict[str, float]:
    return fit([one.counts for one in known], right, [one.weight for one in known])


def mark_of(known: Sequence[Example]) -> str:
    """A line that tells what weights were learnt from: other words, ideas or requests make it another."""
    said = [
        (sorted(one.counts.items()), sorted(one.services), sorted(one.dangers), one.weight)
        for one in known
    ]
    return f"# Learnt from {hashlib.sha256(repr(said).encode()).hexdigest()[:16]}."


def lines(known: Sequence[Example]) -> Iterable[str]:
    """The file: what weighs next to nothing left out."""
    found = weights_of(known)
    yield mark_of(known)
    yield "# Written by `python -m tests.intake.needs.fitting`: what each idea weighs (intake/needs/weighing.py)."
    odds = math.log(_LEAST_CHANCE / (1 - _LEAST_CHANCE))
    for target, weights in found.items():
        yield f"\n[{target}]\nbase = {weights['base'] - odds:.2f}"
        for idea, value in sorted(weights.items()):
            if idea != "base" and abs(value) >= _LEAST:
                yield f'"{idea}" = {value:.2f}'


def main() -> None:
    """Write the file anew."""
    os.environ.update(
        SETTINGS, DATABASE_URL="postgres://", REDIS_URL="redis://localhost"
    )  # neither is asked
    django.setup()
    from config.supervisor import BASE_DIR  # noqa: PLC0415

    path = Path(BASE_DIR) / "intake" / "needs" / "words" / "weights.toml"
    path.write_text("\n".join(lines(examples())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
