"""Whose data: from a request, a contact or an address to everything that stands for one person."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.erasure_map import ERASED_EMAIL, Person
from intake import after_sending, matching
from intake.addresses import email_key
from intake.models import Contact, ContactCorrection, Lead, Organisation


def person_of_address(address: str) -> Person:
    """Everything under an e-mail address, in any case: contact, requests (quarantined ones too), subscriptions.

    With a contact go those that were merged with it, and their addresses: staff said that they are one person.
    """
    key = email_key(address)
    known = Contact.objects.filter(email_key=key).first()
    same = matching.family(known) if known else []
    keys = {key, *(one.email_key for one in same)}
    contacts = Contact.objects.filter(pk__in=[one.pk for one in same])
    leads = Lead.objects.filter(pk__in=_leads_under(keys, same))
    return _person(leads, contacts, {address.lower(), *keys})


def _leads_under(keys: Collection[str], contacts: Iterable[Contact]) -> set[int]:
    """Leads that were sent from one of these addresses, corrected to one, or linked to one of these contacts."""
    # Asked one by one, each by an index of its own: joined by OR they would read every lead.
    wrote = Lead.objects.annotate(address=Lower("enquiry__email")).filter(address__in=keys)
    corrected = ContactCorrection.objects.annotate(address=Lower("email")).filter(address__in=keys)
    return {
        *wrote.values_list("pk", flat=True),
        *corrected.values_list("lead", flat=True),
        *Lead.objects.filter(contact__in=contacts).values_list("pk", flat=True),
    }


def person_of_lead(lead: Lead) -> Person:
    """One request alone, with the contact if it has no other; what else is under the address stays."""
    others = Lead.objects.filter(contact=lead.contact_id, erased_at=None).exclude(pk=lead.pk)
    is_alone = lead.contact_id is not None and not others.exists()
    same = matching.family(lead.contact) if is_alone and lead.contact else []
    contacts = Contact.objects.filter(pk__in=[one.pk for one in same])
    return _person(Lead.objects.filter(pk=lead.pk), contacts, ())


def _person(leads: QuerySet[Lead], contacts: QuerySet[Contact], addresses: Iterable[str]) -> Person:
    """An address that was corrected is one of theirs too; a request that was erased holds none any more."""
    standing = list(
        leads.filter(erased_at=None).select_related("enquiry").distinct().order_by("pk")
    )
    known = {address for address in addresses if address}
    if known:
        known |= {lead.enquiry.email.lower() for lead in standing}
        known |= {after_sending.contact_of(lead).email.lower() for lead in standing}
    lead_ids = frozenset(lead.pk for lead in standing)
    not_yet = contacts.exclude(email=ERASED_EMAIL)
    contact_ids = frozenset(not_yet.values_list("pk", flat=True))
    return Person(
        leads=lead_ids,
        contacts=contact_ids,
        organisations=_alone(lead_ids, contact_ids),
        references=frozenset(lead.reference for lead in standing),
        addresses=frozenset(known),
    )


def _alone(leads: frozenset[int], contacts: frozenset[int]) -> frozenset[int]:
    """Organisations for which nobody else speaks who was not erased before, and those that were merged into them."""
    # Asked one by one: joined by OR they would read every lead and every contact.
    ids = {
        *Lead.objects.filter(pk__in=leads).values_list("organisation", flat=True),
        *Contact.objects.filter(pk__in=contacts).values_list("organisation", flat=True),
    }
    found = Organisation.objects.filter(pk__in=ids - {None}).exclude(name_key__startswith="erased-")
    theirs = set(found.values_list("pk", flat=True))
    of_leads = Lead.objects.filter(organisation__in=theirs, erased_at=None).exclude(pk__in=leads)
    others = Contact.objects.exclude(pk__in=contacts).exclude(email=ERASED_EMAIL)
    of_contacts = others.filter(organisation__in=theirs)
    shared = {
        *of_leads.values_list("organisation", flat=True),
        *of_contacts.values_list("organisation", flat=True),
    }
    alone = Organisation.objects.filter(pk__in=theirs - shared)
    return frozenset(one.pk for each in alone for one in matching.family(each))
