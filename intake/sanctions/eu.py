"""The European Union's consolidated list of persons, groups and entities under financial sanctions, XML 1.1.

https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content, namespace
http://eu.europa.ec/fpi/fsd/export. Names of elements and attributes after the reader of opensanctions
(zavod/shed/fsf.py), which also tells that a remark may call a name "low quality"; "00" stands for no country.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from intake.sanctions.entries import BadFile, Listed, Reading, distinct, named
from intake.sanctions.reading_values import birth, country_codes, iso_day
from intake.sanctions.xml_records import Element, records, texts

_KINDS = {"person": "individual", "P": "individual", "enterprise": "entity", "E": "entity"}


@contextmanager
def read(path: Path) -> Iterator[Reading]:
    """Open a file of this list. Raises BadFile."""
    with records(path, root="export", record="sanctionEntity") as file:
        published_on = iso_day(file.attributes.get("generationDate", ""))
        if published_on is None:
            raise BadFile("The file does not say when it was made (generationDate).")
        yield Reading(published_on, (_entry(each) for each in file.elements))


def _entry(element: Element) -> Listed:
    strong, weak = _names(element)
    names = named(strong[:1], strong[1:], weak)
    uid = element.get("logicalId", "")
    if not names or not uid:
        raise BadFile("An entry has no name or no number (logicalId).")
    subject = element.find("subjectType")
    attributes = {} if subject is None else subject.attrib
    code = attributes.get("code") or attributes.get("classificationCode") or ""
    return Listed(
        uid=uid,
        kind=_KINDS.get(code, "other"),
        names=names,
        reference=element.get("euReferenceNumber") or element.get("unitedNationId") or "",
        born=distinct(_births(element)),
        birth_places=distinct(_places(element)),
        countries=country_codes(_countries(element)),
        identifiers=distinct(_documents(element)),
        programmes=distinct(each.get("programme") for each in element.iterfind("regulation")),
        listed_on=_listed_on(element),
    )


def _names(element: Element) -> tuple[list[str], list[str]]:
    """Strong names, those in English or in no stated language first, and weak ones."""
    strong: list[tuple[bool, str]] = []
    weak: list[str] = []
    for each in element.iterfind("nameAlias"):
        parts = (each.get(name) for name in ("firstName", "middleName", "lastName"))
        name = each.get("wholeName") or " ".join(filter(None, parts))
        if each.get("strong") == "false" or _is_called_weak(each):
            weak.append(name)
        elif name:
            strong.append((each.get("nameLanguage", "") not in ("", "EN"), name))
    return [name for _, name in sorted(strong, key=lambda one: one[0])], weak


def _is_called_weak(alias: Element) -> bool:
    return any("low quality" in remark.casefold() for remark in texts(alias, "remark"))


def _births(element: Element) -> Iterator[str]:
    for each in element.iterfind("birthdate"):
        span = "-".join(filter(None, (each.get("yearRangeFrom"), each.get("yearRangeTo"))))
        said = each.get("birthdate") or each.get("year") or span
        yield birth(said) if said else ""


def _places(element: Element) -> Iterator[str]:
    for each in element.iterfind("birthdate"):
        country = each.get("countryDescription", "")
        parts = (each.get("city"), each.get("place"), each.get("region"), _known(country))
        yield ", ".join(filter(None, parts))


def _known(country: str) -> str:
    return "" if country == "UNKNOWN" else country.title()


def _countries(element: Element) -> list[str]:
    found = [
        *element.iterfind("citizenship"),
        *element.iterfind("address"),
        *element.iterfind("birthdate"),
    ]
    return [each.get("countryIso2Code", "") for each in found]


def _documents(element: Element) -> Iterator[str]:
    for each in element.iterfind("identification"):
        if number := each.get("number") or each.get("latinNumber"):
            kind = (
                each.get("identificationTypeDescription")
                or each.get("identificationTypeCode")
                or "Document"
            )
            yield f"{kind}: {number}"


def _listed_on(element: Element) -> date | None:
    given = [element.get("designationDate", "")]
    given += [each.get("publicationDate", "") for each in element.iterfind("regulation")]
    return min((day for text in given if (day := iso_day(text))), default=None)
