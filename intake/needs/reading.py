"""Everything that the rules find in the text of a request."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from intake.needs import countries
from intake.needs.duty_of_care import alarms_in
from intake.needs.findings import Certainty, Finding, Kind, best
from intake.needs.gazetteer import Gazetteer
from intake.needs.language import language_of, languages_in
from intake.needs.places import actors_in, places_in
from intake.needs.wishes import services_in, timeframe_in
from intake.needs.wording import Word, words_of

# Raise it with every change of rules or words: open requests are then read again, and what staff decided stays.
VERSION = 4
_LONGEST_PASSAGE = 160


def read_needs(text: str, known: Gazetteer) -> list[Finding]:
    """Language, countries, actors, places, services, timeframe and words of duty of care: each kind and value once,
    with the stretch of text that shows it best. Pure; the work grows with the text; nothing in a text can break it.
    """
    words = words_of(text)
    languages = languages_in(text, words)
    return best(
        [
            *_language(text, words),
            *_geography(words, known),
            *actors_in(words, known),
            *services_in(words, languages),
            *timeframe_in(words, languages),
            *alarms_in(words),
        ]
    )


def _language(text: str, words: Sequence[Word]) -> Iterator[Finding]:
    code = language_of(text, words)
    if code:
        start = words[0].start
        in_reach = list(takewhile(lambda word: word.end - start <= _LONGEST_PASSAGE, words))
        end = (in_reach or words[:1])[-1].end
        yield Finding(Kind.LANGUAGE, code, start, end, rule="commonest words")


def _geography(words: Sequence[Word], known: Gazetteer) -> Iterator[Finding]:
    named = list(countries.mentions(words))
    clear = {code for one in named if not one.is_either for code in one.codes}
    taken_by = {one.first: one.last for one in named if one.rule != "capital"}
    towns = list(places_in(words, known, clear, taken_by))
    clear |= {code for finding, code in towns if finding.certainty == Certainty.CLEAR}
    for one in named:
        yield from _countries(one, words, clear)
    for finding, code in towns:
        yield finding
        yield Finding(Kind.COUNTRY, code, finding.start, finding.end, "town", finding.certainty)


def _countries(one: countries.Mention, words: Sequence[Word], clear: set[str]) -> Iterator[Finding]:
    """The countries of a mention; of several that it may mean, the one that the text names elsewhere too."""
    start, end = words[one.first].start, words[one.last - 1].end
    if one.is_either:
        if len(clear.intersection(one.codes)) == 1:
            return
        certainty, rule = Certainty.AMBIGUOUS, "one of several"
    else:
        certainty = Certainty.POSSIBLE if one.rule == "misspelt" else Certainty.CLEAR
        rule = one.rule
    for code in one.codes:
        yield Finding(Kind.COUNTRY, code, start, end, rule, certainty)
