"""Erasing a person or one request by the erasure map, and answering a client who asked for it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts import erasing
from accounts.erasure_map import ERASED_EMAIL, Person
from accounts.models import Erasure, User
from intake import after_sending, identifying, leads, speaking
from intake.models import (
    MOVES,
    Activity,
    Contact,
    ErasureOrder,
    ErasureRequest,
    Lead,
    Status,
)
from jobs import queue
from mail import outbox
from mail.models import Message

ALONE = "accounts.erase_alone"
_CLOSING = "Erased"
_TELL, _REFUSE = "intake/mail/erased", "intake/mail/erasure_refused"


def erase_lead(
    *,
    lead: Lead,
    by: User,
    asked_by: User,
    because: str,
    tells: bool = True,
    alone_because: str = "",
) -> Erasure:
    """Erase one request, spam and quarantined ones too, and the contact if it has no other; twice is once.

    What the person has elsewhere stays. Raises ValidationError as `erase_person`.
    """
    return erase(
        lambda: identifying.person_of_lead(Lead.objects.get(pk=lead.pk)),
        known=lambda: Erasure.objects.filter(references__contains=[lead.reference]),
        scope=Erasure.Scope.LEAD, because=because, by=by, tells=tells,
        asked_by=asked_by, alone_because=alone_because,
    )  # fmt: skip


def erase_person(
    *,
    by: User,
    asked_by: User,
    because: str,
    contact: Contact | None = None,
    address: str = "",
    tells: bool = True,
    alone_because: str = "",
) -> Erasure:
    """Erase everything of a contact, or of an address without one: requests, mails, subscriptions; twice is once.

    What must be kept is kept, with the reason. Open requests are closed first; the person gets one mail that says
    what was done. Raises ValidationError: code "one_person" when `by` asked for it too and may not act alone, or does
    not say why, "required" without a reason, "names_the_person" when the reason holds
    their name or address, which would then stay for ever, "nothing" when there is nothing of them.
    """
    wanted = contact.email if contact else address
    return erase(
        lambda: identifying.person_of_address(wanted),
        known=lambda: erasing.erasures_of(wanted),
        scope=Erasure.Scope.PERSON, because=because, by=by, tells=tells,
        asked_by=asked_by, alone_because=alone_because,
    )  # fmt: skip


@transaction.atomic
def erase(
    find: Callable[[], Person],
    *,
    known: Callable[[], QuerySet[Erasure]],
    scope: Erasure.Scope,
    because: str,
    by: User | None,
    tells: bool,
    asked_by: User | None = None,
    alone_because: str = "",
) -> Erasure:
    """Lock whom `find` finds, find them again, erase; when nothing is left, the erasure that `known` finds."""
    because = because.strip()
    if not because:
        raise ValidationError("Say why, for the record.", code="required")
    alone_because = _require_two(by, asked_by, alone_because)
    erasing.lock(find())
    person = find()
    if not person.leads and not erasing.look(person):
        return _newest(known())
    if by:  # a rule's or a replay's words are ours: of a client called Days they name nobody, and must not stop
        refuse_names(f"{because} {alone_because}", person)
    farewell = _farewell(person) if tells else None
    _close(person, by)
    erasure = erasing.carry_out(
        person=person,
        scope=scope,
        because=because,
        by=by,
        asked_by=asked_by,
        alone_because=alone_because,
    )
    _record(person, erasure, by)
    queue.enqueue(queue.Ask("intake.note_erasure", erasure.pk, key=f"erasure:{erasure.pk}"))
    if farewell:
        _tell(farewell, erasure)
    return erasure


def _newest(erasures: QuerySet[Erasure]) -> Erasure:
    found = erasures.order_by("-made_at", "-pk").first()
    if found is None:
        raise ValidationError("We hold nothing about this person.", code="nothing")
    return found


def _require_two(by: User | None, asked_by: User | None, alone_because: str) -> str:
    """The reason of who acts alone; "" when two people do it, or a rule of retention does."""
    if by is None or by != asked_by:
        return ""
    if not by.has_perm(ALONE):
        raise ValidationError(
            "You asked for this: somebody else has to carry it out.", code="one_person"
        )
    if not alone_because.strip():
        raise ValidationError("Say why nobody else can carry it out.", code="one_person")
    return alone_because.strip()


def refuse_names(because: str, person: Person) -> None:
    """The reason stays; a name or an address in it would undo what is recorded: ValidationError."""
    found = Lead.objects.filter(pk__in=person.leads, erased_at=None).select_related("enquiry")
    words = set(person.addresses)
    for lead in found:
        details = after_sending.contact_of(lead)
        words |= {lead.enquiry.full_name, lead.enquiry.email, details.full_name, details.email}
    if any(re.search(rf"\b{re.escape(word)}\b", because, re.IGNORECASE) for word in words if word):
        raise ValidationError(
            "Leave the name and the address out of the reason: it stays in the record.",
            code="names_the_person",
        )


def _close(person: Person, by: User | None) -> None:
    """Nobody works on it any more; what the moves write is emptied with the rest."""
    for lead in Lead.objects.filter(pk__in=person.leads, closed_at=None).order_by("pk"):
        allowed = MOVES[lead.status]
        to = Status.DISQUALIFIED if Status.DISQUALIFIED in allowed else Status.LOST
        leads.move_lead(lead=lead, to=to, by=by, reason=_CLOSING)


def _record(person: Person, erasure: Erasure, by: User | None) -> None:
    """On the timeline, and as the answer to whoever asked for it."""
    text = f"{erasure.because}" + (" What must stay is kept." if erasure.kept else "")
    kind = Activity.Kind.ERASED
    Activity.objects.bulk_create(
        Activity(lead_id=pk, kind=kind, text=text, by=by) for pk in sorted(person.leads)
    )
    ErasureRequest.objects.filter(lead__in=person.leads, state=ErasureRequest.State.OPEN).update(
        state=ErasureRequest.State.DONE,
        answered_at=timezone.now(),
        answered_by=by,
        erasure=erasure,
    )
    reached = Q(lead__in=person.leads) | Q(contact__in=person.contacts)
    ErasureOrder.objects.filter(reached, state=ErasureOrder.State.OPEN).update(
        state=ErasureOrder.State.DONE, ended_at=timezone.now(), ended_by=by, erasure=erasure
    )


# ---- Telling the person


def _farewell(person: Person) -> dict[str, Any] | None:
    """To whom the last mail goes and in which language, read while it is still there: the address they gave last."""
    lead = (
        Lead.objects.filter(pk__in=person.leads)
        .exclude(status=Status.QUARANTINED)  # may be anybody's address
        .select_related("enquiry")
        .annotate(said_at=Greatest(Max("corrections__made_at"), "enquiry__received_at"))
        .order_by("-said_at", "-pk")
        .first()
    )
    if lead is None:
        return None
    return _letter_to(lead)


def _letter_to(lead: Lead) -> dict[str, Any]:
    contact = after_sending.contact_of(lead)
    return {
        "to_email": contact.email,
        "language": speaking.language_for(lead.enquiry),
        "reference": lead.reference,
    }


def _tell(letter: dict[str, Any], erasure: Erasure) -> None:
    """Queue the last mail. It holds the address until it has left: see `forget_farewells`."""
    context = {
        "reference": letter["reference"],
        "references": erasure.references,
        "kept_until": erasure.kept_until,
        "proof": str(erasure.uuid),
    }
    outbox.queue_message(
        outbox.Letter(key=f"erasure:{erasure.pk}", template=_TELL, context=context, **letter)
    )


@transaction.atomic
def forget_farewells() -> int:
    """Empty the last mails that have left, or that nobody could deliver for two weeks; return how many."""
    done = [Message.State.SENT, Message.State.KEPT, Message.State.CANCELLED]
    late = timezone.now() - timedelta(days=14)
    theirs = Message.objects.filter(
        key__startswith="erasure:"
    )  # by an index: there are few among millions
    rows = theirs.filter(template=_TELL).exclude(to_email=ERASED_EMAIL)
    rows = rows.filter(state__in=done) | rows.filter(created_at__lt=late)
    return rows.update(
        to_email=ERASED_EMAIL, to_name="", subject=_CLOSING, text="", html="", headers={}, error=""
    )


# ---- Saying no


@transaction.atomic
def refuse_erasure(*, request: ErasureRequest, by: User, answer: str) -> ErasureRequest:
    """Say no to a client who asked for erasure, with the reason, which they get by mail and on their page.

    Raises ValidationError: code "required" without a reason, "conflict" when the request was answered already.
    """
    answer = answer.strip()
    if not answer:
        raise ValidationError("Say why not, as the client will read it.", code="required")
    lead = (
        Lead.objects.select_for_update(of=("self",))
        .select_related("enquiry")
        .get(pk=request.lead_id)
    )
    request = ErasureRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.state != ErasureRequest.State.OPEN:
        raise ValidationError("This request was answered already.", code="conflict")
    request.state = ErasureRequest.State.REFUSED
    request.answer, request.answered_at, request.answered_by = answer, timezone.now(), by
    request.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    kind = Activity.Kind.ERASURE_REFUSED
    Activity.objects.create(lead=lead, kind=kind, text="The client was told why.", by=by)
    _tell_refusal(lead, request)
    return request


def _tell_refusal(lead: Lead, request: ErasureRequest) -> None:
    context = {"reference": lead.reference, "answer": request.answer}
    key, letter = f"erasure_refused:{request.pk}", _letter_to(lead)
    outbox.queue_message(outbox.Letter(key=key, template=_REFUSE, context=context, **letter))
