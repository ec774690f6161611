"""Who is this: the contact and the organisation behind an enquiry. Equal keys link; what is only near is suggested."""

from dataclasses import dataclass
from typing import TypeVar

from django.db import connection, transaction

from intake import addresses, names, resembling
from intake.models import Activity, Contact, Enquiry, Lead, Organisation
from jobs import queue

# Of the advisory locks of PostgreSQL, the one of whoever links or merges people; any number that nobody else takes.
_PEOPLE = 7_226_001
Record = TypeVar("Record", Contact, Organisation, Lead)


@dataclass(frozen=True)
class _Found:
    """An organisation, or none, and how it was recognised."""

    organisation: Organisation | None
    how: str = ""
    is_new: bool = False


def hold_people() -> None:
    """Wait for whoever else links or merges people, until this transaction ends.

    Without it two first requests of one body, at once, would not see each other's organisation, and a request could be
    linked to a contact in the moment in which that is merged away.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PEOPLE])


@transaction.atomic
def match_people(*, lead_id: int) -> Lead:
    """Link the lead to its contact and organisation, known or new, and suggest what they and it may be the same as.

    The contact is known by e-mail address; the organisation by its name (legal form, case and accents aside), else by
    the domain of the address. What was merged leads to where it was merged. Linked
    already or erased, the lead stays as it is.
    """
    lead = Lead.objects.select_for_update(of=("self",)).select_related("enquiry").get(pk=lead_id)
    if lead.contact_id is not None or lead.erased_at:
        return lead
    hold_people()
    enquiry = lead.enquiry
    known = Contact.objects.filter(email_key=addresses.email_key(enquiry.email)).first()
    contact = live(known) if known else None
    found = _organisation(enquiry, contact)
    is_new, contact = contact is None, contact or _new_contact(enquiry, found.organisation)
    lead.contact, lead.organisation = contact, found.organisation
    lead.save(update_fields=["contact", "organisation"])
    words = [_recognised(lead, contact, is_new), found.how]
    text = " ".join(filter(None, words))
    Activity.objects.create(lead=lead, kind=Activity.Kind.MATCHED, text=text)
    _suggest(lead, contact, found, is_new)
    _check_again(lead, enquiry)
    return lead


def _check_again(lead: Lead, enquiry: Enquiry) -> None:
    """Have conflicts looked for once more where matching knows other names than the request gave."""
    organisation = lead.organisation.name if lead.organisation else ""
    assert lead.contact is not None
    given = {names.plain_key(enquiry.organisation), names.person_key(enquiry.full_name), ""}
    known = {names.plain_key(organisation), names.person_key(lead.contact.full_name)}
    if not known <= given:
        key = f"lead:{lead.pk}:matched"
        queue.enqueue(queue.Ask("intake.check_conflicts", lead.pk, key=key))


def live(record: Record) -> Record:
    """The record itself, or the one that it was merged into in the end."""
    while record.merged_into is not None:
        record = record.merged_into
    return record


def family(record: Record) -> list[Record]:
    """The record that all of these were merged into in the end, and all of them: one and the same, as staff said."""
    found = [live(record)]
    level = found
    while level:
        level = list(type(record)._default_manager.filter(merged_into__in=level).order_by("pk"))
        found += level
    return found


def _organisation(enquiry: Enquiry, contact: Contact | None) -> _Found:
    if names.exact_key(enquiry.organisation):
        return _named(enquiry.organisation)
    if contact and contact.organisation:
        return _Found(live(contact.organisation))
    domain = addresses.house_domain(enquiry.email)
    of_domain = _of_domain(domain) if domain else []
    if len(of_domain) == 1:
        return _Found(of_domain[0], "Organisation known by the domain of the address.")
    return _Found(None)


def _named(name: str) -> _Found:
    keys = Organisation.keys_of(name)
    known = Organisation.objects.filter(name_key=keys["name_key"]).first()
    if known:
        return _Found(live(known), "Organisation known by its name.")
    alike = _of_the_same_name(name, keys["latin_key"])
    if len(alike) == 1:
        return _Found(alike[0], "Organisation known by its name, written a little differently.")
    made = Organisation.objects.create(name=name.strip(), **keys)
    return _Found(made, "New organisation.", is_new=True)


def _of_the_same_name(name: str, latin_key: str) -> list[Organisation]:
    """Organisations of this name but for case, accents, punctuation and a legal form that only one of the two has."""
    if not latin_key:
        return []
    near = Organisation.objects.filter(latin_key=latin_key).select_related("merged_into")
    same = [live(one) for one in near.order_by("pk")[:20] if _is_same_name(one.name, name)]
    return list(dict.fromkeys(same))


def _is_same_name(one: str, other: str) -> bool:
    forms = {names.legal_form(one), names.legal_form(other)} - {""}
    return names.plain_key(one) == names.plain_key(other) and len(forms) <= 1


def _of_domain(domain: str) -> list[Organisation]:
    """Organisations whose people write from this domain; two are enough to know that it does not tell."""
    people = Contact.objects.filter(domain=domain, organisation__isnull=False)
    return list(Organisation.objects.live().filter(pk__in=people.values("organisation"))[:2])


def _new_contact(enquiry: Enquiry, organisation: Organisation | None) -> Contact:
    return Contact.objects.create(
        full_name=enquiry.full_name,
        email=enquiry.email,
        phone=enquiry.phone,
        job_title=enquiry.job_title,
        organisation=organisation,
        **Contact.keys_of(enquiry.full_name, enquiry.email),
    )


def _recognised(lead: Lead, contact: Contact, is_new: bool) -> str:
    """How the contact was recognised, in words for the timeline."""
    if is_new:
        shared = " The address is one that several people read." if contact.is_shared else ""
        return f"New contact.{shared}"
    earlier = contact.leads.exclude(pk=lead.pk).count()
    text = f"Known contact with {earlier} earlier request(s)."
    if names.person_key(lead.enquiry.full_name) == names.person_key(contact.full_name):
        return text
    shared = (
        "a shared address, so perhaps somebody else" if contact.is_shared else "the same address"
    )
    return f"{text} Another name this time, from {shared}."


def _suggest(lead: Lead, contact: Contact, found: _Found, is_new: bool) -> None:
    if found.organisation and (is_new or found.is_new):
        resembling.note_organisation(found.organisation, contact.domain)
    if is_new:
        resembling.note_contact(contact)
    resembling.note_lead(lead)
