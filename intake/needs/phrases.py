"""The words of a text with where they stand, and phrases to find among them.

A phrase is written in words; it is compared without case and accents, as names are (`briefs.search_keys`).
`word*` is any word that begins so, `~` up to three words of the same sentence, `#` a number. Of Arabic words also
the forms without what is written onto them (و ف ب ل) are tried. The work grows with the text, whatever is in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from briefs.search_keys import search_key

Value = TypeVar("Value")

# Accents and vowel signs that stand by themselves belong to the letter before them.
_MARKS = r"[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]"
_WORD = re.compile(rf"[^\W_]+(?:{_MARKS}+[^\W_]*)*")
_SENTENCE_ENDS = re.compile(r"[!?;؟؛]|\.(?=\s|$)|:\s*\n|\n\s*\n")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_MOST_SKIPPED = 3
_STEM = 3
_MOST_KNOWN = 2_000


class Word(NamedTuple):
    """A word of the text: its place, how it is compared, and what stood before it."""

    start: int
    end: int
    key: str
    forms: tuple[str, ...]
    is_capital: bool
    is_upper: bool
    gap: str
    sentence: int


def words_of(text: str) -> list[Word]:
    """Every word in order."""
    words: list[Word] = []
    end = sentence = 0
    for found in _WORD.finditer(text):
        raw, gap = found.group(), text[end : found.start()]
        if gap != " ":
            sentence += bool(_SENTENCE_ENDS.search(gap))
        key, forms = _keys(raw) if len(raw) <= 60 else (raw[:60], (raw[:60],))
        capital = raw[0].isupper()
        start, end = found.span()
        words.append(
            Word(start, end, key, forms, capital, capital and raw.isupper(), gap[-8:], sentence)
        )
    return words


@lru_cache(maxsize=4096)
def _keys(raw: str) -> tuple[str, tuple[str, ...]]:
    key = search_key(raw).replace(" ", "")
    return key, _forms(key) if _ARABIC.match(key) else (key,)


def _forms(key: str) -> tuple[str, ...]:
    """An Arabic word as it is, and without "and", "so", "in", "for" before it."""
    forms = [key]
    bare = key[1:] if key[0] in "وف" and len(key) > 3 else ""
    forms += [bare] if bare else []
    for form in tuple(forms):
        if form.startswith("لل") and len(form) > 4:
            forms.append("ال" + form[2:])
        if form[0] in "بل" and len(form) > 3:
            forms.append(form[1:])
    return tuple(dict.fromkeys(forms))


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """A phrase found from the word `first` to before the word `last`."""

    first: int
    last: int
    value: Value

    def span(self, words: Sequence[Word]) -> tuple[int, int]:
        """Where it stands in the text."""
        return words[self.first].start, words[self.last - 1].end


class Phrases(Generic[Value]):
    """Phrases with what each means, found in one walk over the words."""

    def __init__(self, numbers: Mapping[str, int] | None = None) -> None:
        self._numbers = numbers or {}
        self._exact: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        self._stems: dict[str, list[tuple[str, tuple[str, ...], Value]]] = {}
        self._known: dict[tuple[str, ...], list[tuple[tuple[str, ...], Value]]] = {}

    def add(self, phrase: str, value: Value) -> None:
        """Know one more phrase; nothing to compare, nothing added. Raises ValueError when it begins with a gap."""
        self._known.clear()
        elements = tuple(_elements(phrase))
        if not elements:
            return
        first, rest = elements[0], elements[1:]
        if first in "~#":
            if first == "~":
                raise ValueError(f"A phrase cannot begin with a gap: {phrase!r}")
            self._exact.setdefault("#", []).append((rest, value))
        elif first.endswith("*"):
            self._stems.setdefault(first[:_STEM], []).append((first[:-1], rest, value))
        else:
            self._exact.setdefault(first, []).append((rest, value))

    def add_key(self, key: str, value: Value) -> None:
        """Know one more phrase that is a search key already, which has no signs of ours."""
        first, *rest = key.split()
        self._exact.setdefault(first, []).append((tuple(rest), value))

    def find(self, words: Sequence[Word]) -> Iterator[Match[Value]]:
        """Every phrase at every word, the longest of a word first."""
        known = self._known
        for index, word in enumerate(words):
            begun = known.get(word.forms)
            if begun is None:
                begun = self._begun_by(word)
            if begun:
                found = [
                    Match(index, last, value)
                    for rest, value in begun
                    if (last := self._rest_fits(rest, words, index + 1, word.sentence))
                ]
                yield from sorted(found, key=lambda match: -match.last)

    def longest(self, words: Sequence[Word]) -> Iterator[Match[Value]]:
        """The longest phrase at each word that is not part of the one before."""
        taken = 0
        for match in self.find(words):
            if match.first >= taken:
                taken = match.last
                yield match

    def single_keys(self) -> Iterator[tuple[str, Value]]:
        """The phrases that are one whole word."""
        for key, entries in self._exact.items():
            yield from ((key, value) for rest, value in entries if not rest)

    def number(self, word: Word) -> int | None:
        """The number that a word says."""
        if word.key.isdecimal() and len(word.key) <= 4:
            return int(word.key)
        return next((self._numbers[f] for f in word.forms if f in self._numbers), None)

    def _begun_by(self, word: Word) -> list[tuple[tuple[str, ...], Value]]:
        """What goes on after this word. Kept by word: most begin nothing, and a lookup is all they shall cost."""
        found: list[tuple[tuple[str, ...], Value]] = []
        for form in word.forms:
            found += self._exact.get(form, ())
            stems = self._stems.get(form[:_STEM], ())
            found += [(rest, value) for stem, rest, value in stems if form.startswith(stem)]
        if "#" in self._exact and self.number(word) is not None:
            found += self._exact["#"]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[word.forms] = found
        return found

    def _rest_fits(
        self, rest: tuple[str, ...], words: Sequence[Word], at: int, sentence: int
    ) -> int:
        """The index behind the last word that fits, or 0."""
        if not rest:
            return at
        if rest[0] == "~":
            tries = (
                self._rest_fits(rest[1:], words, at + n, sentence) for n in range(_MOST_SKIPPED + 1)
            )
            return next((last for last in tries if last), 0)
        if at >= len(words) or words[at].sentence != sentence:
            return 0
        fits = self._fits(rest[0], words[at])
        return self._rest_fits(rest[1:], words, at + 1, sentence) if fits else 0

    def _fits(self, element: str, word: Word) -> bool:
        if element == "#":
            return self.number(word) is not None
        if element.endswith("*"):
            return any(form.startswith(element[:-1]) for form in word.forms)
        return element in word.forms


def _elements(phrase: str) -> Iterator[str]:
    for part in phrase.split():
        if part in ("~", "#"):
            yield part
            continue
        keys = search_key(part).split()
        if part.endswith("*"):
            keys[-1] += "*"
        yield from keys


def names_in(listed: str) -> Iterator[str]:
    """The names of a list as the word tables write it: "malian/s, mali" is malian, malians, mali."""
    for entry in re.split(r",\s*", listed):
        stem, *endings = entry.strip().split("/")
        if stem:
            yield stem
            yield from (stem + ending for ending in endings)
