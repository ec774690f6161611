"""Telling the client that the request arrived."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from intake import (
    after_sending,
    alarming,
    client_promise,
    deadlines,
    matching,
    screening,
    speaking,
    submission,
)
from intake.after_sending import ContactDetails
from intake.models import Activity, Deadline, Lead
from mail import addresses, outbox
from mail.models import Message
from mail.models.message import UNSENT

# What a mail program makes a link of, or a trickster an offer.
_NO_PART_OF_A_NAME = re.compile(r"[\d/@:#=%_\\]|\.\w")
_LONGEST_NAME = 80
_AGAIN = ":again:"


def acknowledge_lead(*, lead_id: int) -> None:
    """As `acknowledge_leads`, of one."""
    acknowledge_leads(because_of={lead_id: ""})


@transaction.atomic
def acknowledge_leads(*, because_of: Mapping[int, str]) -> None:
    """Queue the one acknowledgement of each lead to each address that its client gave, with the link to the status
    page and the time by which we answer, in the client's language; none once it is erased. Words of duty of care make
    it say first that nobody watches this mailbox.

    `because_of` names by lead the id of the request that brought it, for the log.
    """
    # Locked, so that an erasure either finds the mail or is found.
    leads = deadlines.locked_of([*because_of])
    running = deadlines.keep_of(leads)
    there = [lead for lead in leads if not lead.erased_at]
    contacts = after_sending.contacts_of(there)
    outbox.queue_messages(
        [_letter(lead, contacts[lead.pk], running[lead.pk], because_of[lead.pk]) for lead in there]
    )


@transaction.atomic
def acknowledge_corrected(*, lead_id: int) -> None:
    """Acknowledge a request to the address that was corrected last, and call off the acknowledgements that wait for
    those before it: the link in them would open the request to whoever reads those. Other mails with it leave for the
    new address.
    """
    acknowledge_lead(lead_id=lead_id)
    lead = deadlines.locked_of([lead_id])[0]
    if lead.erased_at:
        return
    email = after_sending.contact_of(lead).email
    earlier = to_all(lead).exclude(to_email=email)
    outbox.call_off(earlier, "Not sent: the client is reached at another address now.")
    outbox.send_elsewhere(with_link(lead).exclude(to_email=email), email)
    last = _to(lead, email).first()
    if last is not None and last.state == Message.State.CANCELLED and not addresses.mark_of(email):
        send_again(lead)  # corrected back to an address for which it was called off


def acknowledgement_of(lead: Lead, email: str) -> Message | None:
    """The newest acknowledgement to this address that has left; where none has, the newest."""
    left_first = F("sent_at").desc(nulls_last=True)
    return _to(lead, email).order_by(left_first, "-pk").first()


def was_tried_in_vain(lead: Lead, email: str) -> bool:
    """Whether the mail that was to try this marked address was refused or came back."""
    last = _to(lead, email).first()
    return last is not None and last.is_forced and last.is_lost


@transaction.atomic
def acknowledge_again(*, lead_id: int) -> None:
    """Send the acknowledgement once more where the last one came back or was refused, since its address takes mail
    again; the link in it left with it. Where the address is marked still, it tries whether it takes mail.
    """
    lead = deadlines.locked_of([lead_id])[0]
    email = after_sending.contact_of(lead).email
    last = _to(lead, email).first()
    if lead.erased_at:
        return
    if addresses.mark_of(email):
        _try_address(lead, last)
    elif last is not None and last.is_lost:
        send_again(lead)


def _try_address(lead: Lead, last: Message | None) -> None:
    if screening.passing([lead.pk]):  # else the address may be anybody's
        waits = last is not None and last.state in (*UNSENT, Message.State.HELD)
        outbox.force(last if last is not None and waits else send_again(lead))


@transaction.atomic
def send_link_again(*, lead: Lead, by: User) -> None:
    """Send the client the link to the status page once more, to the address that counts now.

    Raises ValidationError: code "closed" once the request is, or what does its work, "held_back" while it is,
    "unreachable" when the address takes no mail, "conflict" while the last one is on its way.
    """
    lead = deadlines.locked_of([lead.pk])[0]
    email = after_sending.contact_of(lead).email
    last = _to(lead, email).first()
    if matching.live(lead).closed_at or lead.erased_at:
        raise ValidationError("The request is closed.", code="closed")
    if not screening.passing([lead.pk]):
        raise ValidationError(
            "It is held back: its address may be anybody's. Release it first.", code="held_back"
        )
    if addresses.mark_of(email):
        raise ValidationError(
            "The address takes no mail. Correct it, or save it once more as it is if they say that it is right.",
            code="unreachable",
        )
    if last is not None and last.state in UNSENT:
        raise ValidationError("The last one is on its way.", code="conflict")
    send_again(lead)
    Activity.objects.create(lead=lead, kind=Activity.Kind.LINK_SENT, by=by)


def send_again(lead: Lead) -> Message:
    """Send the acknowledgement of a lead once more to the address that counts now. The lead is locked, so that two do
    not count the same.
    """
    contact, running = after_sending.contact_of(lead), deadlines.keep_of([lead])[lead.pk]
    letter = _letter(lead, contact, running, "")
    again = _to(lead, contact.email).count()
    key = f"{letter.key}{_AGAIN}{again}" if again else letter.key
    return outbox.queue_message(replace(letter, key=key))


def to_all(lead: Lead) -> QuerySet[Message]:
    """The acknowledgements of a lead to every address that its client gave."""
    key = _key(lead, lead.enquiry.email)
    return Message.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:"))


def with_link(lead: Lead) -> QuerySet[Message]:
    """The messages that carry the present link to its status page and have not left."""
    link = submission.status_url(submission.status_token(lead))
    return Message.objects.filter(reference=lead.reference, private_url=link)


def _to(lead: Lead, email: str) -> QuerySet[Message]:
    """The acknowledgements of a lead to this address, newest first."""
    key = _key(lead, email)
    mine = Message.objects.filter(Q(key=key) | Q(key__startswith=f"{key}{_AGAIN}"))
    return mine.order_by("-pk")


def _letter(
    lead: Lead, contact: ContactDetails, running: Sequence[Deadline], request_id: str
) -> outbox.Letter:
    language = speaking.language_for(lead.enquiry)
    promise = client_promise.promise_by(lead, running, language)
    name = name_to_greet(contact.full_name)
    return outbox.Letter(
        key=_key(lead, contact.email),
        template="intake/mail/acknowledgement",
        to_email=contact.email,
        to_name=name,
        language=language,
        reference=lead.reference,
        private_url=submission.status_url(submission.status_token(lead)),
        request_id=request_id,
        context={
            "reference": lead.reference,
            "full_name": name,
            "is_alarming": alarming.is_alarming(lead),
            "answer_by": promise.when if promise and promise.is_to_come else "",
        },
    )


def _key(lead: Lead, email: str) -> str:
    """One for each address of a request: a corrected one gets the acknowledgement too."""
    key = f"acknowledgement:lead:{lead.pk}"
    if email == lead.enquiry.email:
        return key
    return f"{key}:{hashlib.sha256(email.encode()).hexdigest()[:16]}"


def name_to_greet(full_name: str) -> str:
    """The name, or none when it may be something else.

    Anybody can have this mail sent to any address; it must not carry their words there.
    """
    is_name = len(full_name) <= _LONGEST_NAME and not _NO_PART_OF_A_NAME.search(full_name)
    return full_name if is_name else ""
