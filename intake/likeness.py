"""Knowing words again: the same, or nearly. What is kept does not give the words away.

Near-duplicates by MinHash (Broder 1997) over stretches of three words: two numbers to a band, eight bands. Texts that
share 80 % of their stretches share five bands on average; those that share 30 %, less than one.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_STRETCH = 3
_LEAST_WORDS = 12
_BANDS, _ROWS = 8, 2
LIKE_FROM = 3
_MOST_WORDS = 2_000
_PRIME = (1 << 61) - 1
_WORD = re.compile(r"[^\W_]+")
# Fixed for good: other numbers would know nothing again that was seen before. Drawn from SHA-256 of their place.
_HASHES = [
    tuple(int.from_bytes(hashlib.sha256(f"{n}{part}".encode()).digest()[:7]) | 1 for part in "ab")
    for n in range(_BANDS * _ROWS)
]


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
    stretches = {
        int.from_bytes(hashlib.blake2b(" ".join(words[i : i + _STRETCH]).encode(), digest_size=7).digest())
        for i in range(len(words) - _STRETCH + 1)
    }  # fmt: skip
    least = [min([(a * one + b) % _PRIME for one in stretches]) for a, b in _HASHES]
    return [_band(number, least[number * _ROWS : (number + 1) * _ROWS]) for number in range(_BANDS)]


def are_alike(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two texts are the same but for some words."""
    return len(set(one) & set(other)) >= LIKE_FROM


def _band(number: int, rows: Sequence[int]) -> int:
    raw = hashlib.blake2b(f"{number}:{rows}".encode(), digest_size=8).digest()
    return int.from_bytes(raw, signed=True)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
