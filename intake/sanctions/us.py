"""The lists of the Office of Foreign Assets Control of the United States: SDN.XML and CONSOLIDATED.XML, one format.

https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/SDN.XML and …/CONSOLIDATED.XML. Names of
elements after the publisher's schema (namespace …/exports/XML, before 2024 tempuri.org/sdnList.xsd) as the files show
them; `publshInformation` is spelt so there, and its Record_Count is the number of entries.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.sanctions.entries import BadFile, Listed, Reading, distinct, named
from intake.sanctions.reading_values import birth, country_codes, month_first
from intake.sanctions.xml_records import Element, records, text, texts

_KINDS = {"Individual": "individual", "Entity": "entity", "Vessel": "vessel"}
_DIGITS = 12  # of a count; Python refuses to read numbers of thousands of them
_COUNTRIES = (
    "nationalityList/nationality/country",
    "citizenshipList/citizenship/country",
    "addressList/address/country",
    "vesselInfo/vesselFlag",
)


@contextmanager
def read(path: Path) -> Iterator[Reading]:
    """Open a file of one of these lists. Raises BadFile."""
    with records(path, root="sdnList", record="sdnEntry") as file:
        published_on = month_first(file.before.get("Publish_Date", ""))
        if published_on is None:
            raise BadFile("The file does not say when it was published (Publish_Date).")
        stated = file.before.get("Record_Count", "")
        count = int(stated[:_DIGITS]) if stated.isdecimal() else None
        yield Reading(published_on, (_entry(each) for each in file.elements), count)


def _entry(element: Element) -> Listed:
    good, weak = _aliases(element)
    names = named([_name(element)], good, weak)
    if not names or not text(element, "uid"):
        raise BadFile("An entry has no name or no number (uid).")
    return Listed(
        uid=text(element, "uid"),
        kind=_KINDS.get(text(element, "sdnType"), "other"),
        names=names,
        reference=text(element, "uid"),
        born=distinct(map(birth, texts(element, "dateOfBirthList/dateOfBirthItem/dateOfBirth"))),
        birth_places=distinct(texts(element, "placeOfBirthList/placeOfBirthItem/placeOfBirth")),
        countries=country_codes(name for path in _COUNTRIES for name in texts(element, path)),
        identifiers=distinct(_documents(element)),
        programmes=distinct(texts(element, "programList/program")),
    )


def _name(element: Element) -> str:
    return f"{text(element, 'firstName')} {text(element, 'lastName')}".strip()


def _aliases(element: Element) -> tuple[list[str], list[str]]:
    good: list[str] = []
    weak: list[str] = []
    for alias in element.iterfind("akaList/aka"):
        (weak if text(alias, "category") == "weak" else good).append(_name(alias))
    return good, weak


def _documents(element: Element) -> Iterator[str]:
    for each in element.iterfind("idList/id"):
        if number := text(each, "idNumber"):
            country = text(each, "idCountry")
            yield f"{text(each, 'idType') or 'Document'}: {number}{f' ({country})' if country else ''}"
