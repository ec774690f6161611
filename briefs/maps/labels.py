"""Names on a map, put where they meet neither one another nor a dot nor the edge; what finds no room is left out."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from briefs.maps.frames import WIDTH
from briefs.maps.paths import Line

# Widths in ems of Inter, rounded up; what is not named here is as wide as "n".
_WIDE, _NARROW = set("mwMWQO@%—…"), set("iljftrI.,:;'’()[]|!-– ·1")
# Of each style of name, in pixels as reading.css has them; the smaller when the larger finds no room.
SIZES = {"own": (13, 11), "near": (10,), "small": (10, 9), "place": (12,), "capital": (10,)}
_BOLD = {"own", "small", "place"}
_EDGE = 3
_LONGEST = 30


class Area(NamedTuple):
    """Left, top, right and bottom in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Area") -> bool:
        """Whether they have more than an edge in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Label:
    """A name, a line each, with the point that its first line hangs on and what it covers."""

    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str
    style: str
    size: int
    area: Area

    @property
    def is_less(self) -> bool:
        """Whether it is the smaller of its style."""
        return self.size != SIZES[self.style][0]

    @property
    def line_height(self) -> float:
        """From one line to the next."""
        return self.size + 1


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is in pixels, rather too wide than too narrow."""
    ems = sum(_ems(char) for char in text)
    return ems * size * (1.07 if bold else 1.02)


def _ems(char: str) -> float:
    if char in _NARROW:
        return 0.34
    if char in _WIDE:
        return 0.92
    if char.isupper():
        return 0.72
    return 0.62 if char.isascii() or char.isnumeric() else 0.6


@dataclass
class Board:
    """A map's surface with what lies on it already."""

    height: int
    taken: list[Area] = field(default_factory=list)

    def block(self, area: Area) -> None:
        """Keep names off this area."""
        self.taken.append(area)

    def is_free(self, area: Area) -> bool:
        """Whether a name may stand there."""
        inside = (
            area.left >= _EDGE
            and area.right <= WIDTH - _EDGE
            and area.top >= _EDGE
            and area.bottom <= self.height - _EDGE
        )
        return inside and not any(area.meets(other) for other in self.taken)

    def place(self, candidates: Iterable[Label]) -> Label | None:
        """The first of these that is free, which takes its area; None when none is."""
        found = next((label for label in candidates if self.is_free(label.area)), None)
        if found:
            self.block(found.area)
        return found


def beside(name: str, x: float, y: float, radius: float, style: str) -> Iterator[Label]:
    """Where the name of a dot may stand, best first: right, left, above, below, and the corners."""
    name = name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"
    gap, size = radius + 3, SIZES[style][0]
    high, low = y - radius - 1.5 - size * 0.25, y + radius + 1.5 + size * 0.85
    for dx, base, anchor in (
        *((gap, y + size * 0.35, "start"), (-gap, y + size * 0.35, "end")),
        *((gap - 4, high, "start"), (gap - 4, low, "start")),
        *((4 - gap, high, "end"), (4 - gap, low, "end")),
        *((0, high, "middle"), (0, low, "middle")),
        *((gap, high - size * 0.6, "start"), (gap, low + size * 0.6, "start")),
        *((-gap, high - size * 0.6, "end"), (-gap, low + size * 0.6, "end")),
    ):
        yield label((name,), x + dx, base, anchor, style, size)


def label(lines: tuple[str, ...], x: float, y: float, anchor: str, style: str, size: int) -> Label:
    """A name whose first line's foot is at x and y."""
    width = max(width_of(line, size, bold=style in _BOLD) for line in lines)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    bottom = y + size * 0.25 + (len(lines) - 1) * (size + 1)
    area = Area(left - 1, y - size * 0.85, left + width + 1, bottom)
    return Label(lines, round(x, 1), round(y, 1), anchor, style, size, area)


def inside(name: str, rings: Sequence[Line], style: str, size: int) -> Iterator[Label]:
    """Where the name of a country may stand within its part of the map, roomiest first, on one line or on two."""
    for lines in (_lines(name) if " " in name else [(name,)]) if rings else ():
        yield from _across(lines, rings, style, size)


def around(name: str, rings: Sequence[Line], style: str, size: int) -> Iterator[Label]:
    """Where the name of a country that is too small for it may stand: below, above, right and left of it."""
    points = [point for ring in rings for point in ring]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    x, y = (left + right) / 2, (top + bottom) / 2
    yield label((name,), x, bottom + size + 3, "middle", style, size)
    yield label((name,), x, top - 7, "middle", style, size)
    yield label((name,), right + 6, y + size * 0.35, "start", style, size)
    yield label((name,), left - 6, y + size * 0.35, "end", style, size)


def _size(line: Line) -> float:
    xs, ys = [x for x, _ in line], [y for _, y in line]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def _lines(name: str) -> list[tuple[str, ...]]:
    """The name as it is, and broken at the space nearest to its middle."""
    spaces = [i for i, char in enumerate(name) if char == " "]
    middle = min(spaces, key=lambda i: abs(i - len(name) / 2))
    return [(name,), (name[:middle], name[middle + 1 :])]


def _across(
    lines: tuple[str, ...], rings: Sequence[Line], style: str, size: int
) -> Iterator[Label]:
    """Try rows from top to bottom: the name fits where the land is as wide as it is at its head, middle and foot."""
    width = max(width_of(line, size, bold=style in _BOLD) for line in lines) + 4
    tall = (size + 1) * len(lines)
    largest = max(rings, key=_size)
    top, bottom = max(min(y for _, y in largest), 0), max(y for _, y in largest)
    heights = [top + 1 + step * tall / 2 for step in range(int((bottom - top) / tall * 2))]
    rows = [land_in_row(rings, y) for y in heights]
    found = []
    for y, *three in zip(heights[1:], rows, rows[1:], rows[2:], strict=False):
        for left, right in _common(three):
            if right - left >= width:
                room = min(right - left - width, 60)
                found.append((abs(y - (top + bottom) / 2) - room / 2, (left + right) / 2, y))
    for _, x, y in sorted(found):
        yield label(lines, x, y - tall / 2 + size * 0.95, "middle", style, size)


def land_in_row(rings: Iterable[Line], y: float) -> list[tuple[float, float]]:
    """From where to where a row of pixels is inside the rings and outside their holes, as far as it is on the map."""
    crossings = []
    for ring in rings:
        before = ring[-1]
        for point in ring:
            if (before[1] > y) != (point[1] > y):
                share = (y - before[1]) / (point[1] - before[1])
                crossings.append(before[0] + share * (point[0] - before[0]))
            before = point
    crossings.sort()
    pairs = zip(crossings[0::2], crossings[1::2], strict=False)
    return [(max(a, 0), min(b, WIDTH)) for a, b in pairs]


def _common(rows: Sequence[Sequence[tuple[float, float]]]) -> Iterator[tuple[float, float]]:
    """The stretches that all rows have."""
    first, *others = rows
    for left, right in first:
        for other in others:
            at = bisect([a for a, _ in other], (left + right) / 2) - 1
            if at < 0:
                left, right = 0, 0
                break
            left, right = max(left, other[at][0]), min(right, other[at][1])
        if right > left:
            yield left, right
