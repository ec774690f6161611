"""Requests that are held back, made as they come: received, then screened by whichever job is first."""

from typing import Any

from intake import screening, submission
from intake.models import Enquiry, Lead
from jobs import working
from jobs.models import Job
from tests import factories

# How a careless bot sends: no token of the page, and every field filled.
BOT = {"form": "unsigned", "trap": 12}


def arrived(arrival: dict[str, Any] | None = None, **content: Any) -> Lead:
    """A lead of a request that came so through the form; no job has run."""
    receipt = submission.receive_enquiry(
        content=factories.ContentFactory.build(**content),
        channel=Enquiry.Channel.FORM,
        arrival=arrival,
    )
    return Lead.objects.select_related("enquiry").get(reference=receipt.reference)


def held(**content: Any) -> Lead:
    """A lead that the screening held back."""
    lead = arrived(BOT, **content)
    lead = screening.screen_lead(lead_id=lead.pk)
    assert lead.status == "quarantined"
    return lead


def do_jobs() -> list[str]:
    """Do everything of intake that waits, in any order that workers may; the states of those jobs."""
    waiting = Job.objects.due().filter(kind__startswith="intake.").order_by("?")
    while pks := list(waiting.values_list("pk", flat=True)):
        for pk in pks:
            working.run_job(pk)
    return sorted(
        set(Job.objects.filter(kind__startswith="intake.").values_list("state", flat=True))
    )
