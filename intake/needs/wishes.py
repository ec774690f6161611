"""Which services a text asks for, and by when."""

from collections.abc import Iterator, Sequence

from intake.catalogue import Service, Timeframe
from intake.needs import weighing
from intake.needs.findings import Certainty, Finding, Kind
from intake.needs.ideas import Stretch
from intake.needs.lexicon import lexicon
from intake.needs.phrases import Match
from intake.needs.wording import Word

_SERVICES = tuple(slug for slug in Service.values if slug != Service.NOT_SURE)
_DATED = "dated"
_DAYS_AT_MOST = 10
_SOONEST = (Timeframe.DAYS, Timeframe.WEEKS, Timeframe.MONTHS)


def services_in(words: Sequence[Word], parts: Sequence[Stretch]) -> Iterator[Finding]:
    """The services of the catalogue that the text asks for: what its ideas speak for, clear where a phrase says so too;
    a phrase is enough where little speaks against it.
    """
    for slug in _SERVICES:
        for part in parts:
            is_meant = weighing.weight(slug, part) > 0
            is_said = f"asked {slug}" in part.counts
            if is_said and (
                is_meant or weighing.weight_against(slug, part) < weighing.MUCH_AGAINST
            ):
                phrase = next(match for idea, _, match in part.told if idea == f"asked {slug}")
                yield Finding(Kind.SERVICE, slug, *phrase.span(words), rule="words")
            elif is_meant:
                start, end = weighing.passage(slug, part, words)
                yield Finding(Kind.SERVICE, slug, start, end, "ideas", Certainty.POSSIBLE)


def timeframe_in(
    words: Sequence[Word], languages: Sequence[str], *, is_danger: bool
) -> Iterator[Finding]:
    """By when: the soonest that is said, unless it is said that there is no hurry. A day that is named tells of a
    danger when it happened.
    """
    found: list[tuple[str, Match[str]]] = []
    for language in languages:
        words_of_language = lexicon(language)
        for match in words_of_language.times.find(words):
            if match.value != _DATED:
                found.append((match.value, match))
            elif not is_danger:
                found.append((Timeframe.DAYS, match))
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
