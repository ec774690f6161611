"""Where staff find a lead, for mails, calendars and whoever knows its reference."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from intake.models import Lead


def lead_url(lead_id: int) -> str:
    """The absolute address of a lead's page in the staff screens."""
    return f"{settings.SITE_URL}{reverse('admin:intake_lead_change', args=[lead_id])}"


def page_of_reference(user: User, reference: str) -> str:
    """The path of the page of the lead with this reference, "" when the user may see none."""
    found = Lead.objects.visible_to(user).filter(reference=reference).values_list("pk", flat=True)
    return "".join(reverse("admin:intake_lead_change", args=[pk]) for pk in found)
