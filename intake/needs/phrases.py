"""Phrases to find among the words of a text.

A phrase is written in words, which are compared as those of a text are (`intake.needs.wording`). `word*` is any word
that begins so, `~` up to three words of the same sentence, `#` a number. The work grows with the text, whatever is in
it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from briefs.search_keys import search_key
from intake.needs.wording import Word, Words

Value = TypeVar("Value")
_MOST_SKIPPED = 3
# How many letters of a word are looked up where a phrase knows only how it begins.
_STEM = 3
_MOST_KNOWN = 2_000


class Match(NamedTuple, Generic[Value]):
    """A phrase found from the word `first` to before the word `last`."""

    first: int
    last: int
    value: Value

    def span(self, words: Sequence[Word]) -> tuple[int, int]:
        """Where it stands in the text."""
        return words[self.first].start, words[self.last - 1].end


# A place in the list of a word's phrases, what is still to come, the meaning, and a word that the text must hold.
_Rest = tuple[int, tuple[str, ...], Any, str]


@dataclass(frozen=True, slots=True)
class _Begun:
    """What goes on after a word: nothing, then a place and the meaning stand in `whole`; a word as it is (`#` for a
    number), or one that begins so, by its first letters, each with what comes after it; something else.
    """

    whole: list[tuple[int, Any]]
    by_next: dict[str, list[_Rest]]
    by_stem: dict[str, list[tuple[str, _Rest]]]
    others: list[_Rest]
    goes_on: bool

    @classmethod
    def of(cls, found: Sequence[tuple[tuple[str, ...], Any]]) -> "_Begun":
        begun = cls([], {}, {}, [], any(rest for rest, _ in found))
        for place, (rest, value) in enumerate(found):
            begun._add(place, rest, value)
        return begun

    def _add(self, place: int, rest: tuple[str, ...], value: Any) -> None:
        needed = next(filter(_is_word, rest[1:]), "")
        further: _Rest = (place, rest[1:], value, needed)
        if not rest:
            self.whole.append((place, value))
        elif _is_word(rest[0]) or rest[0] == "#":
            self.by_next.setdefault(rest[0], []).append(further)
        elif len(rest[0]) > _STEM:
            stem = rest[0].removesuffix("*")
            self.by_stem.setdefault(stem[:_STEM], []).append((stem, further))
        else:
            self.others.append((place, rest, value, needed))

    def going_on(self, forms: Sequence[str], *, is_number: bool) -> Sequence[_Rest]:
        """What is still to come of those that go on with a word of these forms."""
        first, *others = forms
        if not (others or is_number or first[:_STEM] in self.by_stem):
            return self.by_next.get(first, ())
        found = [one for form in forms for one in self.by_next.get(form, ())]
        found += self.by_next["#"] if is_number else []
        for letters in {form[:_STEM] for form in forms}:
            for stem, rest in self.by_stem.get(letters, ()):
                if any(form.startswith(stem) for form in forms):
                    found.append(rest)
        return found


class Phrases(Generic[Value]):
    """Phrases with what each means, found in one walk over the words."""

    def __init__(self, numbers: Mapping[str, int] | None = None) -> None:
        self._numbers = numbers or {}
        self._exact: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        self._stems: dict[str, list[tuple[str, tuple[str, ...], Value]]] = {}
        # Of `_exact`: the words that may be all or go on with a sign, and by word those that may follow.
        self._alone: set[str] = set()
        self._followers: dict[str, set[str]] = {}
        self._known: dict[tuple[str, ...], _Begun] = {}

    def add(self, phrase: str, value: Value) -> None:
        """Know one more phrase; nothing to compare, nothing added. Raises ValueError when it begins with a gap."""
        self._known.clear()
        elements = tuple(_elements(phrase))
        if not elements:
            return
        first, rest = elements[0], elements[1:]
        if first == "~":
            raise ValueError(f"A phrase cannot begin with a gap: {phrase!r}")
        if first.endswith("*"):
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
        if rest and _is_word(rest[0]):
            self._followers.setdefault(first, set()).add(rest[0])
        else:
            self._alone.add(first)

    def find(self, words: Sequence[Word]) -> Iterator[Match[Value]]:
        """Every phrase at every word, the longest of a word first."""
        return map(Match._make, self.spans(words))

    def spans(self, words: Sequence[Word]) -> Iterator[tuple[int, int, Value]]:
        """The same as plain tuples, for who makes something else of them."""
        text = words if isinstance(words, Words) else Words(words)
        for index in sorted(self._begin_at(text)):
            begun = self._known.get(text[index].forms) or self._begun_by(text[index])
            found = self._longer(begun, text, index) if begun.goes_on else ()
            if found:
                # Of one length those come first that were added first.
                whole = [(-index - 1, place, value) for place, value in begun.whole]
                for last, _, value in sorted([*found, *whole], key=itemgetter(0, 1)):
                    yield index, -last, value
            else:
                for _, value in begun.whole:
                    yield index, index + 1, value

    def _begin_at(self, words: Words) -> set[int]:
        """Where a phrase may begin. By sets: most words of a text begin nothing of any list."""
        places, after = words.places, words.after
        forms = places.keys() & self._alone
        if self._stems:
            forms.update([form for form in places if form[:_STEM] in self._stems])
        if "#" in self._exact:
            forms |= places.keys() & self._numbers.keys()
            forms.update(filter(str.isdecimal, places))
        found: set[int] = set()
        for form in places.keys() & self._followers.keys():
            followers = self._followers[form]
            for index in places[form]:
                if not followers.isdisjoint(after[index]):
                    found.add(index)
        return found.union(*[places[form] for form in forms])

    def _longer(self, begun: _Begun, words: Words, index: int) -> list[tuple[int, int, Value]]:
        """The phrases of more words that begin at this one: behind which word each ends, less than 0, its place in the
        list, and what it means.
        """
        found = []
        sentence, after, held = words[index].sentence, index + 1, words.places
        for place, rest, value, needed in begun.others:
            if needed and needed not in held:
                continue
            if last := self._rest_fits(rest, words, after, sentence):
                found.append((-last, place, value))
        if after < len(words) and words[after].sentence == sentence:
            is_number = "#" in begun.by_next and self.number(words[after]) is not None
            going_on = begun.going_on(words[after].forms, is_number=is_number)
            for place, rest, value, needed in going_on:
                if needed and needed not in held:
                    continue
                if last := self._rest_fits(rest, words, after + 1, sentence) if rest else after + 1:
                    found.append((-last, place, value))
        return found

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

    def _begun_by(self, word: Word) -> _Begun:
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


def _is_word(element: str) -> bool:
    return element not in ("~", "#") and not element.endswith("*")


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
