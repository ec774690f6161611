"""The map of a brief, a country or a subject: outlines, dots and names, ready for the template."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, pgettext

from briefs import geography
from briefs.maps import corners, labels
from briefs.maps.capitals import CAPITALS, capital_name
from briefs.maps.frames import Frame, africa, frame_of
from briefs.maps.outlines import box_of, outlines
from briefs.maps.paths import Pencil, path
from briefs.page_lines import PlacePoint

# Square pixels below which a corner of an outline is not drawn; the next when the outlines would weigh too much.
_DETAIL = (1.5, 3, 6, 12, 24)
_HEAVIEST = 6_000  # characters of outlines; of all Africa half as many again
_COARSE = 16  # how much coarser an outline may be for finding room for its name
_CROWDED = 9  # pixels for a degree; on a map of less, foreign capitals would only be in the way
_SOMALILAND = (46.4, 9.5)
_NEAR_CAPITAL = 0.15  # degrees; a place so near to a capital is the capital


@dataclass(frozen=True)
class Dot:
    """A place on the map: what happened there makes it full, and numbered when it happened more than once."""

    x: float
    y: float
    radius: float
    style: str
    count: int = 0

    @property
    def area(self) -> labels.Area:
        """What it covers."""
        reach = self.radius + (4 if "rough" in self.style else 1)
        return labels.Area(self.x - reach, self.y - reach, self.x + reach, self.y + reach)


@dataclass(frozen=True)
class Row:
    """A place in words, for who cannot see the map."""

    place: PlacePoint
    incidents: int


@dataclass(frozen=True)
class AreaMap:
    """What the template draws. Paths are in parts of a pixel, see `paths.PARTS`."""

    height: int
    land: str
    own: str
    borders: str
    disputed: str
    dots: list[Dot]
    names: list[labels.Label]
    ruler: corners.Ruler | None
    locator: corners.Locator | None
    rows: list[Row]
    countries: list[str]

    @property
    def styles(self) -> set[str]:
        """The sorts of dots that are there, for the key."""
        return {word for dot in self.dots for word in dot.style.split()}


def map_of(
    *,
    countries: Sequence[str] = (),
    places: Iterable[PlacePoint] = (),
    incidents: Iterable[PlacePoint] = (),
    whole_africa: bool = False,
) -> AreaMap | None:
    """A map with these countries tinted, these places, and the places of these incidents, one for each incident.

    Names are in the language being spoken; of whole Africa, of the tinted countries only. None when there is nothing
    to show.
    """
    counts = Counter(incidents)
    points = list(dict.fromkeys([*counts, *places]))
    codes = [code for code in dict.fromkeys(countries) if code in outlines().countries]
    if not codes and not points:
        return None
    spots = [(point.longitude, point.latitude) for point in points]
    frame = africa() if whole_africa else frame_of(codes, spots)
    drawn = _outlines(frame, codes, _HEAVIEST * (1.5 if whole_africa else 1))
    dots = [_dot(frame, point, counts[point]) for point in points]
    board = labels.Board(frame.height, [dot.area for dot in dots])
    own = Pencil(frame, _COARSE).rings(r for code in codes for r in outlines().countries[code])
    locator = corners.place_locator(frame, board, own)
    ruler = corners.place_ruler(frame, board, own)
    capitals: list[Dot] = []
    if whole_africa:
        names = _country_names(frame, board, codes, "small")
    else:
        of_places = list(_place_names(board, dots, points))
        capitals, around = _orientation(frame, board, codes, points)
        names = [*around, *of_places]
    return AreaMap(
        height=frame.height,
        **drawn,
        dots=[*capitals, *dots],
        names=names,
        ruler=ruler,
        locator=locator,
        rows=[Row(point, counts[point]) for point in points],
        countries=codes,
    )


def _outlines(frame: Frame, codes: Sequence[str], heaviest: float) -> dict[str, str]:
    """The paths, with as much detail as their weight allows."""
    shapes = outlines()
    own = [ring for code in codes for ring in shapes.countries[code]]
    disputed = [number for numbers in shapes.disputed.values() for number in numbers]
    drawn: dict[str, str] = {}
    for detail in _DETAIL:
        pencil = Pencil(frame, detail)
        drawn = {
            "land": path(pencil.rings(shapes.land), closed=True),
            "own": path(pencil.rings(own), closed=True),
            "borders": path(pencil.lines(shapes.borders), closed=False),
            "disputed": path(pencil.lines(disputed), closed=False),
        }
        if sum(map(len, drawn.values())) <= heaviest:
            break
    return drawn


def _dot(frame: Frame, point: PlacePoint, count: int) -> Dot:
    x, y = frame.at(point.longitude, point.latitude)
    style = "event" if count else "spot"
    if point.precision != "exact":
        style += " rough"
    return Dot(round(x, 1), round(y, 1), (8 if count > 1 else 5) if count else 4, style, count)


def _place_names(
    board: labels.Board, dots: Sequence[Dot], points: Sequence[PlacePoint]
) -> Iterable[labels.Label]:
    """Names of places, those with most incidents first."""
    for dot, point in sorted(zip(dots, points, strict=True), key=lambda pair: -pair[0].count):
        spots = labels.beside(point.name, dot.x, dot.y, dot.radius, "place")
        if found := board.place(spots):
            yield found


def _orientation(
    frame: Frame, board: labels.Board, codes: Sequence[str], points: Sequence[PlacePoint]
) -> tuple[list[Dot], list[labels.Label]]:
    """What helps to find one's way: names of countries and their capitals, the brief's own before the others."""
    near = [c for c in outlines().countries if c not in codes and _is_in_view(frame, c)]
    names = _country_names(frame, board, codes, "own")
    dots: list[Dot] = []
    for code in codes:
        _add_capital(frame, board, code, points, dots, names)
    names += _country_names(frame, board, near, "near")
    for code in near if frame.px_per_lat > _CROWDED else ():
        _add_capital(frame, board, code, points, dots, names)
    if frame.shows(*_SOMALILAND, 20):
        x, y = frame.at(*_SOMALILAND)
        name = pgettext("map", "Somaliland")
        found = board.place(
            [labels.label((name,), x, y, "middle", "near", labels.SIZES["near"][0])]
        )
        names += [found] if found else []
    return dots, names


def _is_in_view(frame: Frame, code: str) -> bool:
    box, shown = box_of(code), frame.box
    return not (
        box.east < shown.west
        or box.west > shown.east
        or box.north < shown.south
        or box.south > shown.north
    )


def _country_names(
    frame: Frame, board: labels.Board, codes: Iterable[str], style: str
) -> list[labels.Label]:
    """Of those for whose names there is room."""
    return [name for code in codes if (name := _country_name(frame, board, code, style))]


def _country_name(frame: Frame, board: labels.Board, code: str, style: str) -> labels.Label | None:
    name = geography.country_name(code, get_language() or "en")
    rings = Pencil(frame, _COARSE).rings(outlines().countries[code])
    for size in labels.SIZES[style]:
        if found := board.place(labels.inside(name, rings, style, size)):
            return found
    if style == "own" and rings:
        return board.place(labels.around(name, rings, style, labels.SIZES[style][-1]))
    return None


def _add_capital(
    frame: Frame,
    board: labels.Board,
    code: str,
    points: Sequence[PlacePoint],
    dots: list[Dot],
    names: list[labels.Label],
) -> None:
    """The dot of a capital with its name, where there is room for both and no place of the map is there."""
    if code not in CAPITALS:
        return
    _, latitude, longitude = CAPITALS[code]
    if not frame.shows(longitude, latitude) or any(_is_at(p, latitude, longitude) for p in points):
        return
    x, y = frame.at(longitude, latitude)
    dot = Dot(round(x, 1), round(y, 1), 2.5, "capital")
    if not board.is_free(dot.area):
        return
    name = capital_name(code, get_language() or "en")
    board.block(dot.area)
    if found := board.place(labels.beside(name, dot.x, dot.y, dot.radius, "capital")):
        dots.append(dot)
        names.append(found)
    else:
        board.taken.remove(dot.area)


def _is_at(point: PlacePoint, latitude: float, longitude: float) -> bool:
    return (
        abs(point.latitude - latitude) < _NEAR_CAPITAL
        and abs(point.longitude - longitude) < _NEAR_CAPITAL
    )
