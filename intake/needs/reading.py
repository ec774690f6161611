"""Everything that the rules find in the text of a request."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from intake.needs import countries
from intake.needs.duty_of_care import alarms_in
from intake.needs.findings import Certainty, Finding, Kind, best
from intake.needs.gazetteer import Gazetteer
from intake.needs.ideas import stretches
from intake.needs.language import language_of, languages_in
from intake.needs.negated import Denials
from intake.needs.places import actors_in, places_in
from intake.needs.wishes import services_in, timeframe_in
from intake.needs.wording import Word, words_of

# Raise it with every change of rules or words: open requests are then read again, and what staff decided stays.
VERSION = 6
_LONGEST_PASSAGE = 160


def read_needs(text: str, known: Gazetteer) -> list[Finding]:
    """Language, countries, actors, places, services, timeframe and words of duty of care: each kind and value once,
    with the stretch of text that shows it best. Pure; the work grows with the text; nothing in a text can break it.
    """
    words = words_of(text)
    languages = languages_in(text, words)
    parts = stretches(words, languages)
    alarms = list(alarms_in(words, parts))
    return best(
        [
            *_language(text, words),
            *_geography(words, known),
            *actors_in(words, known),
            *services_in(words, parts),
            *timeframe_in(words, languages, is_danger=bool(alarms)),
            *alarms,
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
    named = sorted(countries.mentions(words), key=lambda one: one.first)
    denials = Denials(words)
    denied = denials.of_countries([(one.first, one.last) for one in named])
    meant = [one for one in named if one.first not in denied]
    clear = {code for one in meant if not one.is_either for code in one.codes}
    taken_by = {one.first: one.last for one in named if one.rule != "capital"}
    towns = list(places_in(words, known, clear, taken_by))
    clear |= {code for finding, code in towns if finding.certainty == Certainty.CLEAR}
    for one in named:
        if one.first in denied:
            yield from _not_meant(one, words, denied[one.first])
        else:
            yield from _countries(one, words, clear)
    at = {word.start: index for index, word in enumerate(words)} if towns else {}
    # Kinshasa in Congo-Kinshasa is part of the name.
    parts = {at for one in named if one.first in denied for at in range(one.first + 1, one.last)}
    for finding, code in towns:
        first = at[finding.start]
        if first not in parts:
            yield from _town(finding, code, is_denied=denials.is_of_a_town(first))


def _town(finding: Finding, code: str, *, is_denied: bool) -> Iterator[Finding]:
    """A town and its country, which may be meant where the town is not."""
    certainty = finding.certainty
    if is_denied:
        finding = replace(finding, certainty=Certainty.NEGATED)
        certainty = max(certainty, Certainty.POSSIBLE, key=list(Certainty).index)
    yield finding
    yield Finding(Kind.COUNTRY, code, finding.start, finding.end, "town", certainty)


def _not_meant(one: countries.Mention, words: Sequence[Word], first: int) -> Iterator[Finding]:
    """The countries of a mention that is denied from the word `first` on; a capital's may be meant nevertheless."""
    is_town = one.rule == "capital"
    rule, certainty = (one.rule, Certainty.POSSIBLE) if is_town else ("negated", Certainty.NEGATED)
    for code in one.codes:
        span = words[first].start, words[one.last - 1].end
        yield Finding(Kind.COUNTRY, code, *span, rule, certainty)


def _countries(one: countries.Mention, words: Sequence[Word], clear: set[str]) -> Iterator[Finding]:
    """The countries of a mention; of several that it may mean, the one that the text names elsewhere too."""
    start, end = words[one.first].start, words[one.last - 1].end
    if one.is_either:
        if len(clear.intersection(one.codes)) == 1:
            return
        certainty, rule = Certainty.AMBIGUOUS, "one of several"
    else:
        is_unsure = one.rule in ("misspelt", "capitals")
        certainty = Certainty.POSSIBLE if is_unsure else Certainty.CLEAR
        rule = one.rule
    for code in one.codes:
        yield Finding(Kind.COUNTRY, code, start, end, rule, certainty)
