"""Who is this: the contact and the organisation behind an enquiry, by exact normalised keys."""

import unicodedata

from django.db import transaction

from intake.models import Activity, Contact, Enquiry, Lead, Organisation


@transaction.atomic
def match_people(*, lead_id: int) -> Lead:
    """Link the lead to its contact and organisation, known or new. Linked already or erased, it stays as it is."""
    lead = Lead.objects.select_for_update(of=("self",)).select_related("enquiry").get(pk=lead_id)
    if lead.contact_id is not None or lead.erased_at:
        return lead
    organisation = _organisation(lead.enquiry.organisation)
    contact, is_new = _contact(lead.enquiry, organisation)
    lead.contact = contact
    lead.organisation = organisation or contact.organisation
    lead.save(update_fields=["contact", "organisation"])
    earlier = contact.leads.exclude(pk=lead.pk).count()
    text = "New contact." if is_new else f"Known contact with {earlier} earlier request(s)."
    Activity.objects.create(lead=lead, kind=Activity.Kind.MATCHED, text=text)
    return lead


def _organisation(name: str) -> Organisation | None:
    key = name_key(name)
    if not key:
        return None
    return Organisation.objects.get_or_create(name_key=key, defaults={"name": name.strip()})[0]


def _contact(enquiry: Enquiry, organisation: Organisation | None) -> tuple[Contact, bool]:
    return Contact.objects.get_or_create(
        email_key=email_key(enquiry.email),
        defaults={
            "full_name": enquiry.full_name,
            "email": enquiry.email,
            "phone": enquiry.phone,
            "job_title": enquiry.job_title,
            "organisation": organisation,
        },
    )


def email_key(email: str) -> str:
    """An address as it is compared: NFKC, lower case. Dots and plus parts are kept, since they may differ in truth."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def name_key(name: str) -> str:
    """A name as it is compared: NFKC, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:200]
