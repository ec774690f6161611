"""Countries and towns that a text names to say that they are not meant: "not in Mali", "except Nigeria, Niger".

Only what stands right behind such words counts, with no more than an article or a preposition between: "we do not know
Mali" and "it is not safe in Mali" ask about Mali. Whoever else left a country may be what is asked about, so only "we
left" counts; and who asks "why not in Mali?" asks about Mali.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from intake.needs.lexicon import LANGUAGES, denial_words, lexicon
from intake.needs.wording import Word

EXCEPT, LEFT, OUTSIDE = "except", "left", "outside"
_MOST_BETWEEN = 2
# A word that asks stands right before the denial or one word away: "no country other than Mali".
_ASKED_WITHIN = 2
# What begins a sentence so may say "besides".
_ADDS = frozenset({"apart", "aside", "a"})
# What may stand before a name in one clause.
_JOINS = frozenset({" ", "'", "’"})


class Denial(NamedTuple):
    """Words that deny what is named behind them: of which kind, and the first of them."""

    kind: str
    first: int


class Denials:
    """The words of a text that deny what is named behind them."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._behind = _found(words)

    def of_countries(self, spans: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Of these mentions, each from a word to before another and in order, those that are not meant, by their first
        word; with the word from which on they are denied, in a list that goes on their own.
        """
        found: dict[int, int] = {}
        kind, end = "", 0
        for first, last in spans if self._behind else ():
            if denial := self._before(first):
                kind, found[first] = denial.kind, denial.first
            elif self._goes_on(kind, end, first):
                found[first] = first
            else:
                kind = ""
            end = last
        return found

    def is_of_a_town(self, first: int) -> bool:
        """Whether the town that is named from this word on is not meant. What is outside of it may be near."""
        denial = self._before(first)
        return denial is not None and denial.kind != OUTSIDE

    def _before(self, first: int) -> Denial | None:
        """The denial right before this word, or before an article and the like before it."""
        for at in range(first, max(first - _MOST_BETWEEN, 0) - 1, -1):
            if self._words[at].sentence != self._words[first].sentence:
                return None
            denial = self._behind.get(at)
            may_be_between = denial_words(
                "articles" if denial and denial.kind == LEFT else "between"
            )
            if denial and all(word.key in may_be_between for word in self._words[at:first]):
                return denial
        return None

    def _goes_on(self, kind: str, end: int, first: int) -> bool:
        """Whether a list goes on from the last name that is not meant to the next: "except Mali, Niger and Chad"."""
        word, between = self._words[first], [one.key for one in self._words[end:first]]
        if not kind or kind == LEFT or word.sentence != self._words[end - 1].sentence:
            return False
        if not between:  # Arabic writes "and" onto the name
            return kind == EXCEPT and (word.gap.strip() in (",", "،") or word.key.startswith("و"))
        rest = between[1:]
        is_short = len(rest) < _MOST_BETWEEN and denial_words("between").issuperset(rest)
        joins = between[0] in denial_words("or") or (
            between[0] in denial_words("and") and (kind == EXCEPT or not rest)
        )
        return is_short and joins


def _found(words: Sequence[Word]) -> Mapping[int, Denial]:
    """The denials by the word behind each."""
    found: dict[int, Denial] = {}
    for language in LANGUAGES:
        for first, last, kind in lexicon(language).denials.find(words):
            if last < len(words) and _counts(words, first, last, kind):
                found.setdefault(last, Denial(kind, first))
    return found


def _counts(words: Sequence[Word], first: int, last: int, kind: str) -> bool:
    """Whether it denies: in one sentence with what is behind it, and nobody asks; "apart from Mali we also ask about
    Niger" denies nothing.
    """
    if words[last].sentence != words[first].sentence or words[last].gap not in _JOINS:
        return False
    begins = first == 0 or words[first - 1].sentence != words[first].sentence
    if begins:
        return words[first].key not in _ADDS
    before = words[max(first - _ASKED_WITHIN, 0) : first]
    return not any(
        word.key in denial_words("asked") and word.sentence == words[first].sentence
        for word in before
    )
