"""Near, not equal: pairs of records that may be one, each with its reasons, for a person to decide. Merges nothing."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Left
from django.utils import timezone

from accounts.models import User
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
    "name": "names alike ({} %)",
    "sound": "names sound alike ({} %)",
    "other_form": "the same name with another legal form",
    "same_domain": "the same e-mail domain",
    "same_organisation": "the same organisation",
    "same_phone": "the same phone number",
    "same_contact": "the same person",
    "same_text": "the same text",
    "text": "texts alike ({} %)",
    "days": "{} day(s) apart",
}


def in_words(likeness: Likeness) -> list[str]:
    """Its reasons in words."""
    return [REASONS[code].format(measure) for code, measure in likeness.reasons if code in REASONS]


def note_organisation(organisation: Organisation, domain: str = "") -> None:
    """Suggest what this organisation may be the same as: by its name, and by the domain that somebody wrote from."""
    has_domain = (
        Exists(Contact.objects.filter(organisation=OuterRef("pk"), domain=domain))
        if domain
        else Value(False, models.BooleanField())
    )
    of_domain = Contact.objects.filter(domain=domain).values("organisation") if domain else None
    also = Q(pk__in=of_domain) if of_domain is not None else Q()
    near = _near(Organisation.objects.live(), organisation, also)
    rows = near.annotate(is_close=has_domain).order_by("-is_close", "-alike", "pk")
    found = [(one, _organisation_reasons(one, organisation)) for one in rows[:_LOOKED_AT]]
    _keep(RecordKind.ORGANISATION, organisation.pk, found)


def note_contact(contact: Contact) -> None:
    """Suggest whom this contact may be: by mailbox, or by a name that something else speaks for."""
    near = _near(Contact.objects.live(), contact, Q(mailbox_key=contact.mailbox_key))
    is_close = Q(mailbox_key=contact.mailbox_key)
    if contact.organisation_id:
        is_close |= Q(organisation=contact.organisation_id)
    if contact.domain:
        is_close |= Q(domain=contact.domain)
    rows = near.annotate(
        is_close=Case(When(is_close, then=True), default=False, output_field=models.BooleanField())
    ).order_by("-is_close", "-alike", "pk")
    found = [(one, _contact_reasons(one, contact)) for one in rows[:_LOOKED_AT]]
    _keep(RecordKind.CONTACT, contact.pk, found)


def note_lead(lead: Lead) -> None:
    """Suggest which earlier lead of the same person or organisation asks the same, within `DUPLICATE_WITHIN`.

    Compared with the newest hundred of them: a text takes a tenth of a millisecond, and a house may send thousands.
    """
    same_people = Q(contact=lead.contact_id)
    if lead.organisation_id:
        same_people |= Q(organisation=lead.organisation_id)
    text = lead.enquiry.needs[:_TEXT_LOOKED_AT]
    earlier = (
        Lead.objects.filter(same_people, merged_into=None, erased_at=None, pk__lt=lead.pk)
        .filter(created_at__gt=lead.created_at - DUPLICATE_WITHIN)
        .order_by("-pk")[:_COMPARED]
    )
    rows = (
        Lead.objects.filter(pk__in=earlier.values("pk"))
        .annotate(
            alike=TrigramSimilarity(Left("enquiry__needs", _TEXT_LOOKED_AT), text),
            is_same_text=Case(When(enquiry__needs=lead.enquiry.needs, then=True), default=False),
        )
        .order_by("-is_same_text", "-alike", "-pk")
    )
    found = [(one, _lead_reasons(one, lead)) for one in rows[:_LOOKED_AT]]
    _keep(RecordKind.LEAD, lead.pk, found)


def _near(rows: QuerySet[Any], record: Any, also: Q) -> QuerySet[Any]:
    """Rows whose names are near that of the record, or that are near otherwise, with how `alike` the names are."""
    near, alike = also, Value(0.0, models.FloatField())
    measures: dict[str, Any] = {"latin": alike, "sound": alike}
    if record.latin_key:
        near |= Q(latin_key__trigram_similar=record.latin_key)
        measures["latin"] = TrigramSimilarity("latin_key", record.latin_key)
    if len(record.sound_key.replace(" ", "")) >= _LEAST_SOUND:
        near |= Q(sound_key__trigram_similar=record.sound_key)
        measures["sound"] = TrigramSimilarity("sound_key", record.sound_key)
    if not near:
        return rows.none().annotate(**measures, alike=alike)
    found = rows.filter(near).exclude(pk=record.pk).annotate(**measures)
    # Consonants are fewer than letters, so equal ones say a little less.
    return found.annotate(alike=Greatest(F("latin"), F("sound") * Value(0.9)))


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


def _keep(kind: RecordKind, pk: int, found: Iterable[tuple[Any, list[Reason]]]) -> None:
    """Store the strongest as suggestions; a pair that is there already, decided or not, stays as it is."""
    suggested = [
        Likeness(
            kind=kind,
            older_pk=min(pk, one.pk),
            newer_pk=max(pk, one.pk),
            reasons=reasons,
            score=_score(reasons),
        )
        for one, reasons in found
        if reasons
    ]
    suggested.sort(key=lambda each: -each.score)
    if suggested:
        Likeness.objects.bulk_create(suggested[:MOST], ignore_conflicts=True)


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
    """For the undoing of a merge: bring back what `join` changed, but for what a person decided since."""
    states = Likeness.State
    decided = Likeness.objects.filter(pk__in=done["decided"], state=states.SAME)
    decided.update(state=states.OPEN, decided_by=None, decided_at=None)
    joined = Likeness.objects.of(kind, target_pk).filter(pk__in=done["joined"], state=states.OPEN)
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
