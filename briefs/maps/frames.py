"""Which part of the world a map shows, and how degrees become pixels.

Equirectangular, narrowed by the cosine of the middle latitude: true enough over a few hundred kilometres, where a
reader wants to know what is near what.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from briefs.maps.outlines import Box, Point, box_of

WIDTH = 360
KM_PER_DEGREE = 111.32
_LOWEST, _HIGHEST = 250, 400
_ROOM = 30  # pixels around what must be seen, for the labels of what lies at the edge
_APART = 26  # two places nearer than this cannot both be named well
_SAME = 0.08  # degrees; so near that no map of ours could part them
_SPANS = (
    14,
    9,
    6,
    3.5,
)  # degrees of latitude, when a whole country is too small a map for its places
_SMALLEST = 2.6
_AFRICA = Box(-18.0, -35.2, 51.8, 37.6)  # the mainland and Madagascar


@dataclass(frozen=True)
class Frame:
    """A map's corner, scale and height. Pixels run right and down."""

    west: float
    north: float
    px_per_lat: float
    px_per_lon: float
    height: int
    width: int = WIDTH

    def at(self, longitude: float, latitude: float) -> Point:
        """Where a position is on the map."""
        return (longitude - self.west) * self.px_per_lon, (self.north - latitude) * self.px_per_lat

    def shows(self, longitude: float, latitude: float, margin: float = 8) -> bool:
        """Whether a position is on the map, that far from its edge at least."""
        x, y = self.at(longitude, latitude)
        return margin < x < self.width - margin and margin < y < self.height - margin

    @cached_property
    def box(self) -> Box:
        """The part of the world that is shown."""
        south = self.north - self.height / self.px_per_lat
        return Box(self.west, south, self.west + self.width / self.px_per_lon, self.north)


def frame_of(codes: Sequence[str], spots: Sequence[Point]) -> Frame:
    """The widest frame that holds all spots and lets them be told apart: whole countries if that will do, else closer.

    `spots` are longitudes and latitudes. Needs a code or a spot.
    """
    frames = list(_candidates(codes, spots))
    pairs = [
        (a, b)
        for a, b in combinations(dict.fromkeys(spots), 2)
        if math.dist(a, b) > _SAME  # the others stay together on any map
    ]
    if spots and not pairs and len(set(spots)) > 1:
        return frames[-2]
    return next((frame for frame in frames if _parts(frame, pairs)), frames[-1])


def africa() -> Frame:
    """The whole continent."""
    return _around([_AFRICA], [], _SMALLEST)


def _candidates(codes: Sequence[str], spots: Sequence[Point]) -> Iterator[Frame]:
    """From the widest to the closest."""
    if codes:
        yield _around([box_of(code) for code in codes], spots, _SMALLEST)
        yield _around([box_of(codes[0])], spots, _SMALLEST)
    for span in _SPANS if spots else ():
        yield _around([], spots, span)


def _parts(frame: Frame, pairs: Sequence[tuple[Point, Point]]) -> bool:
    return all(math.dist(frame.at(*a), frame.at(*b)) >= _APART for a, b in pairs)


def _around(boxes: Sequence[Box], spots: Sequence[Point], smallest: float) -> Frame:
    lons = [lon for box in boxes for lon in (box.west, box.east)] + [lon for lon, _ in spots]
    lats = [lat for box in boxes for lat in (box.south, box.north)] + [lat for _, lat in spots]
    middle_lon, middle_lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    narrowing = math.cos(math.radians(middle_lat))
    tall = max(max(lats) - min(lats), smallest)
    wide = max((max(lons) - min(lons)) * narrowing, smallest)
    height = round(min(_HIGHEST, max(_LOWEST, (WIDTH - 2 * _ROOM) * tall / wide + 2 * _ROOM)))
    scale = min((WIDTH - 2 * _ROOM) / wide, (height - 2 * _ROOM) / tall)
    return Frame(
        west=middle_lon - WIDTH / 2 / scale / narrowing,
        north=middle_lat + height / 2 / scale,
        px_per_lat=scale,
        px_per_lon=scale * narrowing,
        height=height,
    )
