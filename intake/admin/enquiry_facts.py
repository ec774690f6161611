"""What a client filled in besides their words, and how they came, as the lead's page lists it."""

from briefs import geography
from intake.attribution import UTM
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.models import Enquiry
from intake.sent_answers import actor_names


def country_names(codes: list[str]) -> str:
    """The English names of country codes, comma-separated."""
    return ", ".join(geography.country_name(code, "en") for code in codes)


def _touched(enquiry: Enquiry, which: str) -> str:
    """A brief that the client came by, and where its link stood."""
    brief = getattr(enquiry, f"{which}_brief")
    if brief is None:
        return ""
    number = getattr(enquiry, f"{which}_version")
    section = getattr(enquiry, f"get_{which}_section_display")()
    return f"{brief.title} ({brief.reference or 'no reference'}, version {number}, {section})"


def enquiry_facts(enquiry: Enquiry) -> list[tuple[str, str]]:
    """The optional fields that the client filled in, with their labels."""
    facts = [
        ("Organisation", enquiry.organisation),
        ("Job title", enquiry.job_title),
        ("E-mail", enquiry.email),
        ("Phone", enquiry.phone),
        ("Where they are", country_names([enquiry.country]) if enquiry.country else ""),
        ("Countries of interest", country_names(enquiry.countries_of_interest)),
        ("Groups of interest", ", ".join(actor_names(enquiry.actors))),
        ("Services", ", ".join(str(Service(s).label) for s in enquiry.services)),
        (
            "Timeframe",
            str(Timeframe(enquiry.timeframe).label) if enquiry.timeframe else "",
        ),
        ("Budget", str(Budget(enquiry.budget).label) if enquiry.budget else ""),
        ("Language", str(Language(enquiry.language).label) if enquiry.language else ""),
        ("Language of the page", str(Language(enquiry.consent_language).label)),
        ("Channel", enquiry.get_channel_display()),
        ("Through the website", enquiry.api_key.name if enquiry.api_key else ""),
        ("First brief", _touched(enquiry, "first")),
        ("Last brief", _touched(enquiry, "last")),
        ("Campaign", ", ".join(v for name in UTM if (v := getattr(enquiry, name)))),
        ("Led here by", enquiry.referrer_host),
        ("Network", enquiry.network),
        ("Browser", enquiry.user_agent),
        ("Languages of the browser", enquiry.accept_language),
        ("Sent from pages of", enquiry.origin.removeprefix("null")),  # null: it names none
    ]
    return [(label, value) for label, value in facts if value]
