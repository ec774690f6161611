"""Lists of phrases that are found together: one walk over the words of a text for all of them, once.

A text is looked through for a dozen lists in four languages. Most of its words begin nothing in any of them, and what
is beside them is the same for all.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar

from intake.needs.phrases import Match, Phrases, longest
from intake.needs.wording import Word, Words

Value = TypeVar("Value")


class Together:
    """What several lists have in common. All must be filled before a text is looked through."""

    def __init__(self) -> None:
        self._phrases: Phrases[tuple[int, Any]] = Phrases()
        self._lists = 0

    def new_list(self) -> "Listed[Any]":
        """One more list, empty yet."""
        self._lists += 1
        return Listed(self, self._lists - 1)

    def add(self, number: int, phrase: str, value: Any) -> None:
        """Know one more phrase of a list."""
        self._phrases.add(phrase, (number, value))

    def found(self, words: Words) -> Sequence[Sequence[Match[Any]]]:
        """What the words hold of each list. Kept with the words."""
        if self not in words.found:
            words.found[self] = self._find(words)
        return words.found[self]

    def _find(self, words: Words) -> list[list[Match[Any]]]:
        found: list[list[Match[Any]]] = [[] for _ in range(self._lists)]
        for first, last, (number, value) in self._phrases.spans(words):
            found[number].append(Match(first, last, value))
        return found


class Listed(Generic[Value]):
    """One of the lists; it is asked as `Phrases` are."""

    def __init__(self, together: Together, number: int) -> None:
        self._together = together
        self._number = number

    def add(self, phrase: str, value: Value) -> None:
        """Know one more phrase; nothing to compare, nothing added. Raises ValueError when it begins with a gap."""
        self._together.add(self._number, phrase, value)

    def find(self, words: Sequence[Word]) -> Sequence[Match[Value]]:
        """Every phrase at every word, the longest of a word first."""
        text = words if isinstance(words, Words) else Words(words)
        return self._together.found(text)[self._number]

    def longest(self, words: Sequence[Word]) -> Iterator[Match[Value]]:
        """The longest phrase at each word that is not part of the one before."""
        return longest(self.find(words))
