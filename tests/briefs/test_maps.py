"""Maps show where things are, can be read, take no side in silence, and weigh little."""

import re
import time
from itertools import combinations

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.geography import AFRICAN_COUNTRIES
from briefs.maps.drawing import AreaMap, map_of
from briefs.maps.frames import WIDTH, frame_of
from briefs.maps.outlines import outlines
from briefs.page_lines import PlacePoint

DOUENTZA = PlacePoint("Douentza", "ML", 15.0019, -2.9498)
NIORO = PlacePoint("Nioro du Sahel", "ML", 15.2307, -9.5936)
KAYES = PlacePoint("Kayes", "ML", 14.4478, -11.4439)
GAO = PlacePoint("Gao", "ML", 16.2717, -0.0447)
PALMA = PlacePoint("Palma", "MZ", -10.7735, 40.4774)
ISLANDS = ["CV", "KM", "MU", "SC", "ST"]


def drawn(**shown) -> AreaMap:
    made = map_of(**shown)
    assert made is not None
    return made


def html_of(made: AreaMap, language: str = "en") -> str:
    with translation.override(language):
        return render_to_string("briefs/_map.html", {"map": made})


def names(made: AreaMap) -> dict[str, str]:
    return {" ".join(label.lines): label.style for label in made.names}


def test_nothing_to_show_no_map() -> None:
    assert map_of() is None
    assert map_of(countries=["XX", "FR"]) is None


def test_distance_on_the_map_is_the_distance_on_the_ground() -> None:
    made = drawn(countries=["ML"], incidents=[DOUENTZA, NIORO])
    first, second = (dot for dot in made.dots if dot.style == "event")
    assert made.ruler is not None

    km_per_px = made.ruler.km / made.ruler.px
    distance = ((first.x - second.x) ** 2 + (first.y - second.y) ** 2) ** 0.5 * km_per_px

    assert distance == pytest.approx(713, rel=0.02)  # great circle


def test_east_is_right_and_north_is_up() -> None:
    made = drawn(countries=["ML"], places=[DOUENTZA, NIORO, KAYES])
    douentza, nioro, kayes = (dot for dot in made.dots if dot.style == "spot")

    assert kayes.x < nioro.x < douentza.x
    assert nioro.y < kayes.y
    assert names(made)["Bamako"] == "capital"
    assert names(made)["Mali"] == "own"
    assert names(made)["Burkina Faso"] == "near"


def test_incidents_are_full_and_counted_other_places_are_not() -> None:
    made = drawn(countries=["ML"], places=[KAYES, GAO], incidents=[GAO, GAO, DOUENTZA])

    marks = [(dot.style, dot.count) for dot in made.dots if dot.style != "capital"]
    assert marks == [("event", 2), ("event", 1), ("spot", 0)]
    assert [(row.place.name, row.incidents) for row in made.rows] == [
        *(("Gao", 2), ("Douentza", 1), ("Kayes", 0)),
    ]
    page = html_of(made)
    assert page.count('class="count"') == 1
    assert "Gao</span>, Mali: <bdi>16.27° N 0.04° W</bdi>; 2 incidents" in page


def test_a_rough_position_says_so() -> None:
    somewhere = PlacePoint("Road", "ML", 14.5, -11.8, "region")

    page = html_of(drawn(countries=["ML"], incidents=[somewhere]))

    assert 'class="event rough"' in page
    assert "position approximate" in page
    assert "(approximate)" in page


def test_towns_near_each_other_are_shown_from_near() -> None:
    whole = drawn(countries=["ML"], incidents=[DOUENTZA, NIORO])
    near = drawn(countries=["ML"], incidents=[KAYES, PlacePoint("Diboli", "ML", 14.4667, -12.2)])

    assert whole.ruler is not None
    assert near.ruler is not None
    assert near.ruler.km / near.ruler.px < whole.ruler.km / whole.ruler.px / 2.5
    assert near.locator is not None
    assert {"Kayes", "Diboli"} <= set(names(near))


def test_the_capital_itself_gets_no_second_dot() -> None:
    made = drawn(countries=["DJ"], incidents=[PlacePoint("Djibouti", "DJ", 11.589, 43.145)])

    assert [dot.style for dot in made.dots if dot.style != "capital"] == ["event"]
    assert list(names(made).values()).count("place") == 1


def test_far_apart_countries_share_one_map() -> None:
    made = drawn(countries=["ML", "MZ"], incidents=[GAO, PALMA])

    assert {"Gao", "Palma", "Mali", "Mozambique"} <= set(names(made))
    assert made.locator is None  # it would show the same
    assert len(html_of(made)) < 20_000


@pytest.mark.parametrize("code", AFRICAN_COUNTRIES)
def test_every_country_alone_gives_a_map_with_its_name(code: str) -> None:
    made = drawn(countries=[code])

    assert made.own
    assert "own" in [label.style for label in made.names]
    assert made.ruler is not None
    assert len(html_of(made)) < 14_000


