"""Near, not equal: pairs of records that may be one, each with its reasons, for a person to decide. Merges nothing."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.many import Many
from accounts.models import User
from accounts.numbers import counted
from briefs import prepared
from intake import names
from intake.models import Contact, Lead, Likeness, Organisation, RecordKind

MOST = 5
DUPLICATE_WITHIN = timedelta(days=14)
_LOOKED_AT = 20
_ALIKE = 0.5  # as pg_trgm.similarity_threshold in settings, by which the index finds
_SAME_TEXT, _SAME_TEXT_OF_A_COLLEAGUE = 0.5, 0.8
_TEXT_LOOKED_AT = 4000
_COMPARED = 100
_LEAST_SOUND = 4  # fewer consonants are the same in too many names

Reason = tuple[str, int]
# What staff read; {} is the measure.
REASONS = {
    "same_mailbox": "the same mailbox but for a plus part or dots",
    "same_name": "the same name",
    "name": "names alike ({}%)",
    "sound": "names sound alike ({}%)",
    "other_form": "the same name with another legal form",
    "same_domain": "the same e-mail domain",
    "same_organisation": "the same organisation",
    "same_phone": "the same phone number",
    "same_contact": "the same person",
    "same_text": "the same text",
    "text": "texts alike ({}%)",
    "days": "{} apart",
}


def in_words(likeness: Likeness) -> list[str]:
    """Its reasons in words."""
    return said(likeness.reasons)


def said(reasons: Iterable[Reason]) -> list[str]:
    """Reasons in words, without those that are none any more."""
    return [
        REASONS[code].format(_days(measure) if code == "days" else measure)
        for code, measure in reasons
        if code in REASONS
    ]


def _days(number: int) -> str:
    return counted(number, "day") if number else "less than a day"


# Each way by an index of its own: joined by OR, the planner may read the whole table.
_NEAR = """
    SELECT asked.nr, near.* FROM unnest(
        %(nr)s::int[], %(pk)s::bigint[], %(latin_key)s::text[], %(sound_key)s::text[], %(domain)s::text[] {more}
    ) AS asked (nr, id, latin, sound, domain {names})
    CROSS JOIN LATERAL (
        SELECT {columns}, similarity(r.latin_key, asked.latin) AS latin, similarity(r.sound_key, asked.sound) AS sound,
            greatest(similarity(r.latin_key, asked.latin), similarity(r.sound_key, asked.sound) * 0.9) AS alike,
            {is_close} AS is_close
        FROM {table} r
        WHERE r.merged_into_id IS NULL AND r.id <> asked.id AND r.id IN (
            SELECT id FROM {table} WHERE latin_key %% asked.latin
            UNION SELECT id FROM {table} WHERE sound_key %% asked.sound
            UNION {also}
        )
        ORDER BY is_close DESC, alike DESC, r.id LIMIT {most}
    ) AS near
    ORDER BY asked.nr, near.is_close DESC, near.alike DESC, near.id
