"""Where staff find a lead, for mails and calendars."""

from django.conf import settings
from django.urls import reverse


def lead_url(lead_id: int) -> str:
    """The absolute address of a lead's page in the staff screens."""
    return f"{settings.SITE_URL}{reverse('admin:intake_lead_change', args=[lead_id])}"