@pytest.mark.parametrize("code", ISLANDS)
def test_islands_fill_a_fair_part_of_their_map(code: str) -> None:
    xs, ys = _extent(drawn(countries=[code]).own)

    assert 8 < max(max(xs) - min(xs), max(ys) - min(ys)) <= 400
    assert min(xs) > 0
    assert max(xs) < WIDTH


def _extent(path: str) -> tuple[list[float], list[float]]:
    """The corners of a path written as `M x y l dx dy …`, in pixels."""
    xs, ys = [], []
    for start, steps in re.findall(r"M([-\d ]+)l([-\d ]+)", path):
        x, y = (int(n) for n in start.split())
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[0::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            xs.append(x / 4)
            ys.append(y / 4)
    return xs, ys


@pytest.mark.parametrize(
    ("code", "name"), [("EH", "Western Sahara"), ("SO", "Somaliland"), ("SS", None), ("EG", None)]
)
def test_disputed_lines_are_dashed_and_said(code: str, name: str | None) -> None:
    made = drawn(countries=[code])
    page = html_of(made)

    assert '<path class="border disputed"' in page
    assert "disputed line" in page
    assert "Boundaries do not imply endorsement." in page
    assert name is None or name in names(made)


def test_no_disputed_line_no_word_of_it() -> None:
    page = html_of(drawn(countries=["ZA"]))

    assert "disputed" not in page
    assert "Boundaries do not imply endorsement." in page


def test_neighbours_share_their_border() -> None:
    shapes = outlines()
    used = {
        code: {n if n >= 0 else ~n for ring in rings for n in ring}
        for code, rings in shapes.countries.items()
    }

    assert used["ML"] & used["BF"] & set(shapes.borders)
    assert used["SO"].isdisjoint(shapes.disputed["somaliland"])  # Somalia's outline holds both
    assert set(shapes.disputed["western_sahara"]) <= used["MA"] & used["EH"]
    assert set(shapes.countries) == set(AFRICAN_COUNTRIES)


def test_names_are_in_the_language_of_the_page_and_the_map_is_not_mirrored() -> None:
    with translation.override("ar"):
        made = drawn(countries=["EG"], incidents=[PlacePoint("بورسعيد", "EG", 31.27, 32.3)])
    page = html_of(made, "ar")

    assert {"مصر", "القاهرة", "بورسعيد"} <= set(names(made))
    assert 'direction="ltr"' in page
    assert "31,27° ش 32,30° ق" in page


def test_names_of_places_cannot_be_markup() -> None:
    evil = PlacePoint("<script>alert(1)</script>", "ML", 15, -3)

    page = html_of(drawn(countries=["ML"], incidents=[evil]))

    assert "<script" not in page
    assert "&lt;script" in page


POINTS = st.lists(
    st.builds(
        PlacePoint,
        name=st.text(alphabet="Aabcdeimw ’أبت", min_size=1, max_size=40),
        country=st.just("NG"),
        latitude=st.floats(-34, 36),
        longitude=st.floats(-17, 50),
        precision=st.sampled_from(["exact", "near"]),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(
    countries=st.lists(st.sampled_from(AFRICAN_COUNTRIES), max_size=3, unique=True),
    places=POINTS,
    incidents=POINTS,
)
def test_names_meet_neither_one_another_nor_a_dot_nor_the_edge(
    countries: list[str], places: list[PlacePoint], incidents: list[PlacePoint]
) -> None:
    made = map_of(countries=countries, places=places, incidents=incidents)

    areas = [label.area for label in made.names] if made else []
    dots = [dot.area for dot in made.dots] if made else []
    assert not [pair for pair in combinations(areas, 2) if pair[0].meets(pair[1])]
    assert not [(a, dot) for a in areas for dot in dots if a.meets(dot)]
    assert all(a.left >= 0 and a.top >= 0 and a.right <= WIDTH for a in areas)
    assert all(made and area.bottom <= made.height for area in areas)
    assert made is None or len(made.rows) == len(dict.fromkeys([*incidents, *places]))


@settings(max_examples=60, deadline=None)
@given(spots=st.lists(st.tuples(st.floats(-17, 50), st.floats(-34, 36)), min_size=1, max_size=9))
def test_every_place_is_inside_the_frame(spots: list[tuple[float, float]]) -> None:
    frame = frame_of([], spots)

    assert all(frame.shows(*spot) for spot in spots)


def test_many_places_still_make_a_light_map_quickly() -> None:
    many = [PlacePoint(f"Town {n}", "NG", 4 + n % 9, 3 + n / 8) for n in range(80)]
    shown = {"countries": ["NG", "NE", "TD", "CM", "BJ"], "incidents": many}
    made = drawn(**shown)

    def seconds() -> float:
        began = time.process_time()
        drawn(**shown)
        return time.process_time() - began

    # Whatever else the process does, such as looking for rings of garbage, costs time now and then.
    assert min(seconds() for _ in range(3)) < 0.1  # some 15 ms on a quiet machine
    svg = html_of(made).partition("</svg>\n<figcaption>")[0]
    assert len(svg) < 20_000
    assert len(made.rows) == 80
