"""Telling the client that the request arrived."""

from django.conf import settings
from django.urls import reverse

from intake import submission
from intake.models import Lead
from mail import outbox


def acknowledge_lead(*, lead_id: int) -> None:
    """Queue the one acknowledgement of this lead, in the client's language, with the link to the status page."""
    lead = Lead.objects.select_related("enquiry").get(pk=lead_id)
    address = reverse("intake:status", args=[submission.status_token(lead)])
    outbox.queue_message(
        outbox.Letter(
            key=f"acknowledgement:lead:{lead.pk}",
            template="intake/mail/acknowledgement",
            to_email=lead.enquiry.email,
            to_name=lead.enquiry.full_name,
            language=lead.language,
            reference=lead.reference,
            private_url=f"{settings.SITE_URL}{address}",
            context={"reference": lead.reference, "full_name": lead.enquiry.full_name},
        )
    )
