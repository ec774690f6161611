"""The UK Sanctions List of the Foreign, Commonwealth and Development Office, XML.

https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.xml. Names of elements after the reader of opensanctions
(datasets/gb/fcdo_sanctions) and fragments of the file of August 2026. Name6 is the family name or the whole name of a
body and stands last; what is unknown of a birthday is written dd or mm; a strength is "Low quality a.k.a".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.sanctions.entries import BadFile, Listed, Reading, distinct, named
from intake.sanctions.reading_values import birth, country_codes, day_first
from intake.sanctions.xml_records import Element, records, text, texts

KINDS = {"individual": "individual", "entity": "entity", "ship": "vessel"}
_COUNTRIES = ("Nationality", "AddressCountry", "CountryOfBirth", "CurrentBelievedFlagOfShip")
_NUMBERS = {
    "PassportNumber": "Passport",
    "NationalIdentifierNumber": "National identifier",
    "BusinessRegistrationNumber": "Business registration",
    "IMONumber": "IMO",
}


@contextmanager
def read(path: Path) -> Iterator[Reading]:
    """Open a file of this list. Raises BadFile."""
    with records(path, root="Designations", record="Designation") as file:
        published_on = day_first(file.before.get("DateGenerated", ""))
        if published_on is None:
            raise BadFile("The file does not say when it was made (DateGenerated).")
        yield Reading(published_on, (_entry(each) for each in file.elements))


def _entry(element: Element) -> Listed:
    uid = text(element, "UniqueID")
    names = named(*_names(element))
    if not names or not uid:
        raise BadFile("An entry has no name or no number (UniqueID).")
    return Listed(
        uid=uid,
        kind=KINDS.get(text(element, "IndividualEntityShip").casefold(), "other"),
        names=names,
        reference=text(element, "UNReferenceNumber") or uid,
        born=distinct(map(birth, texts(element, ".//DOB"))),
        birth_places=distinct(_places(element)),
        countries=country_codes(name for tag in _COUNTRIES for name in texts(element, f".//{tag}")),
        identifiers=distinct(
            f"{label}: {number}"
            for tag, label in _NUMBERS.items()
            for number in texts(element, f".//{tag}")
        ),
        programmes=distinct([text(element, "RegimeName")]),
        listed_on=day_first(text(element, "DateDesignated")),
    )


def _names(element: Element) -> tuple[list[str], list[str], list[str]]:
    primary: list[str] = []
    good = texts(element, "NonLatinNames/NonLatinName/NameNonLatinScript")
    weak: list[str] = []
    for each in element.iterfind("Names/Name"):
        name = " ".join(filter(None, (text(each, f"Name{number}") for number in range(1, 7))))
        if is_weak(text(each, "AliasStrength")):
            weak.append(name)
        elif is_primary(text(each, "NameType")):
            primary.append(name)
        else:
            good.append(name)
    return primary, good, weak


def is_primary(name_type: str) -> bool:
    """Of a name type, which the file writes in several ways: "Primary Name", but no variation of it."""
    return name_type.casefold() == "primary name"


def is_weak(strength: str) -> bool:
    """Of the strength of an alias."""
    return strength.casefold().startswith("low")


def _places(element: Element) -> Iterator[str]:
    for each in element.iterfind(".//BirthDetails/Location"):
        yield ", ".join(filter(None, (text(each, "TownOfBirth"), text(each, "CountryOfBirth"))))
