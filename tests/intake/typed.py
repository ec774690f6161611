"""What tests type into the form, and what its page shows of it."""

from intake.models import Enquiry, Lead
from jobs.models import Job
from tests.intake.pages import Page

ADDRESS = "/request/"
FORM_ID = "6f3d1f0e-1111-4222-8333-444455556666"
FOUR = {
    "full_name": "Aïcha Example",
    "email": "aicha@client.example",
    "needs": "Two convoys to Gao.",
    "consent": "on",
}
OPTIONAL = {
    "organisation": "Sahel Logistics Example",
    "job_title": "Head of transport",
    "phone": "+223 20 22 20 22",
    "country": "FR",
    "countries_of_interest": ["ML", "SN"],
    "services": ["route-assessment", "daily-monitoring"],
    "timeframe": "weeks",
    "budget": "5k-20k",
    "language": "fr",
    "brief": "a-brief",
}
ALL = FOUR | OPTIONAL | {"form_id": FORM_ID}
# What one browser's form says when nothing is chosen.
UNTOUCHED = {
    "country": "", "timeframe": "", "budget": "", "language": "", "services": [], "countries_of_interest": [],
}  # fmt: skip


def rows() -> tuple[int, int, int]:
    """How many enquiries, leads and jobs there are."""
    return Enquiry.objects.count(), Lead.objects.count(), Job.objects.count()


def shown(response, sent) -> dict[str, object]:
    """Of the fields that were sent, what the page shows."""
    fields = Page(response).fields
    return {name: fields[name] for name in sent}


def as_shown(sent: dict) -> dict[str, object]:
    """What a page must show for what was sent."""
    return sent | ({"consent": ["on"]} if sent.get("consent") else {})
