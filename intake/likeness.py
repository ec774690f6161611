"""Knowing words again: the same, or nearly. What is kept does not give the words away.

Near-duplicates by MinHash (Broder 1997) with one permutation (Li, Owen and Zhang 2012) over stretches of three words:
two numbers to a band, eight bands. Texts that share 80 % of their stretches share five bands on average; those that
share 30 %, less than one.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LEAST_WORDS = 12
_BANDS, _BINS = 8, 16
LIKE_FROM = 3
_MOST_WORDS = 2_000
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Words:
    """What is kept of a text."""

    digest: str
    bands: list[int]

    @classmethod
    def of(cls, text: str) -> "Words":
        """Those of this text."""
        words = _words(text)
        return cls(_digest_of(words), _bands_of(words))

    def are_like(self, other: "Words") -> bool:
        """The same words, or nearly."""
        return self.digest == other.digest or are_alike(self.bands, other.bands)


def digest_of(text: str) -> str:
    """SHA-256 of the words, whatever their case, breaks and marks: the same for the same words."""
    return _digest_of(_words(text))


def bands_of(text: str) -> list[int]:
    """Eight signed 64-bit numbers, of which like texts share some; none for a text that is too short to tell."""
    return _bands_of(_words(text))


def _digest_of(words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def _bands_of(words: Sequence[str]) -> list[int]:
    words = words[:_MOST_WORDS]
    if len(words) < _LEAST_WORDS:
        return []
    stretches = {" ".join(three) for three in zip(words, words[1:], words[2:], strict=False)}
    least = _least_of(_number(stretch) for stretch in stretches)
    # Of bins that are far apart: one that got nothing has the same as its neighbour.
    return [_band(number, least[number::_BANDS]) for number in range(_BANDS)]


def _number(stretch: str) -> int:
    return int.from_bytes(hashlib.blake2b(stretch.encode(), digest_size=8).digest())


def _least_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The least in each of the bins into which numbers fall by their remainder, after how far off it was found: a bin
    that got none has that of the next that got one (Shrivastava and Li 2014).
    """
    least = {number % _BINS: number for number in sorted(numbers, reverse=True)}
    return [
        next((off, least[at]) for off in range(_BINS) if (at := (bin_ + off) % _BINS) in least)
        for bin_ in range(_BINS)
    ]


def are_alike(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two texts are the same but for some words."""
    return len(set(one) & set(other)) >= LIKE_FROM


def _band(number: int, rows: Sequence[tuple[int, int]]) -> int:
    raw = hashlib.blake2b(f"{number}:{rows}".encode(), digest_size=8).digest()
    return int.from_bytes(raw, signed=True)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
