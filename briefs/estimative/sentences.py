"""A text cut into sentences with its quotations covered: what the rules look through. Linear in its length."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# One character for one, so that places in the plain text are places in the text as written.
_ALIKE = str.maketrans(dict.fromkeys("’ʼ‘", "'") | dict.fromkeys("\u00a0\u202f\u2009\t", " "))
_QUOTES = (("“", "”"), ("«", "»"), ('"', '"'))
_COVER = "·"
_ENDS = ".!?…"
_END = re.compile(r"[.!?…]+['\"”»)\]]{0,4}(?= )")
_WORD_BEFORE = re.compile(r"[^ (\[«“]{1,14}$")
# What ends in a full stop and goes on; "etc." and "p.m." may end a sentence and are not here.
_SHORT = frozenset(
    (
        *(
            "mr",
            "mrs",
            "ms",
            "dr",
            "prof",
            "st",
            "gen",
            "col",
            "lt",
            "capt",
            "maj",
            "sgt",
            "cpl",
            "adm",
            "brig",
            "hon",
            "rev",
        ),
        *(
            "no",
            "nos",
            "vs",
            "approx",
            "ca",
            "cf",
            "fig",
            "art",
            "par",
            "al",
            "eg",
            "ie",
            "p",
            "pp",
        ),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
        *(
            "m",
            "mm",
            "mme",
            "mmes",
            "mlle",
            "me",
            "mgr",
            "pr",
            "cmdt",
            "cdt",
            "lcl",
            "env",
            "av",
            "bd",
            "ch",
        ),
        *("janv", "févr", "avr", "juil"),
    )
)
_DOTTED = re.compile(r"(?:\w\.)+\w?$")
_NOT_SPLIT_AFTER = re.compile(r"^\d{1,3}$")
_OPENERS = "“«\"'([—–-"


@dataclass(frozen=True)
class Sentence:
    """Where a sentence stands in its text; a heading is a line that no sign ends."""

    start: int
    end: int
    line: int
    is_heading: bool


class Reading:
    """One text, its sentences, and its plain form: small letters, straight apostrophes, quotations covered."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = _cover_quotations(_lower(text.translate(_ALIKE)))
        self.sentences = list(_sentences(self.text, self.plain))

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_at(self, place: int) -> int:
        """The number, from 0, of the sentence that holds this place."""
        return max(0, bisect_right(self._starts, place) - 1)

    def found(self, pattern: re.Pattern[str]) -> dict[int, list[re.Match[str]]]:
        """The pattern's matches by the number of their sentence, in one walk over the text."""
        hits: dict[int, list[re.Match[str]]] = {}
        for match in pattern.finditer(self.plain):
            hits.setdefault(self.sentence_at(match.start()), []).append(match)
        return hits


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)


def _cover_quotations(text: str) -> str:
    """What others said is theirs: covered, but for the sign that ends a sentence."""
    for opening, closing in _QUOTES:
        if opening in text:
            text = "\n".join(_cover(line, opening, closing) for line in text.split("\n"))
    return text


def _cover(line: str, opening: str, closing: str) -> str:
    pieces, place = [], 0
    while (start := line.find(opening, place)) >= 0:
        end = line.find(closing, start + 1)
        if (
            end < 0
        ):  # and no later opening finds one: looking on would cost the square of the length
            break
        inside = line[start + 1 : end].rstrip()
        kept = inside[-1] if inside and inside[-1] in _ENDS else ""
        pieces += [line[place : start + 1], _COVER * (end - start - 1 - len(kept)), kept, closing]
        place = end + 1
    return "".join([*pieces, line[place:]])


def _sentences(text: str, plain: str) -> Iterator[Sentence]:
    place = 0
    for number, line in enumerate(plain.split("\n")):
        is_heading = not line.rstrip(" '\"”»)]*").endswith((*_ENDS, ":", ";"))
        for start, end in _cut(text, line, place):
            yield Sentence(start, end, number, is_heading)
        place += len(line) + 1


def _cut(text: str, line: str, offset: int) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(line):
        if not _ends_here(text, line, offset, match):
            continue
        yield offset + start, offset + match.end()
        start = match.end() + 1
    if line[start:].strip():
        yield offset + start, offset + len(line)


def _ends_here(text: str, line: str, offset: int, match: re.Match[str]) -> bool:
    """Whether a sentence ends at this sign: not after "Gen." or "J.", nor before a small letter."""
    following = text[offset + match.end() : offset + match.end() + 3].lstrip()[:1]
    if not (following.isupper() or following.isdigit() or following in _OPENERS):
        return following != "" and not following.islower() and not following.isspace()
    if match[0][0] != ".":
        return True
    before = _WORD_BEFORE.search(line, max(0, match.start() - 14), match.start())
    word = before[0] if before else ""
    if word in _SHORT or (len(word) == 1 and word.isalpha()):
        return False
    if _DOTTED.match(word):
        return word in ("a.m", "p.m")
    return not (_NOT_SPLIT_AFTER.match(word) and match.start() - len(word) == 0)
