"""Parties that a text names: what to look for in the register, and how near what stands in the text is to a name."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from intake import closeness, names
from intake.closeness import NOTHING, Closeness

LONGEST_TEXT = 20_000
MOST_PHRASES = 120
_MOST_WORDS = 5
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
# They join the words of a name without a capital of their own: Société des Mines de Loulo, Bank of Gao.
_JOINS = {
    "of", "the", "and", "de", "du", "des", "la", "le", "les", "da", "do", "dos", "das", "et", "e", "for", "y", "&",
}  # fmt: skip
_ENDS_SENTENCE = re.compile(r"[.!?:;\n،؟]\s*$")
_BREAK = re.compile(r"[.!?:;,()\n،؛؟]")
# Arabic writes these onto the word that follows: and, by, for, as, then.
_ARABIC_PREFIXES = "وبلكف"
_GAP = 1  # words that may stand between those of a name


class Word(NamedTuple):
    """One word of a text: as written, in Latin letters, as it sounds; what has no capitals counts as if it began so."""

    text: str
    latin: str
    sounds: tuple[str, ...]
    is_right_to_left: bool
    is_capital: bool
    starts_sentence: bool
    is_apart: bool


class Text:
    """What a client wrote, for looking up names in it."""

    def __init__(self, text: str) -> None:
        self._text = text[:LONGEST_TEXT]

    @cached_property
    def words(self) -> list[Word]:
        """Every word, in order."""
        return list(self._words())

    def _words(self) -> Iterator[Word]:
        end = 0
        for found in _WORD.finditer(self._text):
            start, after = found.span()
            before = self._text[end:start]
            starts, is_apart = end == 0, False
            if before != " ":
                starts = starts or bool(_ENDS_SENTENCE.search(before))
                is_apart = bool(_BREAK.search(before))
            end = after
            yield Word(*_written(found[0]), starts, is_apart)

    def sounds(self) -> list[str]:
        """Every word as it sounds, each once: a name all of whose words are among them may stand in the text."""
        return sorted({sound for word in self.words for sound in word.sounds if sound})

    def phrases(self) -> list[str]:
        """Runs of words with capitals, and parts of them, which may be names: the longest first, each once."""
        found: dict[str, None] = {}
        for run in self._runs():
            for size in range(min(len(run), _MOST_WORDS), 0, -1):
                for start in range(len(run) - size + 1):
                    part = run[start : start + size]
                    if _may_be_name(part):
                        found[" ".join(word.text for word in part)] = None
        return sorted(found, key=lambda phrase: -len(phrase))[:MOST_PHRASES]

    def _runs(self) -> Iterator[list[Word]]:
        run: list[Word] = []
        for word in self.words:
            is_latin_name = word.is_capital and not word.is_right_to_left
            if run and (word.starts_sentence or not (is_latin_name or word.text in _JOINS)):
                yield run
                run = []
            if is_latin_name or run:
                run.append(word)
        yield run

    def nearest(self, name: str) -> Closeness:
        """How near the text comes to this name, anywhere in it."""
        wanted = names.sound_key(names.plain_key(name)).split()
        return max(
            (self._at(start, wanted, name) for start in self._starts(wanted)),
            key=lambda one: one.score,
            default=NOTHING,
        )

    def _starts(self, wanted: Sequence[str]) -> list[int]:
        """Where any word of the name stands."""
        sought = set(wanted)
        return [n for n, word in enumerate(self.words) if sought & set(word.sounds)]

    def _at(self, start: int, wanted: Sequence[str], name: str) -> Closeness:
        """How near the words that begin here are, when all words of the name are among them."""
        window = self.words[start : start + len(wanted) + _GAP]
        missing = list(wanted)
        taken: list[Word] = []
        for word in window:
            if taken and word.is_apart:
                break
            sound = next((s for s in word.sounds if s in missing), None)
            if sound is not None:
                missing.remove(sound)
                taken.append(word)
        if missing or not _is_named(taken):
            return NOTHING
        return _judged(taken, wanted, name)


def _judged(taken: Sequence[Word], wanted: Sequence[str], name: str) -> Closeness:
    found = closeness.compare(" ".join(word.text for word in taken), name)
    if found.score >= 90:
        return found
    is_foreign = any(word.is_right_to_left for word in taken)
    if is_foreign and sum(map(len, wanted)) > 2:
        return Closeness(90, "the same name in another script")
    return found


def _is_named(taken: Sequence[Word]) -> bool:
    """Whether these words are a name here: the everyday word orange is not Orange, the first of a sentence may be."""
    telling = [word for word in taken if closeness.weight(word.latin) == 1]
    if not telling:
        return False
    return len(telling) > 1 or (telling[0].is_capital and len(telling[0].latin) > 2)


def _may_be_name(part: Sequence[Word]) -> bool:
    first, last = part[0], part[-1]
    if first.text in _JOINS or last.text in _JOINS:
        return False
    return any(len(word.latin) > 2 and closeness.weight(word.latin) == 1 for word in part)


@lru_cache(maxsize=8192)
def _written(word: str) -> tuple[str, str, tuple[str, ...], bool, bool]:
    """What a `Word` begins with: all that the word says by itself."""
    key = names.person_key(word)
    latin = names.latin_key(key).replace(" ", "")
    is_right_to_left = names.is_written_right_to_left(word)
    is_capital = word[0].isupper() or is_right_to_left
    return word, latin, tuple(_sounds(key)), is_right_to_left, is_capital


def _sounds(key: str) -> Iterator[str]:
    """A word as it sounds; in Arabic also without what is written onto it."""
    yield names.sound_key(key)
    if names.is_written_right_to_left(key) and len(key) > 3 and key[0] in _ARABIC_PREFIXES:
        rest = key[1:]
        yield names.sound_key(rest)
        if key[:2] == "لل":
            yield names.sound_key(key[2:])
