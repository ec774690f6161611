"""Who is this: the contact and the organisation behind an enquiry. Equal keys link; what is only near is suggested."""

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, transaction

from accounts.numbers import counted
from briefs import prepared
from intake import linking, locking, names, people_book
from intake.models import Contact, Lead, Organisation
from intake.people_book import Book, Match
from jobs import queue

# Of the advisory locks of PostgreSQL, that of whoever links or merges people, and those of the keys by which they are
# looked for; any numbers that nobody else takes.
_PEOPLE, _KEYS = 7_226_001, 7_226_003
_HOLD = prepared.Statement.written("SELECT pg_advisory_xact_lock(%(number)s::bigint)")
# The shared one first, since each key is joined to it, and the keys in the order in which they are given.
_HOLD_KEYS = prepared.Statement.written("""
    WITH linking AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(%(number)s::bigint))
    SELECT pg_advisory_xact_lock(%(kind)s::int, key) FROM linking, unnest(%(keys)s::int[]) AS key
""")
Record = TypeVar("Record", Contact, Organisation, Lead)


def hold_people() -> None:
    """Wait for whoever else links or merges people, until this transaction ends: for merging.

    Without it a request could be linked to a contact in the moment in which that is merged away.
    """
    prepared.fetch(_HOLD, {"number": _PEOPLE})


def _held(keys: Iterable[str]) -> prepared.Asked:
    """What waits for whoever merges people, and for whoever else links those with one of these keys, until this
    transaction ends. Without it two first requests of one body, at once, would not see each other's organisation.

    In the order of their numbers, as all do, so that no two wait for each other.
    """
    numbers = sorted({zlib.crc32(key.encode()) - 2**31 for key in keys})
    return _HOLD_KEYS, {"number": _PEOPLE, "kind": _KEYS, "keys": numbers}


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
    link(leads, prepared.fetch_all(*asked_people(leads)))
    return leads


def asked_people(leads: Sequence[Lead]) -> list[prepared.Asked]:
    """What is asked before these leads, or some of them, are linked, for who sends it together with other questions: it
    holds the keys of whoever they may be from, until the transaction ends, and asks who of them is known.
    """
    unlinked = _unlinked(leads)
    if not unlinked:
        return []
    keys = people_book.keys_of(lead.enquiry for lead in unlinked)
    given = {name: sorted(getattr(keys, name)) for name in ("emails", "named", "latin", "domains")}
    return [_held(keys.held), (_KNOWN, given)]


def link(
    leads: Sequence[Lead], people: Sequence[list[prepared.Row]], *also: prepared.Asked
) -> list[list[prepared.Row]]:
    """The same for leads as `locking.locked` gives them, with the answers to `asked_people`; the answers to what is
    `also` asked, which is sent in one message with the links and sees them.
    """
    leads = _unlinked(leads)
    if not leads:
        return prepared.fetch_all(*also)
    book, earlier = _book(people[-1])
    matches = [book.match(lead) for lead in leads]
    answers = linking.store(matches, [_recognised(match, earlier) for match in matches], *also)
    queue.enqueue(*(ask for match in matches for ask in _check_again(match)))
    return answers


def _unlinked(leads: Sequence[Lead]) -> list[Lead]:
    return [lead for lead in leads if lead.contact_id is None and not lead.erased_at]


def _book(known: Iterable[prepared.Row]) -> tuple[Book, Counter[str]]:
    """Whoever is known; and how many leads each contact has, by key."""
    book, earlier = Book({}, {}, {}, {}), Counter[str]()
    for number, domain, *columns in known:
        contact, organisation = _people(columns)
        if contact:
            _know(book, earlier, contact, number)
        elif domain:
            book.domains.setdefault(domain, []).append(organisation)
        else:
            book.named[organisation.name_key] = live(organisation)
            near = book.latin.setdefault(organisation.latin_key, [])
            if len(near) < _MOST_NAMESAKES:
                near.append((organisation.name, live(organisation)))
    return book, earlier


