"""What each sentence of one text holds: terms of the scale, forecasts, days. One walk a word table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from briefs.estimative import days
from briefs.estimative.lexicon import Exempts, Lexicon, Words
from briefs.estimative.sentences import Reading
from briefs.likelihood import Likelihood

_ASKS = re.compile(
    r"(?:what|why|how|when|where|who|whose|whether|which|ce qu|pourquoi|comment|où\b|quand|qui\b|quel)"
)


@dataclass(frozen=True)
class Hit:
    """Words that say how likely, and the terms of the scale that they stand for; the house's own terms for none."""

    match: re.Match[str]
    likelihoods: tuple[Likelihood, ...] = ()


@dataclass
class Passages:
    """The first hit of each sort by sentence."""

    reading: Reading
    lexicon: Lexicon
    asked_on: date
    house: dict[int, Hit] = field(default_factory=dict)
    others: dict[int, Hit] = field(default_factory=dict)
    off_scale: dict[int, Hit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._taken = bytearray(len(self.reading.plain))
        lexicon = self.lexicon
        for _ in self._take(lexicon.comparing):
            pass
        for off, likelihoods in lexicon.off_scale:
            self._note(self.off_scale, off, likelihoods)
        for other, likelihood in lexicon.others:
            self._note(self.others, other, (likelihood,))
        self._note(self.house, lexicon.house)
        self.bare = self._first(lexicon.bare, self._is_sure)
        self.confidence = self._first(lexicon.confidence)
        self.forecast = self._first(lexicon.forecast, lexicon.is_no_forecast)
        self.past = self._first(lexicon.past)
        self.absolute = self._first(lexicon.absolute, self._is_no_claim)
        self.if_future = self._first(lexicon.absolute_if_future)
        self.vague = self._first(lexicon.vague)
        self.horizon = self._first(lexicon.horizon, self._is_over)

    def _take(self, pattern: Words) -> Iterator[re.Match[str]]:
        """Matches of words that no earlier table has taken: "highly likely" holds no "likely"."""
        for match in pattern.finditer(self.reading.plain):
            if not (self._taken[match.start()] or self._taken[match.end() - 1]):
                self._taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                yield match

    def _note(
        self, into: dict[int, Hit], pattern: Words, likelihoods: tuple[Likelihood, ...] = ()
    ) -> None:
        for match in self._take(pattern):
            into.setdefault(self.reading.sentence_at(match.start()), Hit(match, likelihoods))

    def _first(self, pattern: Words, exempts: Exempts | None = None) -> dict[int, re.Match[str]]:
        plain = self.reading.plain
        first: dict[int, re.Match[str]] = {}
        for match in pattern.finditer(plain):
            number = self.reading.sentence_at(match.start())
            if number in first:
                continue
            if exempts is None or not exempts(plain, match):
                first[number] = match
        return first

    def _is_sure(self, plain: str, match: re.Match[str]) -> bool:
        return bool(self._taken[match.start()]) or self.lexicon.means_no_doubt(plain, match)

    def _is_no_claim(self, plain: str, match: re.Match[str]) -> bool:
        return bool(self._taken[match.start()]) or self.lexicon.is_no_claim(plain, match)

    def _is_over(self, plain: str, match: re.Match[str]) -> bool:
        return not days.is_ahead(match[0], self.lexicon, self.asked_on)

    def likelihood_in(self, number: int) -> Hit | None:
        """The words of this sentence that say how likely, whichever they are."""
        for table in (self.house, self.others, self.off_scale):
            if number in table:
                return table[number]
        return None

    def is_question(self, number: int) -> bool:
        """Whether a sentence asks, or is a heading that says what its section answers."""
        sentence = self.reading.sentences[number]
        plain = self.reading.plain[sentence.start : sentence.end].strip()
        return plain.endswith("?") or (sentence.is_heading and _ASKS.match(plain) is not None)

    def dated_lines(self) -> set[int]:
        """The lines that stand below a heading with a day: it is the horizon of all that they say."""
        dated, is_dated = set(), False
        for number, sentence in enumerate(self.reading.sentences):
            if sentence.is_heading:
                is_dated = number in self.horizon
            if is_dated:
                dated.add(sentence.line)
        return dated
