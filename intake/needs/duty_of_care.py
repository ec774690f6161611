"""Words that say that somebody is in danger now, told apart from those of plans, courses and insurance.

Each language has phrases that are enough by themselves ("was kidnapped") and words that need company ("kidnapping"):
a word of now or of ours ("our driver", "urgent") in the same sentence or one beside it. A sentence that speaks of
plans, training, insurance, risk in general or the past speaks of no emergency, unless a phrase that is enough stands
beside a word of now; "urgent" is none, since plans are urgent too. What is denied ("nobody was hurt") is none; what is
not known ("we do not know who kidnapped him"), or told after a comma ("they did not help, he was taken hostage"), is
not denied. When in doubt it is one: a false alarm costs a minute.
"""

from collections.abc import Iterator, Sequence

from intake.needs.findings import Certainty, Finding, Kind
from intake.needs.lexicon import LANGUAGES, Lexicon, lexicon
from intake.needs.phrases import Match
from intake.needs.signs import alarms_by_signs
from intake.needs.wording import Word, words_of

_DENIED_WITHIN = 4
_CLAUSE_MARKS = frozenset(",،:–—(")


def needs_urgent_help(text: str) -> bool:
    """Whether the text reads as if somebody were in danger now. Pure, and quick enough for a page."""
    return next(alarms_in(words_of(text)), None) is not None


def alarms_of(text: str) -> list[str]:
    """The dangers that the text speaks of, in its order."""
    return [one.value for one in alarms_in(words_of(text))]


def alarms_in(words: Sequence[Word]) -> Iterator[Finding]:
    """Every phrase that says so, in any of the house's languages."""
    for language in LANGUAGES:
        yield from _alarms(words, lexicon(language))


def _alarms(words: Sequence[Word], words_of_language: Lexicon) -> Iterator[Finding]:
    cues = _cues(words, words_of_language)
    yield from _by_phrases(words, words_of_language, cues)
    yield from alarms_by_signs(words, words_of_language, cues["calm"])


def _by_phrases(
    words: Sequence[Word], words_of_language: Lexicon, cues: dict[str, set[int]]
) -> Iterator[Finding]:
    matches = list(words_of_language.alarms.find(words))
    said = {words[match.first].sentence for match in matches if match.value[1]}
    for match in matches:
        kind, is_sure = match.value
        counts = _counts(words[match.first].sentence, cues, said, is_sure=is_sure)
        if counts and not _is_denied(words, match, words_of_language):
            certainty = Certainty.CLEAR if is_sure else Certainty.POSSIBLE
            yield Finding(Kind.URGENCY, kind, *match.span(words), "words", certainty)


def _counts(sentence: int, cues: dict[str, set[int]], said: set[int], *, is_sure: bool) -> bool:
    is_calm = sentence in cues["calm"]
    if is_sure:
        return not is_calm or sentence in cues["now"]
    company = (cues["now"] | cues["ours"]) & {sentence - 1, sentence, sentence + 1}
    # Where a phrase is enough, these words add nothing: "medical evacuation" asks for no evacuation of an office.
    return bool(company) and not is_calm and sentence not in said


def _cues(words: Sequence[Word], words_of_language: Lexicon) -> dict[str, set[int]]:
    """The sentences with a word of now, with one of ours, and with one of plans and the like."""
    found: dict[str, set[int]] = {"now": set(), "ours": set(), "calm": set()}
    for match in words_of_language.cues.longest(words):
        found[match.value].add(words[match.first].sentence)
    return found


def _is_denied(
    words: Sequence[Word], match: Match[tuple[str, bool]], words_of_language: Lexicon
) -> bool:
    before = {form for word in _clause_before(words, match) for form in word.forms}
    return before.isdisjoint(words_of_language.knowing) and not before.isdisjoint(
        words_of_language.negation
    )


def _clause_before(words: Sequence[Word], match: Match[tuple[str, bool]]) -> Iterator[Word]:
    """The few words before a phrase, from the nearest on; before one that is enough, those of its own clause."""
    for at in range(match.first, max(0, match.first - _DENIED_WITHIN), -1):
        begins = match.value[1] and _begins_clause(words[at], is_first=at == match.first)
        if begins or words[at - 1].sentence != words[at].sentence:
            return
        yield words[at - 1]


def _begins_clause(word: Word, *, is_first: bool) -> bool:
    """A comma right before the phrase may stand in a list, "hurt, kidnapped or killed"; not in Arabic, which lists
    with "and" and begins with the verb.
    """
    is_in_list = is_first and word.key.isascii()
    return not is_in_list and not _CLAUSE_MARKS.isdisjoint(word.gap)
