"""The words of a text with where they stand, and phrases to find among them.

A phrase is written in words; it is compared without case and accents, as names are (`briefs.search_keys`).
`word*` is any word that begins so, `~` up to three words of the same sentence, `#` a number. Of Arabic words also
the forms without what is written onto them (و ف ب ل) are tried. The work grows with the text, whatever is in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise, product
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

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
_MOST_KEPT, _LONGEST_KEPT = 64, 8_000
_LONGEST = 60


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


class Words(list[Word]):
    """The words of a text, in order. Not to be changed: several readers have the same."""

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word stands, by each of its forms."""
        found: dict[str, list[int]] = {}
        for index, word in enumerate(self):
            for form in word.forms:
                found.setdefault(form, []).append(index)
        return found

    @cached_property
    def stems(self) -> dict[str, list[str]]:
        """The forms by how they begin."""
        found: dict[str, list[str]] = {}
        for form in self.places:
            found.setdefault(form[:_STEM], []).append(form)
        return found

    @cached_property
    def pairs(self) -> dict[tuple[str, str], list[int]]:
        """Where two words stand beside each other, by their forms: where the first of them does."""
        found: dict[tuple[str, str], list[int]] = {}
        for index, (forms, after) in enumerate(pairwise(word.forms for word in self)):
            is_plain = len(forms) == 1 == len(after)
            pairs = [(forms[0], after[0])] if is_plain else product(forms, after)
            for both in pairs:
                found.setdefault(both, []).append(index)
        return found

    @cached_property
    def numbers(self) -> list[int]:
        """Where numbers stand that are written in digits."""
        return [index for index, word in enumerate(self) if word.key.isdecimal()]

    @cached_property
    def found(self) -> dict[Any, Any]:
        """What was found among them, by who looked, who keeps it here."""
        return {}


def words_of(text: str) -> Words:
    """Every word in order. A text is read for its language, for spam and for what it asks: once, while it is short."""
    return _kept_words_of(text) if len(text) <= _LONGEST_KEPT else _words_of(text)


def _words_of(text: str) -> Words:
    words = Words()
    end = sentence = 0
    for found in _WORD.finditer(text):
        raw, gap = found.group(), text[end : found.start()]
        if gap != " ":
            sentence += bool(_SENTENCE_ENDS.search(gap))
        start, end = found.span()
        words.append(Word(start, end, *_written(raw), gap[-8:], sentence))
    return words


_kept_words_of = lru_cache(maxsize=_MOST_KEPT)(_words_of)  # fifty are routed together


@lru_cache(maxsize=8192)
def _written(raw: str) -> tuple[str, tuple[str, ...], bool, bool]:
    """What a word is compared by, and whether it begins with a capital and is all of them."""
    capital = raw[0].isupper()
    if len(raw) > _LONGEST:
        key = raw[:_LONGEST]
        return key, (key,), capital, capital and raw.isupper()
    key = search_key(raw).replace(" ", "")
    forms = _forms(key) if _ARABIC.match(key) else (key,)
    return key, forms, capital, capital and raw.isupper()


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


class Match(NamedTuple, Generic[Value]):
    """A phrase found from the word `first` to before the word `last`."""

    first: int
    last: int
    value: Value

    def span(self, words: Sequence[Word]) -> tuple[int, int]:
        """Where it stands in the text."""
        return words[self.first].start, words[self.last - 1].end


# A place in the list of a word's phrases, what follows the word, the meaning, and a word that the text must hold.
_Rest = tuple[int, tuple[str, ...], Any, str]


@dataclass(frozen=True, slots=True)
class _Begun:
    """What goes on after a word: by the word that must follow, and what ends there or goes on with a sign."""

    by_next: dict[str, list[_Rest]]
    others: list[_Rest]

    @classmethod
    def of(cls, found: Sequence[tuple[tuple[str, ...], Any]]) -> "_Begun":
        begun = cls({}, [])
        for place, (rest, value) in enumerate(found):
            is_word = _goes_on_with_word(rest)
            told = begun.by_next.setdefault(rest[0], []) if is_word else begun.others
            told.append((place, rest, value, _further_on(rest)))
        return begun

    def going_on(self, words: Sequence[Word], index: int) -> Sequence[_Rest]:
        """Those that may go on after the word at this place, in the order of the list."""
        if not self.by_next or index + 1 >= len(words):
            return self.others
        more = [one for form in words[index + 1].forms for one in self.by_next.get(form, ())]
        return sorted([*self.others, *more], key=itemgetter(0)) if more else self.others


