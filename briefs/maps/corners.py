"""What stands in the corners of a map: where in Africa it is, and its ruler."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from briefs.maps.frames import KM_PER_DEGREE, WIDTH, Frame
from briefs.maps.labels import Area, Board, land_in_row, width_of
from briefs.maps.outlines import outlines
from briefs.maps.paths import Line, Pencil, path

_MARGIN = 5
_RULERS = (10, 20, 50, 100, 200, 300, 500, 1000, 2000)
_WORLD = Frame(
    west=-20.0, north=39.0, px_per_lat=0.83, px_per_lon=0.83, height=63, width=60
)  # Africa
_WIDEST = 7  # pixels for a degree; a map of less shows Africa itself
_LEAST = 5


@dataclass(frozen=True)
class Locator:
    """Africa in small at x and y, with a frame around the part that the map shows."""

    x: float
    y: float
    land: str
    frame: Area
    width: int = _WORLD.width
    height: int = _WORLD.height


@dataclass(frozen=True)
class Ruler:
    """A length on the ground and on the map, from x at the height of y."""

    km: int
    px: float
    x: float
    y: float


def place_locator(frame: Frame, board: Board, own: Sequence[Line]) -> Locator | None:
    """The small Africa in the corner that matters least; None where the map shows Africa, or has no corner free."""
    if frame.px_per_lat < _WIDEST:
        return None
    corner = _free_corner(frame, board, own, _WORLD.width, _WORLD.height)
    if corner is None:
        return None
    board.block(_grown(corner))
    shown = frame.box
    left, top = _WORLD.at(shown.west, shown.north)
    right, bottom = _WORLD.at(shown.east, shown.south)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    half_x, half_y = max(right - left, _LEAST) / 2, max(bottom - top, _LEAST) / 2
    around = Area(middle_x - half_x, middle_y - half_y, 2 * half_x, 2 * half_y)
    rounded = Area(*(round(number, 1) for number in around))
    return Locator(corner.left, corner.top, _africa(), rounded)


@cache
def _africa() -> str:
    return path(Pencil(_WORLD, detail=6).rings(outlines().land), closed=True)


def place_ruler(frame: Frame, board: Board, own: Sequence[Line]) -> Ruler | None:
    """The longest round length that takes no more than a quarter of the width; None without a free corner."""
    fitting = [km for km in _RULERS if km / KM_PER_DEGREE * frame.px_per_lat <= WIDTH / 4]
    km = fitting[-1] if fitting else _RULERS[0]
    px = km / KM_PER_DEGREE * frame.px_per_lat
    wide = max(px, width_of(f"{km} km", 10))
    corner = _free_corner(frame, board, own, round(wide) + 1, 18)
    if corner is None:
        return None
    board.block(_grown(corner))
    return Ruler(km, round(px, 1), corner.left, corner.bottom)


def _grown(area: Area) -> Area:
    return Area(area.left - 2, area.top - 2, area.right + 2, area.bottom + 2)


def _free_corner(
    frame: Frame, board: Board, own: Sequence[Line], width: int, height: int
) -> Area | None:
    """Bottom before top, left before right, and least of the brief's own countries."""
    lefts = (_MARGIN, frame.width - width - _MARGIN)
    tops = (frame.height - height - _MARGIN, _MARGIN)
    corners = [Area(x, y, x + width, y + height) for y in tops for x in lefts]
    free = [corner for corner in corners if board.is_free(corner)]
    return min(free, key=lambda corner: _covered(corner, own), default=None)


def _covered(area: Area, own: Sequence[Line]) -> float:
    """How much of the brief's own countries would lie under it, by three rows of pixels."""
    rows = [area.top + share * (area.bottom - area.top) for share in (0.1, 0.5, 0.9)]
    stretches = [stretch for y in rows for stretch in land_in_row(own, y)]
    return sum(max(0, min(b, area.right) - max(a, area.left)) for a, b in stretches)
