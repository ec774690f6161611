"""The word tables: a file for each language the house works in, read once a process."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from briefs.search_keys import search_key
from intake.needs.inflection import forms_of
from intake.needs.phrases import Phrases, names_in
from intake.needs.together import Listed, Together

LANGUAGES = ("en", "fr", "pt", "ar")
# Before a phrase that only hints at a service: "escort" may be asked for, or told of.
_WEAK = "? "
_FOLDER = Path(__file__).parent / "words"
Some = TypeVar("Some", Phrases[str], Listed[str])


@dataclass(frozen=True)
class Lexicon:
    """The words of one language."""

    language: str
    stop: frozenset[str]
    near: frozenset[str]
    titles: frozenset[str]
    negation: frozenset[str]
    knowing: frozenset[str]
    services: Listed[tuple[str, bool]]
    times: Listed[str]
    counted: Phrases[str]
    alarms: Listed[tuple[str, bool]]
    cues: Listed[str]
    ideas: Listed[str]
    denials: Listed[str]


def lexicon(language: str) -> Lexicon:
    """The words of a language of ours. Raises KeyError for another."""
    return _lexicons()[language]


@cache
def _lexicons() -> dict[str, Lexicon]:
    """The words of all languages, whose lists are found together."""
    together = Together()
    return {language: _read(language, together) for language in LANGUAGES}


def _read(language: str, together: Together) -> Lexicon:
    table = tables(language)
    numbers = {name: int(value) for name, value in _pairs(table["numbers"])}
    times = dict(table["timeframe"])
    counted = times.pop("counted")
    alarms: Listed[tuple[str, bool]] = together.new_list()
    for kind, lists in table["urgency"].items():
        for strength in ("sure", "maybe"):
            for phrase in lists[strength]:
                alarms.add(phrase, (kind, strength == "sure"))
    services: Listed[tuple[str, bool]] = together.new_list()
    for slug, texts in table["services"].items():
        for text in texts:
            services.add(text.removeprefix(_WEAK), (slug, not text.startswith(_WEAK)))
    cues = {cue: table["cues"][cue] for cue in ("now", "ours", "calm")}
    return Lexicon(
        language=language,
        stop=_keys(table["stop"]),
        near=_keys(table["near"]),
        titles=_keys(table["titles"]),
        negation=_keys(table["cues"]["negation"]),
        knowing=_keys(table["cues"]["knowing"]),
        services=services,
        times=_fill(together.new_list(), times),
        counted=_fill(Phrases(numbers), counted),
        alarms=alarms,
        cues=_fill(together.new_list(), cues),
        ideas=_fill(together.new_list(), _written(table["ideas"])),
        denials=_fill(
            together.new_list(), {k: v for k, v in table["negated"].items() if k != "words"}
        ),
    )


def _written(table: dict[str, str]) -> dict[str, list[str]]:
    """The words of each idea, in all the forms that their list stands for."""
    return {
        idea: [form for name in names_in(text) for form in forms_of(name)]
        for idea, text in table.items()
    }


@cache
def tables(name: str) -> dict[str, Any]:
    """A file of words as it is written."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def near_words() -> frozenset[str]:
    """The words of all languages that stand before a place."""
    return frozenset().union(*(lexicon(language).near for language in LANGUAGES))


@cache
def denial_words(name: str) -> frozenset[str]:
    """The words of all languages that belong to denials (`intake.needs.negated`): those of one list."""
    lists = (tables(language)["negated"]["words"][name] for language in LANGUAGES)
    return frozenset().union(*map(_keys, lists))


@cache
def titles() -> frozenset[str]:
    """The words of all languages that stand before a person."""
    return frozenset().union(*(lexicon(language).titles for language in LANGUAGES))


@cache
def plain_words() -> frozenset[str]:
    """The commonest words of all languages: no place is meant by them."""
    return frozenset().union(*(lexicon(language).stop for language in LANGUAGES))


def _pairs(text: str) -> list[tuple[str, str]]:
    return [
        (search_key(name), value) for name, _, value in (p.partition("=") for p in text.split())
    ]


def _keys(text: str) -> frozenset[str]:
    return frozenset(search_key(text).split())


def _fill(phrases: Some, lists: dict[str, list[str]]) -> Some:
    for value, texts in lists.items():
        for text in texts:
            phrases.add(text, value)
    return phrases


@cache
def trap_names() -> tuple[frozenset[str], frozenset[str]]:
    """Names of places that are more often something else, and those that are first names."""
    table = tables("places")
    return _keys(table["traps"]), _keys(table["firsts"])


def names_of(table: dict[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """(name, codes) of a table of countries."""
    return [
        (name, tuple(codes.split())) for codes, text in table.items() for name in names_in(text)
    ]