class Phrases(Generic[Value]):
    """Phrases with what each means, found in one walk over the words."""

    def __init__(self, numbers: Mapping[str, int] | None = None) -> None:
        self._numbers = numbers or {}
        self._exact: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        self._stems: dict[str, list[tuple[str, tuple[str, ...], Value]]] = {}
        # Of `_exact`: the words after which something may follow or nothing, and those with the one that must follow.
        self._alone: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()
        self._known: dict[tuple[str, ...], _Begun] = {}

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
            self._add_exact(first, rest, value)

    def add_key(self, key: str, value: Value) -> None:
        """Know one more phrase that is a search key already, which has no signs of ours."""
        self._known.clear()
        first, *rest = key.split()
        self._add_exact(first, tuple(rest), value)

    def _add_exact(self, first: str, rest: tuple[str, ...], value: Value) -> None:
        self._exact.setdefault(first, []).append((rest, value))
        if _goes_on_with_word(rest):
            self._pairs.add((first, rest[0]))
        else:
            self._alone.add(first)

    def find(self, words: Sequence[Word]) -> Iterator[Match[Value]]:
        """Every phrase at every word, the longest of a word first."""
        text = words if isinstance(words, Words) else Words(words)
        held = text.places
        for index in sorted(self._begin_at(text)):
            word = text[index]
            begun = self._known.get(word.forms) or self._begun_by(word)
            found = [
                Match(index, last, value)
                for _, rest, value, needed in begun.going_on(text, index)
                if (not needed or needed in held)
                and (last := self._rest_fits(rest, text, index + 1, word.sentence))
            ]
            yield from sorted(found, key=_by_length) if len(found) > 1 else found

    def _begin_at(self, words: Words) -> set[int]:
        """Where a phrase may begin. By sets: most words of a text begin nothing of any list."""
        places = words.places
        forms = places.keys() & self._alone
        for stem in words.stems.keys() & self._stems.keys():
            forms.update(words.stems[stem])
        found = {index for pair in words.pairs.keys() & self._pairs for index in words.pairs[pair]}
        if "#" in self._exact:
            forms |= places.keys() & self._numbers.keys()
            found.update(words.numbers)
        return found.union(*(places[form] for form in forms))

    def longest(self, words: Sequence[Word]) -> Iterator[Match[Value]]:
        """The longest phrase at each word that is not part of the one before."""
        return longest(self.find(words))

    def single_keys(self) -> Iterator[tuple[str, Value]]:
        """The phrases that are one whole word."""
        for key, entries in self._exact.items():
            yield from ((key, value) for rest, value in entries if not rest)

    def number(self, word: Word) -> int | None:
        """The number that a word says."""
        if word.key.isdecimal() and len(word.key) <= 4:
            return int(word.key)
        if len(word.forms) == 1:
            return self._numbers.get(word.key)
        return next((self._numbers[f] for f in word.forms if f in self._numbers), None)

    def _begun_by(self, word: Word) -> "_Begun":
        """What goes on after this word. Kept by word."""
        found: list[tuple[tuple[str, ...], Value]] = []
        for form in word.forms:
            found += self._exact.get(form, ())
            stems = self._stems.get(form[:_STEM], ())
            found += [(rest, value) for stem, rest, value in stems if form.startswith(stem)]
        if "#" in self._exact and self.number(word) is not None:
            found += self._exact["#"]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        begun = self._known[word.forms] = _Begun.of(found)
        return begun

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


def longest(matches: Iterable[Match[Value]]) -> Iterator[Match[Value]]:
    """Of matches, those of one word longest first, the longest at each word that is not part of the one before."""
    taken = 0
    for match in matches:
        if match.first >= taken:
            taken = match.last
            yield match


def _goes_on_with_word(rest: tuple[str, ...]) -> bool:
    return bool(rest) and _is_word(rest[0])


def _is_word(element: str) -> bool:
    return element not in ("~", "#") and not element.endswith("*")


def _further_on(rest: tuple[str, ...]) -> str:
    """The first word behind what follows at once: in a text without it nothing need be tried."""
    return next((element for element in rest[1:] if _is_word(element)), "")


def _by_length(match: Match[Any]) -> int:
    return -match.last


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
