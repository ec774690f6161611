"""How well requests are read: what was found against what a careful reader finds, by kind and language."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from intake.needs import Certainty, Kind, read_needs
from intake.needs.gazetteer import Gazetteer, KnownPlace, build

LANGUAGES = ("en", "fr", "pt", "ar")
MADE = ("first", "second", "third", "fourth")
UNKNOWN = ("held", "unseen", "other")
KINDS = (
    "language", "country", "either", "place", "actor", "service", "timeframe", "urgency",
    "alarm, said outright", "alarm, only implied",
)  # fmt: skip


@cache
def labelled(name: str) -> Any:
    """A file of requests: one of the lots that the rules are made from, or that they do not know."""
    return yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def gazetteer() -> Gazetteer:
    """The actors and places of the file, traps among them."""
    actors = [
        (row["name"], row["name"], row.get("aliases", [])) for row in labelled("first")["actors"]
    ]
    places = [
        (
            KnownPlace(number, row["name"], row["country"], row["population"], False),
            row.get("aliases", []),
        )
        for number, row in enumerate(labelled("first")["places"])
    ]
    return build(actors, places)


def requests(language: str, half: str) -> list[dict[str, Any]]:
    """Of a language those that the rules are made from ("made"), or a lot that they do not know."""
    lots = MADE if half == "made" else (half,)
    return [row for lot in lots for row in labelled(lot)[language]]


def wanted(language: str, row: dict[str, Any]) -> dict[str, set[str]]:
    """What a careful reader finds."""
    code = row.get("language", language)
    return {
        "language": set() if code == "-" else {code},
        "country": set(row.get("countries", ())),
        "either": set(row.get("either", ())),
        "place": set(row.get("places", ())),
        "actor": set(row.get("actors", ())),
        "service": set(row.get("services", ())),
        "timeframe": {row["when"]} if "when" in row else set(),
        "urgency": set(row.get("urgent", row.get("outright", ()))),
        "alarm, said outright": {"yes"} if "outright" in row else set(),
        "alarm, only implied": {"yes"} if "urgent" in row else set(),
    }


def found(row: dict[str, Any]) -> dict[str, set[str]]:
    """What the rules find."""
    names = [place["name"] for place in labelled("first")["places"]]
    sets: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for finding in read_needs(row["text"], gazetteer()):
        if finding.certainty == Certainty.NEGATED:
            continue
        is_open = finding.certainty == Certainty.AMBIGUOUS
        if finding.kind == Kind.PLACE:
            sets["place"].add(names[int(finding.value)])
        elif finding.kind == Kind.COUNTRY and is_open:
            sets["either"].add(finding.value)
        else:
            sets[finding.kind].add(finding.value)
    # A false alarm counts against both.
    for kind in ("alarm, said outright", "alarm, only implied"):
        other = "urgent" if kind == "alarm, said outright" else "outright"
        sets[kind] = {"yes"} if sets["urgency"] and other not in row else set()
    return sets


@dataclass
class Score:
    """Right, too many and missed."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, want: set[str], got: set[str], text: str) -> None:
        """Count one request."""
        self.right += len(want & got)
        self.extra += len(got - want)
        self.missed += len(want - got)
        if want != got:
            self.wrong.append(f"too many {sorted(got - want)}, missed {sorted(want - got)}: {text}")

    @property
    def precision(self) -> float:
        """Of what was found, how much is right."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        """Of what is there, how much was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def scores(half: str, language: str | None = None) -> dict[str, Score]:
    """The score of each kind over a half, of one language or of all."""
    result = {kind: Score() for kind in KINDS}
    for code in (language,) if language else LANGUAGES:
        for row in requests(code, half):
            want, got = wanted(code, row), found(row)
            for kind in KINDS:
                result[kind].add(want[kind], got[kind], row["text"])
    return result


def table(half: str) -> Iterator[str]:
    """The lines of the table in docs/needs.md."""
    columns = {code: scores(half, code) for code in LANGUAGES} | {"all": scores(half)}
    yield "| | " + " | ".join(columns) + " |"
    yield "| --- | " + " | ".join("---" for _ in columns) + " |"
    for kind in KINDS:
        cells = (f"{by[kind].precision:.2f} / {by[kind].recall:.2f}" for by in columns.values())
        yield f"| {kind} | " + " | ".join(cells) + " |"


def counts(half: str) -> Counter[str]:
    """How many of each kind there are to find."""
    total: Counter[str] = Counter()
    for code in LANGUAGES:
        for row in requests(code, half):
            total.update({kind: len(values) for kind, values in wanted(code, row).items()})
    return total