"""
_MEASURES = ("latin", "sound", "alike", "is_close")
_OF_ORGANISATION = ("id", "name")
_OF_CONTACT = ("id", "mailbox_key", "domain", "organisation_id", "phone")
# Consonants are fewer than letters, so equal ones say a little less.
_NEAR_ORGANISATIONS = prepared.Statement.written(
    _NEAR.format(
        table="intake_organisation",
        columns=", ".join(f"r.{name}" for name in _OF_ORGANISATION),
        more="",
        names="",
        is_close="EXISTS (SELECT FROM intake_contact c WHERE c.organisation_id = r.id AND c.domain = asked.domain"
        " AND asked.domain <> '')",
        also="SELECT organisation_id FROM intake_contact WHERE domain = asked.domain AND asked.domain <> ''",
        most=_LOOKED_AT,
    )
)
_NEAR_CONTACTS = prepared.Statement.written(
    _NEAR.format(
        table="intake_contact",
        columns=", ".join(f"r.{name}" for name in _OF_CONTACT),
        more=", %(mailbox_key)s::text[], %(organisation_id)s::bigint[]",
        names=", mailbox, organisation",
        is_close="(r.mailbox_key = asked.mailbox OR r.domain = asked.domain AND asked.domain <> ''"
        " OR coalesce(r.organisation_id = asked.organisation, false))",
        also="SELECT id FROM intake_contact WHERE mailbox_key = asked.mailbox",
        most=_LOOKED_AT,
    )
)


def note(
    *,
    organisations: Sequence[tuple[Organisation, str]],
    contacts: Sequence[Contact],
    leads: Sequence[Lead],
) -> None:
    """Suggest what each organisation may be the same as, by its name and by the domain that somebody wrote from; whom
    each contact may be, by mailbox, or by a name that something else speaks for; and which earlier lead of the same
    person or organisation asks the same, within `DUPLICATE_WITHIN`.
    """
    found = [*_of_organisations(organisations), *_of_contacts(contacts), *_of_leads(leads)]
    # In the same order whoever finds them: two that store the same pairs would wait for each other.
    found.sort(key=lambda one: (one.kind, one.older_pk, one.newer_pk))
    _LIKE.store(found)


_LIKE = Many(
    Likeness,
    ("kind", "older_pk", "newer_pk", "reasons", "score"),
    also="ON CONFLICT DO NOTHING",  # a pair that is there already, decided or not, stays
)


def _of_organisations(both: Sequence[tuple[Organisation, str]]) -> list[Likeness]:
    if not both:
        return []
    given = _asked([one for one, _ in both]) | {"domain": [domain for _, domain in both]}
    rows = prepared.fetch(_NEAR_ORGANISATIONS, given)
    pairs = [(both[nr][0], _named(_OF_ORGANISATION + _MEASURES, row)) for nr, *row in rows]
    return _strongest(
        RecordKind.ORGANISATION, [(one, row, _organisation_reasons(row, one)) for one, row in pairs]
    )


def _of_contacts(contacts: Sequence[Contact]) -> list[Likeness]:
    if not contacts:
        return []
    more = ("domain", "mailbox_key", "organisation_id")
    given = _asked(contacts) | {name: [getattr(one, name) for one in contacts] for name in more}
    rows = prepared.fetch(_NEAR_CONTACTS, given)
    pairs = [(contacts[nr], _named(_OF_CONTACT + _MEASURES, row)) for nr, *row in rows]
    return _strongest(
        RecordKind.CONTACT, [(one, row, _contact_reasons(row, one)) for one, row in pairs]
    )


def _asked(records: Sequence[Contact | Organisation]) -> dict[str, list[Any]]:
    """Places, numbers and names of what is to be compared; too few consonants are the same in too many names."""
    sounds = [one.sound_key for one in records]
    return {
        "nr": list(range(len(records))),
        "pk": [one.pk for one in records],
        "latin_key": [one.latin_key for one in records],
        "sound_key": [s if len(s.replace(" ", "")) >= _LEAST_SOUND else "" for s in sounds],
    }


def _named(names_of: Sequence[str], row: Sequence[Any]) -> Any:
    return SimpleNamespace(**dict(zip(names_of, row, strict=True)), pk=row[0])


# Compared with the newest hundred of its people, since a house may send thousands. Letter by letter, which takes a
# tenth of a millisecond, with what the same person wrote; with a colleague's text only where the two have a band of
# words in common (`intake.likeness`), or have none since one is too short or was never screened, or have them by
# rules of different versions.
_EARLIER = prepared.Statement.written("""
    SELECT asked.nr, near.* FROM unnest(
        %(nr)s::int[], %(pk)s::bigint[], %(contact_id)s::bigint[], %(organisation_id)s::bigint[],
        %(created_at)s::timestamptz[], %(needs)s::text[]
    ) AS asked (nr, id, contact, organisation, created_at, needs)
    LEFT JOIN intake_screening mine ON mine.lead_id = asked.id
    CROSS JOIN LATERAL (
        SELECT r.id, r.contact_id, r.created_at, e.needs = asked.needs AS is_same_text,
            CASE
                WHEN e.needs = asked.needs THEN 1
                WHEN r.contact_id = asked.contact OR (mine.text_bands && theirs.text_bands) IS NOT FALSE
                    OR mine.text_bands = '{}' OR theirs.text_bands = '{}' OR mine.rules <> theirs.rules
                THEN similarity(left(e.needs, %(text)s::int), left(asked.needs, %(text)s::int))
                ELSE 0
            END AS alike
        FROM (
            (SELECT id, contact_id, enquiry_id, created_at FROM intake_lead
            WHERE contact_id = asked.contact AND id < asked.id
                AND created_at > asked.created_at - %(within)s::interval
                AND merged_into_id IS NULL AND erased_at IS NULL
            ORDER BY id DESC LIMIT %(compared)s::int)
            UNION
            (SELECT id, contact_id, enquiry_id, created_at FROM intake_lead
            WHERE organisation_id = asked.organisation AND id < asked.id
                AND created_at > asked.created_at - %(within)s::interval
                AND merged_into_id IS NULL AND erased_at IS NULL
            ORDER BY id DESC LIMIT %(compared)s::int)
            ORDER BY id DESC LIMIT %(compared)s::int
        ) AS r JOIN intake_enquiry e ON e.id = r.enquiry_id LEFT JOIN intake_screening theirs ON theirs.lead_id = r.id
        ORDER BY is_same_text DESC, alike DESC, r.id DESC LIMIT %(most)s::int
    ) AS near
    ORDER BY asked.nr, near.is_same_text DESC, near.alike DESC, near.id DESC
