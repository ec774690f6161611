"""Danger that no phrase names: signs that mean little alone and much together.

"A man used his phone to say that he dies if we go to the police" holds none of the words of kidnapping. It holds one
of ours, a call and what is demanded; each is a sign, and a rule names which signs together speak of which danger. They
must stand in one sentence or two that follow each other. What is found so is "possible".
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set

from intake.needs.findings import Alarm, Certainty, Finding, Kind
from intake.needs.lexicon import Lexicon
from intake.needs.phrases import Match
from intake.needs.wording import Word

# Twice the same sign stands for two different words of it.
_RULES: tuple[tuple[Alarm, tuple[str, ...]], ...] = (
    (Alarm.KIDNAP, ("who", "taking", "arms")),
    (Alarm.KIDNAP, ("who", "taking", "demand")),
    (Alarm.KIDNAP, ("who", "contact", "demand")),
    (Alarm.KIDNAP, ("who", "contact", "lost")),
    (Alarm.DETAINED, ("who", "held", "custody", "time")),
    (Alarm.MEDICAL, ("who", "hurt", "hurt", "lack")),
    (Alarm.MEDICAL, ("who", "hurt", "hurt", "time")),
    (Alarm.MISSING, ("who", "lost", "time")),
    (Alarm.MISSING, ("who", "lost", "lost")),
    (Alarm.EVACUATION, ("who", "exit", "violence")),
    (Alarm.EVACUATION, ("who", "exit", "closed")),
    (Alarm.EVACUATION, ("who", "closed", "violence")),
    (Alarm.THREAT_TO_LIFE, ("who", "violence", "violence", "here")),
    (Alarm.THREAT_TO_LIFE, ("who", "violence", "here", "time")),
)
_COUNTED = [(alarm, frozenset(signs), [*Counter(signs).items()]) for alarm, signs in _RULES]


def alarms_by_signs(
    words: Sequence[Word], words_of_language: Lexicon, calm: Set[int]
) -> Iterator[Finding]:
    """The dangers that signs together speak of, but for sentences that speak of plans and the like."""
    found: dict[int, list[Match[str]]] = {}
    for match in words_of_language.signs.find(words):
        found.setdefault(words[match.first].sentence, []).append(match)
    for sentence in found:
        if calm.isdisjoint((sentence, sentence + 1)):
            yield from _in_window([*found[sentence], *found.get(sentence + 1, ())], words)
        elif sentence not in calm:
            yield from _in_window(found[sentence], words)


def _in_window(matches: list[Match[str]], words: Sequence[Word]) -> Iterator[Finding]:
    by_sign: dict[str, dict[str, Match[str]]] = {}  # and by word
    for match in matches:
        by_sign.setdefault(match.value, {}).setdefault(words[match.first].key, match)
    for alarm, kinds, times in _COUNTED:
        if by_sign.keys() >= kinds and all(len(by_sign[sign]) >= n for sign, n in times):
            told = [match for sign, n in times[1:] for match in [*by_sign[sign].values()][:n]]
            start = min(words[match.first].start for match in told)
            end = max(words[match.last - 1].end for match in told)
            yield Finding(Kind.URGENCY, alarm, start, end, "signs", Certainty.POSSIBLE)
