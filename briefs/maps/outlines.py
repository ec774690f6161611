"""The outlines of Africa's countries as maps draw them; read once by each process, when it first draws a map."""

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from briefs.maps.build import DIGITS

_FILE = Path(__file__).parent / "outlines.json"
# An island counts for a country's frame when it is so large beside the largest piece.
_MATTERS = 0.02

Point = tuple[float, float]
Ring = list[int]  # numbers of arcs, end to end; ~n is arc n backwards


class Box(NamedTuple):
    """West, south, east and north in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def area(self) -> float:
        """In square degrees."""
        return (self.east - self.west) * (self.north - self.south)


@dataclass(frozen=True)
class Arc:
    """A line of longitudes and latitudes, with the level at which each point goes."""

    points: list[Point]
    levels: list[int]
    box: Box


@dataclass(frozen=True)
class Outlines:
    """Everything that can be drawn, by numbers of arcs."""

    arcs: list[Arc]
    countries: dict[str, list[Ring]]
    land: list[Ring]
    borders: list[int]
    disputed: dict[str, list[int]]


@cache
def outlines() -> Outlines:
    """The outlines out of the file."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    disputed: dict[str, list[int]] = data["disputed"]
    coasts = {_at(n) for ring in data["land"] for n in ring}
    doubtful = {n for numbers in disputed.values() for n in numbers}
    inner = {_at(n) for rings in data["countries"].values() for ring in rings for n in ring}
    return Outlines(
        arcs=[_arc(*row) for row in data["arcs"]],
        countries=data["countries"],
        land=data["land"],
        borders=sorted(inner - coasts - doubtful),
        disputed=disputed,
    )


@lru_cache(maxsize=16)
def simplified(level: int) -> list[list[Point]]:
    """Every arc without the points that a map of this coarseness does not need; ends stay, so that borders meet."""
    return [
        [point for point, own in zip(arc.points, arc.levels, strict=True) if own >= level]
        for arc in outlines().arcs
    ]


@cache
def box_of(code: str) -> Box:
    """What a country's map must hold: the country without the specks far from its coast. Raises KeyError."""
    pieces = [_around([outlines().arcs[_at(n)].box for n in r]) for r in outlines().countries[code]]
    largest = max(piece.area for piece in pieces)
    return _around([piece for piece in pieces if piece.area >= _MATTERS * largest])


def _around(boxes: list[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return Box(min(west), min(south), max(east), max(north))


def _arc(steps: list[int], digits: str) -> Arc:
    lons = [x / 100 for x in accumulate(steps[0::2])]
    lats = [y / 100 for y in accumulate(steps[1::2])]
    levels = [DIGITS.index(digit) for digit in digits]
    box = Box(min(lons), min(lats), max(lons), max(lats))
    return Arc(list(zip(lons, lats, strict=True)), levels, box)


def _at(number: int) -> int:
    return number if number >= 0 else ~number
