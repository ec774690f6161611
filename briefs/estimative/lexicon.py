"""The words that the rules look for: one table a language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.utils import translation

from briefs.likelihood import RANGES, Likelihood

Words = re.Pattern[str]
# Whether a word that matched means something else here: it gets the plain text and the match.
Exempts = Callable[[str, re.Match[str]], bool]


def words(*alternatives: str) -> Words:
    """Whole words, the first that fits; the text is in small letters with straight apostrophes."""
    return re.compile(rf"\b(?:{'|'.join(alternatives)})(?!\w)")


# Compared by identity: what is worked out of a table is kept by it.
@dataclass(frozen=True, eq=False)
class Lexicon:
    """What one language says. The parts that end in s are pairs of words and the terms that they stand for."""

    language: str
    house: Words
    others: tuple[tuple[Words, Likelihood], ...]
    off_scale: tuple[tuple[Words, tuple[Likelihood, ...]], ...]
    comparing: Words
    bare: Words
    means_no_doubt: Exempts
    soft: Words
    confidence: Words
    forecast: Words
    is_no_forecast: Exempts
    past: Words
    absolute: Words
    is_no_claim: Exempts
    absolute_if_future: Words
    vague: Words
    horizon: Words
    months: tuple[str, ...]
    full_day: Words
    month_end: Words
    verbs: Words
    joined: Words
    by: str
    absolute_advice: str
    confidence_advice: str

    @cache  # noqa: B019  # one table a language, for good
    def term(self, likelihood: Likelihood) -> str:
        """A term of the scale in this language, as the house prints it, with its range."""
        with translation.override(self.language):
            label = str(likelihood.label)
        low, high = RANGES[likelihood]
        return f"“{label[0].lower()}{label[1:]}” ({low}–{high}\u00a0%)"

    @cache  # noqa: B019
    def terms(self, likelihoods: tuple[Likelihood, ...]) -> str:
        """Several terms as a choice."""
        *first, last = [self.term(likelihood) for likelihood in likelihoods]
        return f"{', '.join(first)} or {last}" if first else last


def before(text: str, match: re.Match[str], length: int = 40) -> str:
    """The words before a match; a bounded look, so that hostile text costs no more than its length."""
    return text[max(0, match.start() - length) : match.start()]


def after(text: str, match: re.Match[str], length: int = 40) -> str:
    """The words after a match, as far."""
    return text[match.end() : match.end() + length]
