"""The closed vocabulary of routing rules: what a condition may be about, its values, and what they are called.

A rule's conditions are one mapping: {"country": ["ML", "NE"], "keyword": ["pipeline"], "score": 40}. Each condition
must hold; within one, any of its values will do. Only these words are known; a rule is no code.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from intake import skills
from intake.catalogue import Budget, Timeframe
from intake.skills import SkillKind

Conditions = Mapping[str, Any]

ORGANISATION = [
    ("known", "known: asked before"),
    ("new", "new to the house"),
    ("none", "none named"),
]
PRIORITY = [("normal", "normal"), ("urgent", "urgent")]
MOST_KEYWORDS = 30
SHORTEST_KEYWORD = 3
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A word of the vocabulary. `values` are its choices; `every` says that each lead has exactly one of them."""

    name: str
    label: str
    values: Callable[[], list[tuple[str, str]]]
    every: bool = False


def _with_none(choices: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [*((str(v), str(label)) for v, label in choices), ("none", "not said")]


VOCABULARY: dict[str, Word] = {
    word.name: word
    for word in (
        Word("country", "Country", partial(skills.values, SkillKind.COUNTRY)),
        Word("region", "Region", partial(skills.values, SkillKind.REGION)),
        Word("service", "Service", partial(skills.values, SkillKind.SERVICE)),
        Word("topic", "Topic of the source brief", partial(skills.values, SkillKind.TOPIC)),
        Word("language", "Language", partial(skills.values, SkillKind.LANGUAGE), every=True),
        Word("timeframe", "Timeframe", partial(_with_none, Timeframe.choices), every=True),
        Word("budget", "Budget", partial(_with_none, Budget.choices), every=True),
        Word("organisation", "Organisation", lambda: ORGANISATION, every=True),
        Word("priority", "Priority", lambda: PRIORITY, every=True),
    )
}
# Beside those with choices: slugs of briefs, words of the text, and the least score.
BRIEF, KEYWORD, SCORE = "brief", "keyword", "score"


def faults(given: Any) -> list[str]:
    """In words, what is wrong with these conditions; empty when nothing is."""
    if not isinstance(given, dict):
        return ["Conditions are a mapping of words to values."]
    return [said for name, values in given.items() for said in _faults_of(name, values)]


def _faults_of(name: str, values: Any) -> list[str]:
    if name == SCORE:
        is_score = isinstance(values, int) and 1 <= values <= 100
        return [] if is_score else ["The least score is a whole number from 1 to 100."]
    if name not in (*VOCABULARY, BRIEF, KEYWORD):
        return [f"“{name}” is no condition."]
    if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
        return [f"“{name}” needs at least one value."]
    if name == KEYWORD:
        return _faults_of_keywords(values)
    if name == BRIEF:
        return []
    known = {value for value, _ in VOCABULARY[name].values()}
    return [
        f"{VOCABULARY[name].label}: “{v}” is not of the list." for v in values if v not in known
    ]


def _faults_of_keywords(words: list[str]) -> list[str]:
    said = [
        f"“{word}” is too short for a keyword: it needs {SHORTEST_KEYWORD} letters."
        for word in words
        if len(folded(word).replace(" ", "")) < SHORTEST_KEYWORD
    ]
    if len(words) > MOST_KEYWORDS:
        said.append(f"A rule takes at most {MOST_KEYWORDS} keywords; these are {len(words)}.")
    return said


def folded(text: str) -> str:
    """Text as keywords are compared: no accents, lower case, letters and digits with single spaces between."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain))


def in_words(given: Conditions) -> list[str]:
    """Each condition for people: "Country: Mali or Niger"."""
    said = []
    for name, values in given.items():
        if name == SCORE:
            said.append(f"Score: at least {values}")
        elif name in VOCABULARY:
            names = dict(VOCABULARY[name].values())
            said.append(f"{VOCABULARY[name].label}: {' or '.join(names.get(v, v) for v in values)}")
        else:
            label = "Source brief" if name == BRIEF else "Words in the text"
            said.append(f"{label}: {' or '.join(values)}")
    return said
