"""What mails to staff about a lead have in common: its reference and the way to it, nothing that the client wrote."""

from typing import Any

from accounts.models import User
from intake import staff_links
from intake.models import Lead
from mail import outbox


def about_lead(
    lead: Lead, to: User, *, key: str, template: str, request_id: str = "", **more: Any
) -> outbox.Letter:
    """A letter to one member of staff; `more` is what its template says besides."""
    return outbox.Letter(
        key=key,
        template=template,
        to_email=to.email,
        to_name=to.full_name,
        reference=lead.reference,
        request_id=request_id,
        context={
            "reference": lead.reference,
            "lead_url": staff_links.lead_url(lead.pk),
            **more,
        },
    )
