"""Outlines as SVG paths: brought to the map's scale, cut at its edge, written short."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from briefs.maps.build import level_of
from briefs.maps.frames import Frame
from briefs.maps.outlines import Arc, Box, Point, Ring, outlines, simplified

# Paths are written in quarters of a pixel, whole numbers; the template draws them at a quarter of their size.
PARTS = 4
_BEYOND = 6  # pixels outside the map that are still drawn, so that the cut is never seen

Line = list[Point]


@dataclass(frozen=True)
class Pencil:
    """Draws outlines on a frame, without what is smaller than so many square pixels."""

    frame: Frame
    detail: float

    @property
    def level(self) -> int:
        """The level that points must have to be drawn."""
        return level_of(self.detail * (100 / self.frame.px_per_lat) ** 2)

    def rings(self, rings: Iterable[Ring]) -> list[Line]:
        """Areas on the map, in pixels; none for what is not on it."""
        lines = (self._ring(ring) for ring in rings)
        return [cut for line in lines if self._is_visible(line) and len(cut := self._cut(line)) > 2]

    def lines(self, numbers: Iterable[int]) -> list[Line]:
        """The stretches of arcs that are on the map, in pixels."""
        return [
            line
            for number in numbers
            if not self._is_aside(outlines().arcs[number])
            for line in self._seen(self._project(simplified(self.level)[number]))
        ]

    def _ring(self, ring: Ring) -> Line:
        points: list[Point] = []
        for number in ring:
            arc = outlines().arcs[number if number >= 0 else ~number]
            # What lies wholly on one side of the map is cut off anyway: its ends will do.
            if self._is_aside(arc):
                line = [arc.points[0], arc.points[-1]]
            else:
                line = simplified(self.level)[number if number >= 0 else ~number]
            points += line if number >= 0 else line[::-1]
        return self._project(points)

    def _is_visible(self, line: Line) -> bool:
        """Whether it is more than a speck."""
        xs, ys = [x for x, _ in line], [y for _, y in line]
        return max(max(xs) - min(xs), max(ys) - min(ys)) ** 2 >= self.detail

    def _project(self, points: Line) -> Line:
        west, north = self.frame.west, self.frame.north
        px_lon, px_lat = self.frame.px_per_lon, self.frame.px_per_lat
        return [((lon - west) * px_lon, (north - lat) * px_lat) for lon, lat in points]

    def _is_aside(self, arc: Arc) -> bool:
        return not _meet(arc.box, self.frame.box)

    def _seen(self, line: Line) -> Iterator[Line]:
        """The parts of a line that come near the map."""
        right, bottom = self.frame.width + _BEYOND, self.frame.height + _BEYOND
        for is_seen, group in groupby(pairwise(line), lambda ends: _crosses(ends, right, bottom)):
            if is_seen:
                steps = list(group)
                yield [steps[0][0], *(end for _, end in steps)]

    def _cut(self, line: Line) -> Line:
        """An area without what lies beyond the map (Sutherland and Hodgman's way)."""
        sides = (
            (0, 1, -_BEYOND),
            (0, -1, self.frame.width + _BEYOND),
            (1, 1, -_BEYOND),
            (1, -1, self.frame.height + _BEYOND),
        )
        for axis, sign, limit in sides:
            inside = [sign * (point[axis] - limit) >= 0 for point in line]
            if not all(inside):
                line = list(_cut_side(line, inside, axis, limit)) if any(inside) else []
        return line


def _cut_side(line: Line, inside: list[bool], axis: int, limit: float) -> Iterator[Point]:
    for i, point in enumerate(line):
        if inside[i] != inside[i - 1]:
            before = line[i - 1]
            share = (limit - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
            yield (limit, other) if axis == 0 else (other, limit)
        if inside[i]:
            yield point


def _crosses(ends: tuple[Point, Point], right: float, bottom: float) -> bool:
    (ax, ay), (bx, by) = ends
    return (
        max(ax, bx) > -_BEYOND
        and min(ax, bx) < right
        and max(ay, by) > -_BEYOND
        and min(ay, by) < bottom
    )


def _meet(a: Box, b: Box) -> bool:
    return a.west <= b.east and a.east >= b.west and a.south <= b.north and a.north >= b.south


def path(lines: Iterable[Line], *, closed: bool) -> str:
    """The `d` of a path, with steps from point to point."""
    return "".join(filter(None, (_subpath(line, closed) for line in lines)))


def _subpath(line: Line, closed: bool) -> str:
    grid = [(round(x * PARTS), round(y * PARTS)) for x, y in line]
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(grid)]
    moved = [number for step in steps if step != (0, 0) for number in step]
    if not moved:
        return ""
    x, y = grid[0]
    return f"M{x} {y}l{_joined(moved)}{'z' if closed else ''}"


def _joined(numbers: list[int]) -> str:
    """A minus needs no space before it."""
    return " ".join(map(str, numbers)).replace(" -", "-")
