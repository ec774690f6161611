"""What changed between two texts of a brief: word for word in prose, row for row in the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from briefs import rendering
from briefs.snapshots import Snapshot

_PROSE = ("title", "summary")
_PLAIN = ("language", "kind", "tlp", "is_sample", "countries", "topics", "data_cutoff")
_ROWS = {
    "judgements": ("text", "likelihood", "confidence", "horizon_on", "change_reason"),
    "incidents": ("occurred_on", "title", "event_type", "sub_type", "fatalities"),
    "actors": ("name",),
    "places": ("name", "country"),
    "citations": ("position", "reliability", "credibility", "name", "title"),
}
# Beyond this many words a comparison would cost seconds; whole paragraphs are compared then.
_WORDS = 8_000
# Of a run that both texts have, so many words around a change are shown; shorter runs are shown whole.
_AROUND, _LONG = 30, 60


@dataclass(frozen=True)
class Piece:
    """A run of words that both texts have (`same`), or one only (`deleted`, `inserted`).

    One that is `folded` stands for so many words that both have, far from any change.
    """

    change: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """A field that differs, with what it said before and says now."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class TextChanges:
    """All that differs: prose by words, everything else by field."""

    prose: list[tuple[str, list[Piece]]]
    fields: list[FieldChange]
    language: str = "en"

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not self.prose and not self.fields


def compare(before: Snapshot, after: Snapshot) -> TextChanges:
    """What differs between two snapshots; an empty one stands for no text at all."""
    texts = [(name, before.get(name, ""), after.get(name, "")) for name in _PROSE]
    texts.append(("body", _plain(before), _plain(after)))
    prose = [(name, fold(compare_words(old, new))) for name, old, new in texts if old != new]
    fields = [*_plain_changes(before, after), *_row_changes(before, after)]
    return TextChanges(prose, fields, after.get("language", "en"))


def compare_words(before: str, after: str) -> list[Piece]:
    """The pieces that lead from one text to the other; joined without the inserted ones they are the first."""
    unit = r"\s*\S+" if max(before.count(" "), after.count(" ")) < _WORDS else r"[^\n]*\n?"
    old, new = _units(unit, before), _units(unit, after)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(new[c:d])))
            continue
        if b > a:
            pieces.append(Piece("deleted", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("inserted", "".join(new[c:d])))
    return pieces


def fold(pieces: list[Piece]) -> list[Piece]:
    """The same pieces, the middle of a long run that both texts have folded away."""
    folded: list[Piece] = []
    for number, piece in enumerate(pieces):
        units = _units(r"\s*\S+", piece.text) if piece.change == "same" else []
        head = _AROUND if number else 0
        tail = _AROUND if number < len(pieces) - 1 else 0
        hidden = len(units) - head - tail
        if hidden < _LONG:
            folded.append(piece)
            continue
        folded.append(Piece("same", "".join(units[:head])))
        folded.append(Piece("folded", str(hidden)))
        folded.append(Piece("same", "".join(units[len(units) - tail :])))
    return folded


def _units(pattern: str, text: str) -> list[str]:
    return [unit for unit in re.findall(pattern, text) if unit]


def _plain(snapshot: Snapshot) -> str:
    return rendering.plain_text(snapshot.get("body", ""))


def _plain_changes(before: Snapshot, after: Snapshot) -> Iterator[FieldChange]:
    for name in _PLAIN:
        old, new = before.get(name), after.get(name)
        if old != new:
            yield FieldChange(name, _said(old), _said(new))


def _row_changes(before: Snapshot, after: Snapshot) -> Iterator[FieldChange]:
    for name, fields in _ROWS.items():
        old = {_row_key(row): _row_text(row, fields) for row in before.get(name, [])}
        new = {_row_key(row): _row_text(row, fields) for row in after.get(name, [])}
        for key in old.keys() | new.keys():
            was, now = old.get(key, ""), new.get(key, "")
            if was != now:
                yield FieldChange(name, was, now)


def _row_key(row: dict[str, Any]) -> Any:
    return row.get("key") or row.get("id") or row.get("position")


def _row_text(row: dict[str, Any], fields: tuple[str, ...]) -> str:
    return " · ".join(_said(row.get(name)) for name in fields if row.get(name) not in ("", None))


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)
