"""The tables of the United Kingdom: UK-Sanctions-List.csv of the FCDO; ConList.csv of OFSI, closed in January 2026.

https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv and
https://ofsistorage.blob.core.windows.net/publishlive/2022format/ConList.csv. Both have a line with the date above that
of the headings, and one row for each name and address of an entry, in any order. Headings after the copies in the
tests of moov-io/watchman (UKSL of February 2026) and the reader of opensanctions (datasets/gb/hmt).
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from intake.sanctions.entries import BadFile, Listed, Reading, distinct, named
from intake.sanctions.reading_values import birth, country_codes, day_first, named_month
from intake.sanctions.uk import KINDS, is_primary, is_weak

_BEFORE_HEADINGS = 10
_DATE = re.compile(r"\d{1,2}[/-](?:\d{1,2}|[A-Za-z]{3})[/-]\d{4}")
_NUMBERED = re.compile(r"\(\d{1,2}\)")
_NAME_PARTS = tuple(f"name {number}" for number in range(1, 7))
Row = dict[str, str]


@dataclass(frozen=True)
class _Table:
    """The headings of one of the two, in small letters."""

    uid: str
    kind: tuple[str, ...]
    name_type: str
    strength: str
    born: str
    nationality: str
    regime: str
    listed_on: tuple[str, ...]
    country: str
    birth_country: str
    numbers: dict[str, str]
    un_reference: str = ""


_LIST = _Table(
    uid="unique id", kind=("designation type", "individual, entity, ship"), name_type="name type",
    strength="alias strength", born="d.o.b", nationality="nationality(/ies)", regime="regime name",
    listed_on=("date designated",), country="address country", birth_country="country of birth",
    numbers={
        "passport number": "Passport", "national identifier number": "National identifier",
        "business registration number (s)": "Business registration", "imo number": "IMO",
    },
    un_reference="un reference number",
)  # fmt: skip
_CONSOLIDATED = _Table(
    uid="group id", kind=("group type",), name_type="alias type", strength="alias quality", born="dob",
    nationality="nationality", regime="regime", listed_on=("listed on", "uk sanctions list date designated"),
    country="country", birth_country="country of birth",
    numbers={"passport number": "Passport", "national identification number": "National identifier"},
)  # fmt: skip


@dataclass
class _Gathered:
    """What the rows of one entry say. About a kilobyte each; the long texts of the file are not kept."""

    kind: str
    primary: list[str] = field(default_factory=list)
    good: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    born: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    programmes: list[str] = field(default_factory=list)
    reference: str = ""
    listed_on: date | None = None


def _reader(table: _Table) -> Callable[[Path], Iterator[Reading]]:
    def read(path: Path) -> Iterator[Reading]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.reader(_lines(file))
                published_on, headings = _headings(rows, table)
                yield Reading(published_on, _entries(rows, headings, table))
        except (UnicodeDecodeError, csv.Error) as error:
            raise BadFile("The file is no table in UTF-8. Fetch it again.") from error

    return read


def _lines(file: Iterable[str]) -> Iterator[str]:
    """The lines of the file; a table holds no NUL, which the database could not keep."""
    for line in file:
        if "\0" in line:
            raise BadFile(
                "The file holds NUL characters: it is damaged, or no text. Fetch it again."
            )
        yield line


read_list = contextmanager(_reader(_LIST))
read_consolidated = contextmanager(_reader(_CONSOLIDATED))


def _headings(rows: Iterator[list[str]], table: _Table) -> tuple[date, list[str]]:
    """The date above the headings, and the headings."""
    published_on: date | None = None
    for _, row in zip(range(_BEFORE_HEADINGS), rows, strict=False):
        headings = [" ".join(cell.casefold().split()) for cell in row]
        if table.uid in headings and "name 6" in headings:
            _refuse_missing(headings, table)
            if published_on is None:
                raise BadFile("The file does not say in its first line of which date it is.")
            return published_on, headings
        found = _DATE.search(" ".join(row))
        published_on = (
            published_on or (found and (day_first(found[0]) or named_month(found[0]))) or None
        )
    raise BadFile(f"The file is not of this list: it has no columns “{table.uid}” and “name 6”.")


def _refuse_missing(headings: list[str], table: _Table) -> None:
    wanted = (*_NAME_PARTS, table.name_type, table.regime, table.nationality)
    missing = [name for name in wanted if name not in headings]
    if not any(name in headings for name in table.kind):
        missing.append(table.kind[0])
    if missing:
        raise BadFile(f"The file lacks columns that this list has: {', '.join(missing)}.")


def _entries(rows: Iterator[list[str]], headings: list[str], table: _Table) -> Iterator[Listed]:
    gathered: dict[str, _Gathered] = {}
    cells = len(headings)
    for cells_of_row in rows:
        if not any(cells_of_row):
            continue
        cells = len(cells_of_row)
        row = dict(zip(headings, (" ".join(cell.split()) for cell in cells_of_row), strict=False))
        if not row.get(table.uid):
            raise BadFile(f"A row has no number ({table.uid}).")
        _gather(gathered, row, table)
    if not gathered:
        raise BadFile("The file holds no entry. Fetch it again.")
    if cells < len(headings):
        raise BadFile("The file breaks off within its last row. Fetch it again.")
    for uid in list(gathered):
        yield _entry(uid, gathered.pop(uid))


def _gather(gathered: dict[str, _Gathered], row: Row, table: _Table) -> None:
    kind = next(
        (KINDS[value] for name in table.kind if (value := row.get(name, "").casefold()) in KINDS),
        "other",
    )
    one = gathered.setdefault(row[table.uid], _Gathered(kind))
    _gather_name(one, row, table)
    for numbers, label in table.numbers.items():
        one.identifiers += [f"{label}: {value}" for value in _several(row, numbers)]
    one.born += [birth(value) for value in _several(row, table.born)]
    birth_country = _several(row, table.birth_country)
    one.places += [", ".join((*_several(row, "town of birth")[:1], *birth_country[:1]))]
    one.countries += [
        *_several(row, table.nationality),
        *_several(row, table.country),
        *birth_country,
    ]
    one.countries += _several(row, "current believed flag of ship")
    one.programmes.append(row.get(table.regime, ""))
    one.reference = one.reference or row.get(table.un_reference, "")
    one.listed_on = one.listed_on or next(
        filter(None, (day_first(row.get(n, "")) for n in table.listed_on)), None
    )


def _gather_name(one: _Gathered, row: Row, table: _Table) -> None:
    name = " ".join(filter(None, (row.get(part, "") for part in _NAME_PARTS)))
    if is_weak(row.get(table.strength, "")):
        one.weak.append(name)
    elif is_primary(row.get(table.name_type, "")):
        one.primary.append(name)
    else:
        one.good.append(name)
    one.good.append(row.get("name non-latin script", ""))


def _several(row: Row, heading: str) -> list[str]:
    """The values of a cell, which holds "(1) … (2) …" when there are several."""
    return [value for part in _NUMBERED.split(row.get(heading, "")) if (value := part.strip(" .;"))]


def _entry(uid: str, one: _Gathered) -> Listed:
    names = named(one.primary, one.good, one.weak)
    if not names:
        raise BadFile("An entry has no name.")
    return Listed(
        uid=uid,
        kind=one.kind,
        names=names,
        reference=one.reference or uid,
        born=distinct(one.born),
        birth_places=distinct(one.places),
        countries=country_codes(one.countries),
        identifiers=distinct(one.identifiers),
        programmes=distinct(one.programmes),
        listed_on=one.listed_on,
    )
