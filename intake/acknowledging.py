"""Telling the client that the request arrived."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from intake import after_sending, client_promise, deadlines, speaking, submission, suggesting
from intake.after_sending import ContactDetails
from intake.models import Deadline, Lead
from mail import outbox
from mail.models import Message

# What a mail program makes a link of, or a trickster an offer.
_NO_PART_OF_A_NAME = re.compile(r"[\d/@:#=%_\\]|\.\w")
_LONGEST_NAME = 80


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


def acknowledged_at(lead: Lead, email: str) -> datetime | None:
    """When the mail server took the acknowledgement to this address; None before."""
    messages = Message.objects.filter(key=_key(lead, email), sent_at__isnull=False)
    return messages.values_list("sent_at", flat=True).first()


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
            "is_alarming": suggesting.is_alarming(lead),
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
