"""What a lead asks of an adviser: what the client named, and where nothing was named what the text says."""

from dataclasses import dataclass, field
from typing import Any

from briefs import geography
from intake import suggesting
from intake.catalogue import Language, Service
from intake.models import Lead
from intake.needs import Certainty, Kind


@dataclass(frozen=True)
class Wants:
    """A language, countries and services; `from_text` holds those of them that only the text says."""

    language: str
    countries: list[str]
    services: list[str]
    from_text: dict[str, Any] = field(default_factory=dict)

    def inputs(self) -> dict[str, Any]:
        """As a routing decision records them."""
        said = {"language": self.language, "countries": self.countries, "services": self.services}
        return said | ({"from_text": self.from_text} if self.from_text else {})


def named(lead: Lead) -> Wants:
    """What the client named, or staff accepted."""
    return Wants(lead.language, lead.countries, lead.services)


def named_and_said(lead: Lead) -> Wants:
    """What was named and, for what was not, what the text says clearly. The caller holds the lead's lock."""
    said: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for one in suggesting.suggestions_of(lead):
        if one.certainty == Certainty.CLEAR:
            said[Kind(one.kind)].append(one.value)
    from_text: dict[str, Any] = {}
    if (
        said[Kind.LANGUAGE]
        and not lead.enquiry.language
        and said[Kind.LANGUAGE][0] != lead.language
    ):
        from_text["language"] = said[Kind.LANGUAGE][0]
    if said[Kind.COUNTRY] and not lead.countries:
        from_text["countries"] = said[Kind.COUNTRY]
    if said[Kind.SERVICE] and not [s for s in lead.services if s != Service.NOT_SURE]:
        from_text["services"] = said[Kind.SERVICE]
    lists = {"language": lead.language, "countries": lead.countries, "services": lead.services}
    return Wants(**(lists | from_text), from_text=from_text)


def in_words(from_text: dict[str, Any]) -> str:
    """What was taken from the text, for people: "French; Mali, Niger; route and journey assessment"."""
    parts = []
    if "language" in from_text:
        parts.append(str(Language(from_text["language"]).label))
    if "countries" in from_text:
        parts.append(", ".join(geography.country_name(c, "en") for c in from_text["countries"]))
    if "services" in from_text:
        parts.append(", ".join(str(Service(s).label).lower() for s in from_text["services"]))
    return "; ".join(parts)
