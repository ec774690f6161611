"""What a text denies: "nobody was kidnapped". What is not known ("we do not know who kidnapped him"), or told after a
comma ("they did not help, he was taken hostage"), is not denied.
"""

from collections.abc import Iterator, Sequence

from intake.needs.lexicon import Lexicon
from intake.needs.phrases import Match
from intake.needs.wording import Word

_DENIED_WITHIN = 4
_CLAUSE_MARKS = frozenset(",،:–—(")


def is_denied(
    words: Sequence[Word], match: Match[tuple[str, bool]], words_of_language: Lexicon
) -> bool:
    """Whether a word before the phrase says no to it."""
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
