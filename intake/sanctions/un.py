"""The United Nations Security Council Consolidated List, XML.

https://scsanctions.un.org/resources/xml/en/consolidated.xml, schema https://www.un.org/sc/resources/sc-sanctions.xsd.
Names of elements after that file itself (a copy of February 2026 in the test data of moov-io/watchman) and after the
reader of opensanctions (datasets/_global/un_sc_sanctions), which tells of "Low" and of several names
in one alias.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.sanctions.entries import BadFile, Listed, Reading, distinct, named
from intake.sanctions.reading_values import birth, country_codes, iso_day
from intake.sanctions.xml_records import Element, records, text, texts

_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_KINDS = {"INDIVIDUAL": "individual", "ENTITY": "entity"}


@contextmanager
def read(path: Path) -> Iterator[Reading]:
    """Open a file of this list. Raises BadFile."""
    with records(path, root="CONSOLIDATED_LIST", record=("INDIVIDUAL", "ENTITY")) as file:
        published_on = iso_day(file.attributes.get("dateGenerated", ""))
        if published_on is None:
            raise BadFile("The file does not say when it was made (dateGenerated).")
        yield Reading(published_on, (_entry(each) for each in file.elements))


def _entry(element: Element) -> Listed:
    part = element.tag  # the names of its parts begin with it
    whole = " ".join(filter(None, (text(element, name) for name in _PARTS)))
    good, weak = _aliases(element, part)
    names = named([whole], [text(element, "NAME_ORIGINAL_SCRIPT"), *good], weak)
    if not names or not text(element, "DATAID"):
        raise BadFile("An entry has no name or no number (DATAID).")
    return Listed(
        uid=text(element, "DATAID"),
        kind=_KINDS[part],
        names=names,
        reference=text(element, "REFERENCE_NUMBER"),
        born=distinct(_births(element)),
        birth_places=distinct(_places(element)),
        countries=country_codes(_countries(element, part)),
        identifiers=distinct(_documents(element)),
        programmes=distinct([text(element, "UN_LIST_TYPE")]),
        listed_on=iso_day(text(element, "LISTED_ON")),
    )


def _aliases(element: Element, part: str) -> tuple[list[str], list[str]]:
    good: list[str] = []
    weak: list[str] = []
    for alias in element.iterfind(f"{part}_ALIAS"):
        group = weak if text(alias, "QUALITY").casefold() == "low" else good
        group += text(alias, "ALIAS_NAME").split("; ")
    return good, weak


def _births(element: Element) -> Iterator[str]:
    for each in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        span = "-".join(filter(None, (text(each, "FROM_YEAR"), text(each, "TO_YEAR"))))
        said = text(each, "DATE") or text(each, "YEAR") or span or text(each, "NOTE")
        yield birth(said) if said else ""


def _places(element: Element) -> Iterator[str]:
    for each in element.iterfind("INDIVIDUAL_PLACE_OF_BIRTH"):
        yield ", ".join(
            filter(None, (text(each, n) for n in ("CITY", "STATE_PROVINCE", "COUNTRY")))
        )


def _countries(element: Element, part: str) -> list[str]:
    where = ("NATIONALITY/VALUE", f"{part}_ADDRESS/COUNTRY", "INDIVIDUAL_PLACE_OF_BIRTH/COUNTRY")
    return [name for path in where for name in texts(element, path)]


def _documents(element: Element) -> Iterator[str]:
    for each in element.iterfind("INDIVIDUAL_DOCUMENT"):
        if number := text(each, "NUMBER"):
            kind = text(each, "TYPE_OF_DOCUMENT") or "Document"
            country = text(each, "ISSUING_COUNTRY") or text(each, "COUNTRY_OF_ISSUE")
            yield f"{kind}: {number}{f' ({country})' if country else ''}"
