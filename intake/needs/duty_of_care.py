"""Words that say that somebody is in danger now, told apart from those of plans, courses and insurance.

Each language has phrases that are enough by themselves ("was kidnapped") and words that need company ("kidnapping"):
a word of now or of ours ("our driver", "urgent") in the same sentence or one beside it. A sentence that speaks of
plans, training, insurance, risk in general or the past speaks of no emergency, unless a phrase that is enough stands
beside a word of now; "urgent" is none, since plans are urgent too. What is denied is none (`denial.py`).

What no phrase says the ideas of a stretch may: one of ours, no answer, since Monday (`weighing.py`). They may speak
against a phrase too: a text that asks who is behind a firm, and tells that its owner was kidnapped once, calls for no
help. When in doubt it is one: a false alarm costs a minute.
"""

from collections.abc import Iterator, Sequence

from intake.needs import weighing
from intake.needs.denial import is_denied
from intake.needs.findings import Alarm, Certainty, Finding, Kind
from intake.needs.ideas import Stretch, stretches
from intake.needs.language import languages_in
from intake.needs.lexicon import LANGUAGES, Lexicon, lexicon
from intake.needs.wording import Word, words_of

_DANGER = "danger"
_PHRASES = ("said", "maybe")
_CALM = -1.0


def needs_urgent_help(text: str) -> bool:
    """Whether the text reads as if somebody were in danger now. Pure, and quick enough for a page."""
    return next(_alarms_of(text), None) is not None


def alarms_of(text: str) -> list[str]:
    """The dangers that the text speaks of, in its order."""
    return [one.value for one in _alarms_of(text)]


def _alarms_of(text: str) -> Iterator[Finding]:
    words = words_of(text)
    yield from alarms_in(words, stretches(words, languages_in(text, words)))


def alarms_in(words: Sequence[Word], parts: Sequence[Stretch]) -> Iterator[Finding]:
    """What phrases say in any of the house's languages, and what the ideas of a stretch imply."""
    weighed = [(weighing.weight(_DANGER, part), part) for part in parts]
    calm = _told_calmly(words, weighed)
    for language in LANGUAGES:
        known = lexicon(language)
        found = _by_phrases(words, known, _cues(words, known))
        yield from (one for one in found if one.start not in calm)
    for weight, part in weighed:
        if weight > 0:
            kind = max(Alarm, key=lambda one: weighing.weight(one, part)).value
            start, end = weighing.passage(_DANGER, part, words)
            yield Finding(Kind.URGENCY, kind, start, end, "ideas", Certainty.POSSIBLE)


def _told_calmly(words: Sequence[Word], weighed: Sequence[tuple[float, Stretch]]) -> set[int]:
    """Where phrases stand that the rest of their stretch speaks against: a report on an attack is wanted, no help."""
    by_tone: dict[bool, set[int]] = {True: set(), False: set()}
    for weight, part in weighed:
        is_calm = weight < _CALM and weighing.weight_against(_DANGER, part) > weighing.MUCH_AGAINST
        by_tone[is_calm].update(
            [words[match.first].start for idea, _, match in part.told if idea in _PHRASES]
        )
    return by_tone[True] - by_tone[False]


def _by_phrases(
    words: Sequence[Word], words_of_language: Lexicon, cues: dict[str, set[int]]
) -> Iterator[Finding]:
    matches = list(words_of_language.alarms.find(words))
    said = {words[match.first].sentence for match in matches if match.value[1]}
    for match in matches:
        kind, is_sure = match.value
        counts = _counts(words[match.first].sentence, cues, said, is_sure=is_sure)
        if counts and not is_denied(words, match, words_of_language):
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
