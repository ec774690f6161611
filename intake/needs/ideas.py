"""The ideas that a stretch of text holds: who, what happened to them, what is wanted, of what.

A text says what it asks for in words that nobody foresaw, but of ideas that recur: a road, lorries, at night, and which
way. The word tables list how each idea is put into words. A stretch of a few sentences is told by how many different
words of each idea it holds, which of them stand in it together, and what the phrases found there.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from intake.needs.denial import is_denied
from intake.needs.lexicon import LANGUAGES, Lexicon, lexicon
from intake.needs.phrases import Match
from intake.needs.wording import Word

# More words of an idea say no more.
_MOST = 3
_SENTENCES = 6
# Ideas that mean more together than each alone.
TOGETHER: tuple[tuple[str, str], ...] = (
    ("route", "passage"), ("vehicle", "passage"), ("route", "vehicle"),
    ("often", "tell"), ("trigger", "tell"), ("often", "happenings"), ("trigger", "happenings"),
    ("explain", "polity"), ("explain", "audience"), ("heading", "polity"),
    ("party", "probe"), ("deal", "probe"),
    ("site", "guard"), ("site", "breach"), ("guard", "review"), ("breach", "review"), ("site", "review"),
    ("plan", "emergency"), ("suppose", "decide"), ("decide", "emergency"), ("plan", "decide"),
)  # fmt: skip

_Told = tuple[str, str, Match[Any]]  # an idea, the word that tells it, where


class Stretch(NamedTuple):
    """A few sentences: how much of each idea, and where the words of it stand."""

    counts: dict[str, int]
    told: list[_Told]


def stretches(words: Sequence[Word], languages: Sequence[str]) -> list[Stretch]:
    """The text, in stretches that overlap when it is long; none without an idea."""
    by_sentence: dict[int, list[_Told]] = {}
    for told in _told(words, languages):
        by_sentence.setdefault(words[told[2].first].sentence, []).append(told)
    sentences = [by_sentence[number] for number in sorted(by_sentence)]
    step = _SENTENCES // 2
    starts = range(0, max(1, len(sentences) - step), step) if sentences else ()
    return [_stretch(sentences[start : start + _SENTENCES]) for start in starts]


def _told(words: Sequence[Word], languages: Sequence[str]) -> Iterator[_Told]:
    for known in map(lexicon, languages):
        for match in known.ideas.find(words):
            yield match.value, words[match.first].key, match
        for cue in known.cues.longest(words):
            yield cue.value, words[cue.first].key, cue
        for asked in known.services.find(words):
            slug, is_sure = asked.value
            yield f"{'asked' if is_sure else 'hinted'} {slug}", words[asked.first].key, asked
    for known in map(lexicon, LANGUAGES):
        yield from _dangers(words, known)


def _dangers(words: Sequence[Word], known: Lexicon) -> Iterator[_Told]:
    """What phrases of danger say, both that there is one and of which kind."""
    for match in known.alarms.find(words):
        if not is_denied(words, match, known):
            kind, is_sure = match.value
            word = "said" if is_sure else "maybe"
            key = words[match.first].key
            yield f"{word} {kind}", key, match
            yield word, key, match


def _stretch(sentences: Sequence[list[_Told]]) -> Stretch:
    keys: dict[str, set[str]] = {}
    told = [one for sentence in sentences for one in sentence]
    for idea, key, _ in told:
        if idea in keys:
            keys[idea].add(key)
        else:
            keys[idea] = {key}
    counts = {idea: min(len(some), _MOST) for idea, some in keys.items()}
    for one, other in TOGETHER:
        if one in keys and other in keys and (counts[one] > 1 or keys[one] != keys[other]):
            counts[f"{one} + {other}"] = 1
    return Stretch(counts, told)