""")
_OF_LEAD = ("id", "contact_id", "created_at", "is_same_text", "alike")


def _of_leads(leads: Sequence[Lead]) -> list[Likeness]:
    columns = ("pk", "contact_id", "organisation_id", "created_at")
    given: dict[str, Any] = {name: [getattr(lead, name) for lead in leads] for name in columns}
    given |= {"nr": list(range(len(leads))), "needs": [lead.enquiry.needs for lead in leads]}
    given |= {"within": DUPLICATE_WITHIN, "text": _TEXT_LOOKED_AT}
    given |= {"compared": _COMPARED, "most": _LOOKED_AT}
    rows = prepared.fetch(_EARLIER, given)
    pairs = [(leads[nr], _named(_OF_LEAD, row)) for nr, *row in rows]
    return _strongest(
        RecordKind.LEAD, [(lead, row, _lead_reasons(row, lead)) for lead, row in pairs]
    )


def _name_reasons(one: Any) -> list[Reason]:
    if one.latin >= _ALIKE:
        return [("name", round(one.latin * 100))] if one.latin < 1 else [("same_name", 100)]
    return [("sound", round(one.sound * 100))] if one.alike >= _ALIKE else []


def _organisation_reasons(one: Any, organisation: Organisation) -> list[Reason]:
    reasons = _name_reasons(one)
    forms = {names.legal_form(one.name), names.legal_form(organisation.name)} - {""}
    if reasons == [("same_name", 100)] and len(forms) > 1:
        reasons = [("other_form", 100)]
    return reasons + ([("same_domain", 0)] if one.is_close else [])


def _contact_reasons(one: Any, contact: Contact) -> list[Reason]:
    signs: list[Reason] = []
    if one.mailbox_key == contact.mailbox_key:
        signs.append(("same_mailbox", 0))
    if contact.organisation_id and one.organisation_id == contact.organisation_id:
        signs.append(("same_organisation", 0))
    if contact.domain and one.domain == contact.domain:
        signs.append(("same_domain", 0))
    if _digits(contact.phone) and _digits(one.phone) == _digits(contact.phone):
        signs.append(("same_phone", 0))
    named = _name_reasons(one)
    is_full_name = named == [("same_name", 100)] and " " in contact.latin_key
    speaks = ("same_mailbox", 0) in signs or is_full_name or (named and signs)
    return [*named, *signs] if speaks else []


def _digits(phone: str) -> str:
    """What of a phone number is the same with and without the code of its country; "" for too few."""
    digits = "".join(char for char in phone if char.isdecimal())
    return digits[-8:] if len(digits) >= 7 else ""


def _lead_reasons(one: Any, lead: Lead) -> list[Reason]:
    is_same_person = one.contact_id == lead.contact_id
    least = _SAME_TEXT if is_same_person else _SAME_TEXT_OF_A_COLLEAGUE
    if not one.is_same_text and one.alike < least:
        return []
    return [
        ("same_contact" if is_same_person else "same_organisation", 0),
        ("same_text", 100) if one.is_same_text else ("text", round(one.alike * 100)),
        ("days", (lead.created_at - one.created_at).days),
    ]


def _strongest(kind: RecordKind, found: Iterable[tuple[Any, Any, list[Reason]]]) -> list[Likeness]:
    """Of each record the strongest, as suggestions that are not stored yet."""
    suggested: dict[int, list[Likeness]] = {}
    for record, one, reasons in found:
        if reasons:
            pair = {"older_pk": min(record.pk, one.pk), "newer_pk": max(record.pk, one.pk)}
            made = Likeness(kind=kind, reasons=reasons, score=_score(reasons), **pair)
            suggested.setdefault(record.pk, []).append(made)
    return [
        one for each in suggested.values() for one in sorted(each, key=lambda it: -it.score)[:MOST]
    ]


def _score(reasons: list[Reason]) -> int:
    """0 to 100: how alike the names or texts are counts up to 60, each other sign 20."""
    measured = max((measure for code, measure in reasons if code != "days"), default=0)
    signs = sum(code.startswith("same_") and not measure for code, measure in reasons)
    return min(100, round(measured * 0.6) + 20 * signs)


@transaction.atomic
def tell_apart(*, likeness: Likeness, by: User) -> Likeness:
    """Say that two records are not the same: they are never suggested again.

    Raises ValidationError(code="conflict") when somebody has decided already.
    """
    likeness = Likeness.objects.select_for_update().get(pk=likeness.pk)
    if likeness.state != Likeness.State.OPEN:
        raise ValidationError(
            f"Somebody has decided already: {likeness.get_state_display()}.", code="conflict"
        )
    _decide(likeness.pk, Likeness.State.DIFFERENT, by)
    likeness.refresh_from_db()
    return likeness


def join(kind: str, source_pk: int, target_pk: int, by: User) -> dict[str, list[int]]:
    """For a merge: decide what was suggested of the two, and suggest of the target what is open of the source.

    Returns what `part` needs to undo it.
    """
    taken = set(_others(Likeness.objects.of(kind, target_pk), target_pk).values())
    is_open = Likeness.objects.of(kind, source_pk).filter(state=Likeness.State.OPEN)
    decided, joined = [], []
    for pk, other in _others(is_open, source_pk).items():
        if other == target_pk:
            _decide(pk, Likeness.State.SAME, by)
            decided.append(pk)
        elif other not in taken:
            _pair(pk, other, target_pk)
            joined.append(pk)
    return {"decided": decided, "joined": joined}


def part(kind: str, source_pk: int, target_pk: int, done: dict[str, list[int]]) -> None:
    """For the undoing of a merge: bring back what `join` changed, but for what a person decided since.

    What a later merge decided goes back to its pair too: when that one is undone, it is open there.
    """
    states = Likeness.State
    decided = Likeness.objects.filter(pk__in=done["decided"], state=states.SAME)
    decided.update(state=states.OPEN, decided_by=None, decided_at=None)
    joined = Likeness.objects.of(kind, target_pk).filter(pk__in=done["joined"])
    joined = joined.filter(state__in=[states.OPEN, states.SAME])
    for pk, other in _others(joined, target_pk).items():
        _pair(pk, other, source_pk)


def _others(rows: QuerySet[Likeness], one_pk: int) -> dict[int, int]:
    """The record on the other side, by the number of the likeness."""
    pairs = rows.order_by("pk").values_list("pk", "older_pk", "newer_pk")
    return {pk: newer if older == one_pk else older for pk, older, newer in pairs}


def _pair(pk: int, one_pk: int, other_pk: int) -> None:
    ends = {"older_pk": min(one_pk, other_pk), "newer_pk": max(one_pk, other_pk)}
    Likeness.objects.filter(pk=pk).update(**ends)


def _decide(pk: int, state: Likeness.State, by: User) -> None:
    Likeness.objects.filter(pk=pk).update(state=state, decided_by=by, decided_at=timezone.now())
