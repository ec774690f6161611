"""Four eyes on what nobody can bring back: one member of staff asks for an erasure, another one carries it out.

A house with one person for it gives that person the permission `accounts.erase_alone`; then the reason why they acted
alone stands in the record of the erasure.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts import erasing as map_erasing
from accounts.erasure_map import Person
from accounts.models import Erasure, User
from intake import erasing, identifying
from intake.models import Activity, Contact, ErasureOrder, Lead

Scope, State = ErasureOrder.Scope, ErasureOrder.State


@transaction.atomic
def ask_to_erase(
    *,
    by: User,
    because: str,
    scope: ErasureOrder.Scope,
    lead: Lead | None = None,
    contact: Contact | None = None,
    tells: bool = True,
) -> ErasureOrder:
    """Note that a request, or the person behind a request or a contact, is to be erased; an open order stays as it is.

    Raises ValidationError: code "required" without a reason, "names_the_person" when it holds a name or an address,
    "nothing" when there is nothing of them.
    """
    because = because.strip()
    if not because:
        raise ValidationError("Say why, for the record.", code="required")
    subject = _locked_subject(scope, lead, contact)
    order = ErasureOrder(
        **subject, scope=scope, because=because, tells=tells, asked_by=by, state=State.OPEN
    )
    person = person_of(order)
    if not person.leads and not map_erasing.look(person):
        raise ValidationError("We hold nothing about this person.", code="nothing")
    erasing.refuse_names(because, person)
    if known := _open_like(order):
        return known
    order.save(force_insert=True)
    kind = Activity.Kind.ERASURE_ASKED
    Activity.objects.bulk_create(
        Activity(lead_id=pk, kind=kind, text=because, by=by) for pk in sorted(person.leads)
    )
    return order


def _locked_subject(
    scope: ErasureOrder.Scope, lead: Lead | None, contact: Contact | None
) -> dict[str, Any]:
    """What the order names: the contact, of a request too when it is about the person; else the request."""
    if lead:
        lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        contact = lead.contact if scope == Scope.PERSON else None
    if contact is None:
        return {"lead": lead}
    Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    return {"contact": contact}


def _open_like(order: ErasureOrder) -> ErasureOrder | None:
    same = Q(lead=order.lead)
    if order.contact:
        same = Q(contact=order.contact) | Q(lead__contact=order.contact)
    return ErasureOrder.objects.filter(same, scope=order.scope, state=State.OPEN).first()


def person_of(order: ErasureOrder) -> Person:
    """Whom or what it reaches now."""
    if order.scope == Scope.LEAD:
        assert order.lead is not None
        return identifying.person_of_lead(order.lead)
    return identifying.person_of_address(address_of(order))


def address_of(order: ErasureOrder) -> str:
    """The address that stands for the person."""
    if order.contact:
        return order.contact.email
    assert order.lead is not None
    return order.lead.contact.email if order.lead.contact else order.lead.enquiry.email


@transaction.atomic
def carry_out(*, order: ErasureOrder, by: User, alone_because: str = "") -> Erasure:
    """Erase what the order says. By whoever asked for it only with `accounts.erase_alone` and the reason for that.

    Raises ValidationError: code "conflict" when it has ended, "one_person" when a second person is needed, and as
    `erasing.erase_person`.
    """
    order = _locked_open(order)
    how: dict[str, Any] = {
        "by": by,
        "asked_by": order.asked_by,
        "alone_because": alone_because,
        "because": order.because,
        "tells": order.tells,
    }
    if order.scope == Scope.LEAD:
        assert order.lead is not None
        erasure = erasing.erase_lead(lead=order.lead, **how)
    else:
        erasure = erasing.erase_person(address=address_of(order), **how)
    # What the erasure reached has ended with it; what was gone before has not.
    ErasureOrder.objects.filter(pk=order.pk, state=State.OPEN).update(
        state=State.DONE, ended_at=Now(), ended_by=by, erasure=erasure
    )
    return erasure


@transaction.atomic
def drop(*, order: ErasureOrder, by: User) -> ErasureOrder:
    """Take it back; whoever asked or another one. Raises ValidationError(code="conflict") when it has ended."""
    order = _locked_open(order)
    ErasureOrder.objects.filter(pk=order.pk).update(
        state=State.DROPPED, ended_at=Now(), ended_by=by
    )
    order.refresh_from_db()
    return order


def _locked_open(order: ErasureOrder) -> ErasureOrder:
    rows = ErasureOrder.objects.select_related(
        "asked_by", "contact", "lead__contact", "lead__enquiry"
    )
    order = rows.select_for_update(of=("self",)).get(pk=order.pk)
    if order.state != State.OPEN:
        raise ValidationError(f"This has ended: {order.get_state_display()}.", code="conflict")
    return order
