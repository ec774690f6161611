"""The words of a text with where they stand and how they are compared: without case and accents, as names are
(`briefs.search_keys`). Of Arabic words also the forms without what is written onto them (و ف ب ل) are told. The work
grows with the text, whatever is in it.
"""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

from briefs.search_keys import search_key

# Accents and vowel signs that stand by themselves belong to the letter before them.
_MARKS = r"[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]"
_WORD = re.compile(rf"([^\W_]+(?:{_MARKS}+[^\W_]*)*)")
_SENTENCE_ENDS = re.compile(r"[!?;؟؛]|\.(?=\s|$)|:\s*\n|\n\s*\n")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_MOST_KEPT, _LONGEST_KEPT = 64, 8_000
_LONGEST = 60
_NOT = frozenset({"لا", "لم", "لن"})


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
    def places(self) -> Mapping[str, list[int]]:
        """Where each word stands, by each of its forms."""
        found: dict[str, list[int]] = {}
        for index, word in enumerate(self):
            for form in word.forms:
                if form in found:
                    found[form].append(index)
                else:
                    found[form] = [index]
        return found

    @cached_property
    def after(self) -> list[tuple[str, ...]]:
        """By word the forms of the one behind it, none behind the last."""
        return [*[word.forms for word in self[1:]], ()]

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
    before = ""
    parts = _WORD.split(text)  # a gap, a word, a gap, ..., a gap
    for gap, raw in zip(parts[::2], parts[1::2], strict=False):
        is_initial = gap == "." and len(before) == 1  # D.R.C. is one word to its reader
        if gap != " " and not is_initial:
            sentence += bool(_SENTENCE_ENDS.search(gap))
        start = end + len(gap)
        end = start + len(raw)
        words.append(_word((start, end, *_written(raw), gap[-8:], sentence)))
        before = raw
    return words


_word = partial(tuple.__new__, Word)  # what the class itself does, in half the time
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
    bare = key[1:] if key[0] in "وف" and (len(key) > 3 or key[1:] in _NOT) else ""
    forms += [bare] if bare else []
    for form in tuple(forms):
        if form.startswith("لل") and len(form) > 4:
            forms.append("ال" + form[2:])
        if form[0] in "بل" and len(form) > 3:
            forms.append(form[1:])
    return tuple(dict.fromkeys(forms))
