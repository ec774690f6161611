"""Who is this: the contact and the organisation behind an enquiry. Equal keys link; what is only near is suggested."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import TypeVar

from django.db import transaction
from django.db.models import Count

from accounts import many
from accounts.inserting import insert
from accounts.numbers import counted
from briefs import prepared
from intake import locking, names, people_book
from intake.models import Activity, Contact, Enquiry, Lead, Organisation
from intake.people_book import Book, Match
from jobs import queue
from jobs.models import Job

# Of the advisory locks of PostgreSQL, the one of whoever links or merges people; any number that nobody else takes.
_PEOPLE = 7_226_001
_HOLD = prepared.Statement.written("SELECT pg_advisory_xact_lock(%(number)s::bigint)")
Record = TypeVar("Record", Contact, Organisation, Lead)


def hold_people() -> None:
    """Wait for whoever else links or merges people, until this transaction ends.

    Without it two first requests of one body, at once, would not see each other's organisation, and a request could be
    linked to a contact in the moment in which that is merged away.
    """
    prepared.fetch(_HOLD, {"number": _PEOPLE})


def match_people(*, lead_id: int) -> Lead:
    """`match_leads` for one; raises Lead.DoesNotExist."""
    found = match_leads(lead_ids=[lead_id])
    if not found:
        raise Lead.DoesNotExist
    return found[0]


@transaction.atomic
def match_leads(*, lead_ids: Collection[int]) -> list[Lead]:
    """Link each lead to its contact and organisation, known or new. What they and it may be the same as is looked for
    later (`intake.alike`).

    A contact is known by e-mail address; an organisation by its name (legal form, case and accents aside), else by
    the domain of the address. What was merged leads to where it was merged. One after the other in the order of their
    numbers, each sees those whom the ones before it made known, in as many statements as for one. Linked already or
    erased, a lead stays as it is.
    """
    leads = locking.locked(lead_ids)
    link(leads)
    return leads


def link(leads: Sequence[Lead]) -> None:
    """The same for leads as `locking.locked` gives them."""
    leads = [lead for lead in leads if lead.contact_id is None and not lead.erased_at]
    if not leads:
        return
    hold_people()
    book = _book([lead.enquiry for lead in leads])
    matches = [book.match(lead) for lead in leads]
    earlier = _earlier({match.contact.pk for match in matches} - {None})
    book.store()
    _point(matches, earlier)
    queue.enqueue(*(ask for match in matches for ask in _check_again(match)))


def _book(enquiries: Iterable[Enquiry]) -> Book:
    """Whoever these may be from, in a statement each for contacts, organisations by name and by domain."""
    emails, named, latin, domains = people_book.keys_of(enquiries)
    contacts = _CONTACTS.read(emails=list(emails)).objects()
    found = _ORGANISATIONS.read(named=list(named), latin=list(latin)).objects() if named else ()
    book = Book({one.email_key: _live_contact(one) for one in contacts}, {}, {}, {})
    for one in found:
        book.named[one.name_key] = live(one)
        near = book.latin.setdefault(one.latin_key, [])
        if len(near) < _MOST_NAMESAKES:
            near.append((one.name, live(one)))
    people = Contact.objects.filter(domain__in=domains, organisation__merged_into=None)
    rows = people.exclude(organisation=None).values_list("domain", "organisation").distinct()
    of_domain = list(rows) if domains else []
    organisations = Organisation.objects.in_bulk({pk for _, pk in of_domain}) if of_domain else {}
    for domain, pk in of_domain:
        book.domains.setdefault(domain, []).append(organisations[pk])
    return book


def _live_contact(record: Contact) -> Contact:
    found = live(record)
    if found.organisation:
        found.organisation = live(found.organisation)
    return found


_MOST_NAMESAKES = 20
_CONTACTS = prepared.Prepared(
    lambda emails: Contact.objects.filter(
        prepared.among_texts("intake_contact.email_key", emails)
    ).select_related("organisation"),
    emails=["an address as an example"],
)
# Each way by an index of its own: joined by OR, the planner may read the whole table.
_ORGANISATIONS = prepared.Prepared(
    lambda named, latin: Organisation.objects.filter(
        pk__in=Organisation.objects.filter(prepared.among_texts("name_key", named))
        .values("pk")
        .union(Organisation.objects.filter(prepared.among_texts("latin_key", latin)).values("pk"))
    ).order_by("pk"),
    named=["a name as an example"],
    latin=["a name in Latin letters"],
)


def _point(matches: Sequence[Match], earlier: Counter[int]) -> None:
    """Link each lead, note it on its timeline, and see to it that a look for what is alike follows; one statement."""
    rows = []
    for match in matches:
        lead = match.lead
        lead.contact, lead.organisation = match.contact, match.organisation
        linked = {name: getattr(lead, name) for name in ("contact_id", "organisation_id")}
        rows.append({"lead_id": lead.pk, "text": _recognised(match, earlier)} | linked)
    given = {"rows": many.sent(rows), "request_id": queue.current_request_id()}
    queue.hint_due(prepared.store(_linked(), given))


# A request's own job of this kind looks for what is alike too, under the lead's lock: one that still waits finds the
# lead linked. Who is linked after it was claimed, such as a request that was held back, needs another.
_LOOKS = "intake.read_needs"
_LATE = f"""late AS (
    SELECT lead_id FROM given WHERE NOT EXISTS (
        SELECT FROM jobs_job
        WHERE kind = '{_LOOKS}' AND key = 'lead:' || lead_id AND state = '{Job.State.PENDING}'
    )
)"""  # noqa: S608  # names of our own
_JOB = {
    "kind": f"'{_LOOKS}'",
    "subject_id": "lead_id",
    "key": "'lead:' || lead_id || ':linked'",
    "request_id": "%(request_id)s",
}


@cache
def _linked() -> prepared.Statement:
    numbers = dict.fromkeys(("lead_id", "contact_id", "organisation_id"), "bigint")
    linked = """linked AS (
        UPDATE intake_lead SET contact_id = given.contact_id, organisation_id = given.organisation_id
        FROM given WHERE intake_lead.id = given.lead_id
    )"""
    activity = {"lead_id": "lead_id", "kind": f"'{Activity.Kind.MATCHED}'", "text": "text"}
    noted = f"noted AS ({insert(Activity, activity, rows='FROM given ORDER BY lead_id')})"
    asked = insert(Job, _JOB, rows="FROM late ORDER BY lead_id")
    last = f"{asked} ON CONFLICT DO NOTHING RETURNING kind, id"
    return many.statement(numbers | {"text": "text"}, linked, noted, _LATE, last=last)


def _earlier(contacts: Collection[int]) -> Counter[int]:
    """How many leads each of these has."""
    rows = Lead.objects.filter(contact__in=contacts).order_by().values("contact")
    return (
        Counter(dict(rows.annotate(n=Count("pk")).values_list("contact", "n")))
        if contacts
        else Counter()
    )


def _check_again(match: Match) -> Iterator[queue.Ask]:
    """Have conflicts looked for once more where matching knows other names than the request gave."""
    lead, enquiry = match.lead, match.lead.enquiry
    organisation = match.organisation.name if match.organisation else ""
    given = {names.plain_key(enquiry.organisation), names.person_key(enquiry.full_name), ""}
    known = {names.plain_key(organisation), names.person_key(match.contact.full_name)}
    if not known <= given:
        yield queue.Ask("intake.check_conflicts", lead.pk, key=f"lead:{lead.pk}:matched")


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


def _recognised(match: Match, earlier: Counter[int]) -> str:
    """How contact and organisation were recognised, in words for the timeline. Counts the lead for those after it."""
    text = _contact_in_words(match, earlier[match.contact.pk])
    earlier[match.contact.pk] += 1
    return " ".join(filter(None, [text, match.how]))


def _contact_in_words(match: Match, earlier: int) -> str:
    contact = match.contact
    if match.is_new:
        shared = " The address is one that several people read." if contact.is_shared else ""
        return f"New contact.{shared}"
    text = f"Known contact with {counted(earlier, 'earlier request')}."
    if names.person_key(match.lead.enquiry.full_name) == names.person_key(contact.full_name):
        return text
    shared = (
        "a shared address, so perhaps somebody else" if contact.is_shared else "the same address"
    )
    return f"{text} Another name this time, from {shared}."
