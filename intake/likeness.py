"""Knowing words again: the same, or nearly. What is kept does not give the words away.

Near-duplicates by MinHash (Broder 1997) over stretches of three words: two numbers to a band, eight bands. Texts that
share 80 % of their stretches share five bands on average; those that share 30 %, less than one.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_LEAST_WORDS = 12
_BANDS, _ROWS = 8, 2
LIKE_FROM = 3
_MOST_WORDS = 2_000
_PRIME = (1 << 61) - 1
_DIGEST, _SLOT = 7, 16  # bytes
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
        hashlib.blake2b(" ".join(three).encode(), digest_size=_DIGEST).digest()
        for three in zip(words, words[1:], words[2:], strict=False)
    }
    least = _least_of(stretches)
    return [_band(number, least[number * _ROWS : (number + 1) * _ROWS]) for number in range(_BANDS)]


def _least_of(stretches: Collection[bytes]) -> list[int]:
    """The least (a * stretch + b) % _PRIME for each of `_HASHES`.

    Python takes longer to fetch a number than to reckon with it. So all stretches stand side by side in one number,
    128 bits for each, and are multiplied by one multiplication. The remainder: 2 ** 61 leaves 1, so what is above
    61 bits is added to what is below; what is no less than the prime then wraps round when 1 is added.
    """
    count = len(stretches)
    ones = int.from_bytes((bytes(_SLOT - 1) + b"\1") * count)
    below = ones * _PRIME
    side_by_side = int.from_bytes(bytes(_SLOT - _DIGEST).join(stretches))
    rests = []
    for a, b in _HASHES:
        whole = side_by_side * a + ones * b
        folded = (whole & below) + ((whole >> 61) & below)
        rests.append((folded + (((folded + ones) >> 61) & ones)) & below)
    least = []
    numbers = struct.Struct(f"<{2 * count}Q")
    for one, other in zip(rests[::2], rests[1::2], strict=True):  # two rests fill a slot
        both = numbers.unpack((one | other << 64).to_bytes(_SLOT * count, "little"))
        least += [min(both[::2]), min(both[1::2])]
    return least


def are_alike(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two texts are the same but for some words."""
    return len(set(one) & set(other)) >= LIKE_FROM


def _band(number: int, rows: Sequence[int]) -> int:
    raw = hashlib.blake2b(f"{number}:{rows}".encode(), digest_size=8).digest()
    return int.from_bytes(raw, signed=True)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
