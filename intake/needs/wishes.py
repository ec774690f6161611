"""Which services a text asks for, and by when."""

from collections.abc import Iterator, Sequence

from intake.catalogue import Timeframe
from intake.needs.findings import Certainty, Finding, Kind
from intake.needs.lexicon import lexicon
from intake.needs.phrases import Match
from intake.needs.wording import Word

_DAYS_AT_MOST = 10
_SOONEST = (Timeframe.DAYS, Timeframe.WEEKS, Timeframe.MONTHS)


def services_in(words: Sequence[Word], languages: Sequence[str]) -> Iterator[Finding]:
    """The services of the catalogue that the words ask for."""
    for language in languages:
        for match in lexicon(language).services.find(words):
            slug, is_sure = match.value
            certainty = Certainty.CLEAR if is_sure else Certainty.POSSIBLE
            yield Finding(Kind.SERVICE, slug, *match.span(words), "words", certainty)


def timeframe_in(words: Sequence[Word], languages: Sequence[str]) -> Iterator[Finding]:
    """By when: the soonest that is said, unless it is said that there is no hurry."""
    found: list[tuple[str, Match[str]]] = []
    for language in languages:
        words_of_language = lexicon(language)
        found += [(match.value, match) for match in words_of_language.times.find(words)]
        for match in words_of_language.counted.find(words):
            number = next(
                n for w in words[match.first : match.last]
                if (n := words_of_language.counted.number(w)) is not None
            )  # fmt: skip
            found.append((_timeframe(number, match, words), match))
    for value in (Timeframe.OPEN, *_SOONEST):
        of_value = [match for said, match in found if said == value]
        if of_value:
            yield Finding(Kind.TIMEFRAME, value, *of_value[0].span(words), rule="words")
            return


def _timeframe(number: int, match: Match[str], words: Sequence[Word]) -> str:
    is_hours = any(word.key[:3] in _HOURS for word in words[match.first : match.last])
    if match.value == "day":
        return Timeframe.DAYS if is_hours or number <= _DAYS_AT_MOST else Timeframe.WEEKS
    if match.value == "week":
        return Timeframe.WEEKS if number <= _WEEKS_AT_MOST else Timeframe.MONTHS
    return Timeframe.WEEKS if number <= 1 else Timeframe.MONTHS


_WEEKS_AT_MOST = 8
# Hours, heures, horas, ساعة.
_HOURS = ("hou", "hrs", "heu", "hor", "ساع")