def _people(columns: Sequence[Any]) -> tuple[Contact | None, Any]:
    """The contact and the organisation in a row of `_KNOWN`."""
    own, theirs = columns[: len(_OF_CONTACT)], columns[len(_OF_CONTACT) :]
    organisation = theirs[0] and Organisation.from_db(DEFAULT_DB_ALIAS, _OF_ORGANISATION, theirs)
    if own[0] is None:
        return None, organisation
    contact = Contact.from_db(DEFAULT_DB_ALIAS, _OF_CONTACT, own)
    contact.organisation = organisation
    return contact, organisation


def _know(book: Book, earlier: Counter[str], contact: Contact, number: int) -> None:
    found = book.contacts[contact.email_key] = live(contact)
    if found.organisation:
        found.organisation = live(found.organisation)
    is_merged = found is not contact
    earlier[found.email_key] = Lead.objects.filter(contact=found).count() if is_merged else number


_MOST_NAMESAKES = 20
_OF_CONTACT, _OF_ORGANISATION = (
    [field.attname for field in model._meta.concrete_fields] for model in (Contact, Organisation)
)
# Each way by an index of its own: joined by OR, the planner may read the whole table.
_WHO_IS_KNOWN = """
    SELECT (SELECT count(*) FROM intake_lead WHERE contact_id = c.id), '', {contact}, {organisation}
    FROM intake_contact c LEFT JOIN intake_organisation o ON o.id = c.organisation_id
    WHERE c.email_key = ANY(%(emails)s::text[])
    UNION ALL
    SELECT 0, '', {no_contact}, {organisation} FROM intake_organisation o WHERE o.id IN (
        SELECT id FROM intake_organisation WHERE name_key = ANY(%(named)s::text[])
        UNION SELECT id FROM intake_organisation WHERE latin_key = ANY(%(latin)s::text[])
    )
    UNION ALL
    SELECT 0, there.domain, {no_contact}, {organisation} FROM (
        SELECT DISTINCT domain, organisation_id FROM intake_contact WHERE domain = ANY(%(domains)s::text[])
    ) AS there JOIN intake_organisation o ON o.id = there.organisation_id AND o.merged_into_id IS NULL
    ORDER BY {place}
"""
_KNOWN = prepared.Statement.written(
    _WHO_IS_KNOWN.format(
        contact=", ".join(f"c.{name}" for name in _OF_CONTACT),
        no_contact=", ".join("NULL" for _ in _OF_CONTACT),
        organisation=", ".join(f"o.{name}" for name in _OF_ORGANISATION),
        place=3 + len(_OF_CONTACT),  # the number of the organisation
    )
)


def _check_again(match: Match) -> Iterator[queue.Ask]:
    """Have conflicts looked for once more where matching knows other names than the request gave."""
    lead, enquiry = match.lead, match.lead.enquiry
    organisation = match.organisation.name if match.organisation else ""
    given = {names.plain_key(enquiry.organisation), names.person_key(enquiry.full_name), ""}
    known = {names.plain_key(organisation), names.person_key(match.contact.full_name)}
    if not known <= given:
        yield queue.Ask("intake.check_conflicts", lead.pk, key=f"lead:{lead.pk}:matched")


def chain(record: Record) -> list[Record]:
    """The record itself, and what it was merged into, and that, in this order."""
    found = [record]
    while found[-1].merged_into is not None:
        found.append(found[-1].merged_into)
    return found


def live(record: Record) -> Record:
    """The record itself, or the one that it was merged into in the end."""
    return chain(record)[-1]


def family(record: Record) -> list[Record]:
    """The record that all of these were merged into in the end, and all of them: one and the same, as staff said."""
    found = [live(record)]
    level = found
    while level:
        level = list(type(record)._default_manager.filter(merged_into__in=level).order_by("pk"))
        found += level
    return found


def _recognised(match: Match, earlier: Counter[str]) -> str:
    """How contact and organisation were recognised, in words for the timeline. Counts the lead for those after it."""
    text = _contact_in_words(match, earlier[match.contact.email_key])
    earlier[match.contact.email_key] += 1
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
