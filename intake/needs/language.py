"""In which of the house's languages a text is written: by its commonest words, and its letters.

Words that several languages share count less. A short text, an even mixture, or a text in another language gives no
answer: no answer is better than a wrong one, since somebody would be written to in it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from intake.needs.lexicon import LANGUAGES, lexicon, tables
from intake.needs.wording import Word, words_of

# The first words tell; the rest of 20,000 characters would only cost.
_READ = 4_000
_LEAST = 2.0
_AHEAD = 1.3
_PART = 0.25
_LETTERS = {"fr": re.compile("[èùœîëô]"), "pt": re.compile("[ãõ]"), "other": re.compile("[ñ¿¡ßäü]")}
_LETTER_WEIGHT = 0.4
_ARABIC_WEIGHT = 0.5
_IN_LINKS = {".", "/", "@", "://"}
_ELIDES = {"'", "’"}
_WORDS_OF_A_LETTER = set("aeioyو")


def language_of(text: str, words: Sequence[Word] = ()) -> str:
    """The code of the language, or "" when that is not certain; `words` spare finding those of the whole text again."""
    if not words or len(text) > _READ:
        words = words_of(text[:_READ])
    found = scores(text, words)
    first, second = sorted(found, key=lambda code: -found[code])[:2]
    is_certain = found[first] >= max(_LEAST, _AHEAD * found[second])
    return first if is_certain and first in LANGUAGES else ""


def languages_in(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """Every language that makes up a good part of the text; all when none does."""
    found = scores(text, words)
    total = sum(found.values())
    parts = tuple(code for code in LANGUAGES if total and found[code] >= _PART * total)
    return parts or LANGUAGES


def scores(text: str, words: Sequence[Word]) -> Mapping[str, float]:
    """How much speaks for each language, and for others; `words` are those of the text, which is counted once."""
    return _kept_scores(text) if len(text) <= _READ else _scores(text, words)


@lru_cache(maxsize=64)  # fifty are routed together
def _kept_scores(text: str) -> Mapping[str, float]:
    return _scores(text, words_of(text))


def _scores(text: str, words: Sequence[Word]) -> dict[str, float]:
    shares_of = _shares()
    found = dict.fromkeys((*LANGUAGES, "other"), 0.0)
    for place, word in enumerate(words):
        key = word.key
        is_said = key in shares_of and word.gap not in _IN_LINKS
        if is_said and (len(key) > 1 or _speaks(words, place)):
            for code, share in shares_of[key]:
                found[code] += share
        elif "\u0600" <= key < "\u0700":
            found["ar"] += _ARABIC_WEIGHT
    if not text.isascii():
        for code, letters in _LETTERS.items():
            found[code] += _LETTER_WEIGHT * len(letters.findall(text[:_READ].lower()))
    return found


def _speaks(words: Sequence[Word], place: int) -> bool:
    """Whether a word of one letter is one of the text's language, and not a letter that only counts."""
    # "Blocks C and D" is not French; "d’ici" and "l'eau" are. A word of one letter is small, or begins a sentence.
    word = words[place]
    if place + 1 < len(words) and words[place + 1].gap in _ELIDES:
        return True
    is_first = place == 0 or words[place - 1].sentence < word.sentence
    return word.key in _WORDS_OF_A_LETTER and (is_first or not word.is_capital)


@cache
def _shares() -> dict[str, tuple[tuple[str, float], ...]]:
    """By common word the languages that it is one of, and how much it speaks for each."""
    lists = {code: lexicon(code).stop for code in LANGUAGES}
    lists["other"] = frozenset(tables("other")["stop"].split())
    codes = {
        word: [code for code, words in lists.items() if word in words]
        for word in frozenset().union(*lists.values())
    }
    return {word: tuple((code, 1 / len(of)) for code in of) for word, of in codes.items()}
