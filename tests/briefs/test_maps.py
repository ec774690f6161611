"""Positions on the small map are true, and its labels can be read."""

from itertools import combinations

import pytest

from briefs.maps import HEIGHT, WIDTH, _box, map_of
from briefs.page_lines import PlacePoint

DOUENTZA = PlacePoint("Douentza", "ML", 15.0019, -2.9498)
NIORO = PlacePoint("Nioro du Sahel", "ML", 15.2307, -9.5936)


def test_no_places_no_map() -> None:
    assert map_of([], "ML") is None


def test_distance_on_the_map_is_the_distance_on_the_ground() -> None:
    drawn = map_of([DOUENTZA, NIORO], "ML")
    assert drawn is not None
    first, second = drawn.dots[:2]

    km_per_px = drawn.ruler_km / drawn.ruler_px
    distance = ((first.x - second.x) ** 2 + (first.y - second.y) ** 2) ** 0.5 * km_per_px

    assert distance == pytest.approx(713, rel=0.01)  # great circle


def test_east_is_right_and_north_is_up() -> None:
    drawn = map_of([DOUENTZA, NIORO, PlacePoint("Kayes", "ML", 14.45, -11.44)], "ML")
    assert drawn is not None
    dots = {dot.name: dot for dot in drawn.dots}

    assert dots["Kayes"].x < dots["Nioro du Sahel"].x < dots["Douentza"].x
    assert dots["Nioro du Sahel"].y < dots["Kayes"].y < dots["Bamako"].y
    assert dots["Bamako"].is_capital


def test_one_place_alone_gets_room_around_it() -> None:
    drawn = map_of([PlacePoint("Djibouti", "DJ", 11.589, 43.145)], "DJ")

    assert drawn is not None
    assert [dot.name for dot in drawn.dots] == ["Djibouti"]  # the capital itself: no second dot
    assert drawn.ruler_km <= 100


def test_labels_keep_apart_and_inside() -> None:
    near = [PlacePoint(f"Town {n}", "ML", 15 + n / 50, -3 + n / 50) for n in range(4)]

    drawn = map_of([*near, DOUENTZA, NIORO], "ML")

    assert drawn is not None
    boxes = [_box(dot) for dot in drawn.dots]
    assert all(box[0] >= 0 and box[1] >= 0 for box in boxes)
    assert all(box[2] <= WIDTH and box[3] <= HEIGHT for box in boxes)
    apart = [
        a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        for a, b in combinations(boxes, 2)
    ]
    assert all(apart)


def test_degrees_have_sides() -> None:
    drawn = map_of([PlacePoint("Equator", "GA", 0.1, 9.4)], "GA")

    assert drawn is not None
    assert [line.label for line in drawn.parallels] == ["2° S", "0°", "2° N"]
    assert all(line.label.endswith(" E") for line in drawn.meridians)
