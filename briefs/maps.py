"""The small map of a brief: real positions on a grid of degrees, with a ruler and no borders.

Equirectangular, narrowed by the cosine of the middle latitude: true enough over a few hundred
kilometres, where a reader wants to know what is near what.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from briefs.capitals import CAPITALS
from briefs.page_lines import PlacePoint

WIDTH, HEIGHT = 320, 240
_MARGIN = 44
_KM_PER_DEGREE = 111.32
_SMALLEST_SPAN = 3.0  # degrees of latitude; closer in, nothing around would help to find it
_LABEL_HEIGHT = 14
_LETTER_WIDTH = 6.2
_STEPS = (0.5, 1, 2, 5, 10, 20)
_RULERS = (20, 50, 100, 200, 300, 500, 1000, 2000)


@dataclass(frozen=True)
class Dot:
    """A place on the map, in pixels, with its label beside it."""

    name: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str
    is_capital: bool


@dataclass(frozen=True)
class Line:
    """A meridian or parallel at `at` pixels, with its name such as 15° N."""

    at: float
    label: str


@dataclass(frozen=True)
class BriefMap:
    """What the template draws."""

    dots: list[Dot]
    meridians: list[Line]
    parallels: list[Line]
    ruler_km: int
    ruler_px: float
    ruler_start: float


@dataclass(frozen=True)
class _Frame:
    """How degrees become pixels."""

    west: float
    north: float
    px_per_lat: float
    px_per_lon: float

    def x(self, longitude: float) -> float:
        return round((longitude - self.west) * self.px_per_lon, 1)

    def y(self, latitude: float) -> float:
        return round((self.north - latitude) * self.px_per_lat, 1)

    def shows(self, latitude: float, longitude: float) -> bool:
        return 8 < self.x(longitude) < WIDTH - 8 and 12 < self.y(latitude) < HEIGHT - 22


def map_of(places: Iterable[PlacePoint], country: str) -> BriefMap | None:
    """A map that holds these places and the capital of that country; None without places."""
    points = list(places)
    if not points:
        return None
    _, latitude, longitude = CAPITALS.get(country, ("", points[0].latitude, points[0].longitude))
    frame = _frame([(p.latitude, p.longitude) for p in points] + [(latitude, longitude)])
    ruler_km = max(
        (km for km in _RULERS if km / _KM_PER_DEGREE * frame.px_per_lat <= WIDTH / 4),
        default=_RULERS[0],
    )
    ruler_px = round(ruler_km / _KM_PER_DEGREE * frame.px_per_lat, 1)
    step = _step(HEIGHT / frame.px_per_lat)
    return BriefMap(
        dots=_dots(points, frame),
        meridians=[
            Line(frame.x(v), _degrees(v, "E", "W"))
            for v in _ticks(frame.west, WIDTH / frame.px_per_lon, step)
        ],
        parallels=[
            Line(frame.y(v), _degrees(v, "N", "S"))
            for v in _ticks(
                frame.north - HEIGHT / frame.px_per_lat, HEIGHT / frame.px_per_lat, step
            )
        ],
        ruler_km=ruler_km,
        ruler_px=ruler_px,
        ruler_start=WIDTH - 12 - ruler_px,
    )


def _frame(points: list[tuple[float, float]]) -> _Frame:
    """The closest frame around the points that keeps a margin and the smallest span."""
    latitudes = [latitude for latitude, _ in points]
    longitudes = [longitude for _, longitude in points]
    middle_lat = (min(latitudes) + max(latitudes)) / 2
    middle_lon = (min(longitudes) + max(longitudes)) / 2
    narrowing = math.cos(math.radians(middle_lat))
    height = max(max(latitudes) - min(latitudes), _SMALLEST_SPAN)
    width = max((max(longitudes) - min(longitudes)) * narrowing, _SMALLEST_SPAN)
    px_per_lat = min((HEIGHT - 2 * _MARGIN) / height, (WIDTH - 3 * _MARGIN) / width)
    px_per_lon = px_per_lat * narrowing
    return _Frame(
        west=middle_lon - WIDTH / 2 / px_per_lon,
        north=middle_lat + HEIGHT / 2 / px_per_lat,
        px_per_lat=px_per_lat,
        px_per_lon=px_per_lon,
    )


def _dots(points: list[PlacePoint], frame: _Frame) -> list[Dot]:
    """The places, then the capitals in view that are none of them; labels kept apart."""
    spots = [(p.name, p.latitude, p.longitude, False) for p in points]
    known = {p.name for p in points}
    spots += [
        (name, latitude, longitude, True)
        for name, latitude, longitude in CAPITALS.values()
        if name not in known and frame.shows(latitude, longitude)
    ]
    placed: list[Dot] = []
    for name, latitude, longitude, is_capital in spots:
        dot = _dot(name, frame.x(longitude), frame.y(latitude), is_capital, placed)
        if dot:
            placed.append(dot)
    return placed


def _dot(name: str, x: float, y: float, is_capital: bool, placed: list[Dot]) -> Dot | None:
    """The dot with its label where it meets no other; a capital that finds no room is left out."""
    sides = [("start", 9), ("end", -9)] if x < WIDTH * 0.55 else [("end", -9), ("start", 9)]
    lifts = (4, -9, 17, -22, 30)
    for lift in lifts:
        for anchor, shift in sides:
            dot = Dot(name, x, y, round(x + shift, 1), round(y + lift, 1), anchor, is_capital)
            if _fits(dot, placed):
                return dot
    anchor, shift = sides[0]
    return None if is_capital else Dot(name, x, y, x + shift, y + 4, anchor, False)


def _fits(dot: Dot, placed: list[Dot]) -> bool:
    left, top, right, bottom = _box(dot)
    inside = left >= 2 and right <= WIDTH - 2 and top >= 2 and bottom <= HEIGHT - 20
    return inside and not any(_meets((left, top, right, bottom), other) for other in placed)


def _meets(box: tuple[float, float, float, float], other: Dot) -> bool:
    left, top, right, bottom = box
    o_left, o_top, o_right, o_bottom = _box(other)
    over_label = left < o_right and o_left < right and top < o_bottom and o_top < bottom
    over_dot = left - 6 < other.x < right + 6 and top - 5 < other.y < bottom + 5
    return over_label or over_dot


def _box(dot: Dot) -> tuple[float, float, float, float]:
    """The label's left, top, right and bottom."""
    width = len(dot.name) * _LETTER_WIDTH
    left = dot.label_x if dot.anchor == "start" else dot.label_x - width
    return left, dot.label_y - _LABEL_HEIGHT + 3, left + width, dot.label_y + 3


def _step(span: float) -> float:
    return next((step for step in _STEPS if span / step <= 4), _STEPS[-1])


def _ticks(start: float, span: float, step: float) -> list[float]:
    first = math.ceil(start / step)
    return [n * step for n in range(first, math.floor((start + span) / step) + 1)]


def _degrees(value: float, positive: str, negative: str) -> str:
    side = f" {positive if value > 0 else negative}" if value else ""
    return f"{abs(value):g}°{side}"
