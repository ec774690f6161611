"""Addresses that take no mail: marked once the server or the provider said so, lifted by staff or by what arrived."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower, Now
from django.utils import timezone

from accounts.models import User
from mail import news, outbox
from mail.models import Message, Unreachable, email_digest

log = structlog.get_logger("derisk.mail")


def mark_of(email: str) -> Unreachable | None:
    """Why this address takes no mail, or None when it does as far as we know."""
    return Unreachable.objects.of(email).first()


# As a part of the statement that begins a delivery: nearly all learn that there is none.
MARK = """(
    SELECT id FROM mail_unreachable WHERE lifted_at IS NULL
        AND digest = encode(sha256(convert_to(lower(mail_message.to_email), 'UTF8')), 'hex')
)"""


def mark_found(email: str, found: int | None) -> Unreachable | None:
    """The mark that `MARK` found for this address. Databases and Python differ in what small letters are beyond ASCII:
    such an address is looked for once more.
    """
    if email.isascii():
        return Unreachable.objects.get(pk=found) if found else None
    return mark_of(email)


@transaction.atomic
def mark_unreachable(
    *, email: str, why: Unreachable.Why, code: str = "", message: Message | None = None
) -> Unreachable:
    """Note that an address takes no mail, and tell those above; a mark that stands stays as it is.

    Further messages to it are held until the mark is lifted.
    """
    mark, is_new = Unreachable.objects.standing().get_or_create(
        digest=email_digest(email),
        lifted_at=None,
        defaults={"why": why, "code": code, "message": message},
    )
    if is_new:
        log.info("address unreachable", why=why, message=message.pk if message else None)
        news.address_unreachable.send(Unreachable, mark=mark)
    return mark


@transaction.atomic
def lift_mark(*, email: str, by: User | None) -> int:
    """Write to an address again, and send what was held for it; return how many messages that were.

    `by` is None when a mail arrived there: that somebody says so proves nothing, since anybody can type an address.
    Raises ValidationError(code="conflict") when no mark stands.
    """
    lifted = Unreachable.objects.of(email).update(lifted_at=Now(), lifted_by=by)
    if not lifted:
        raise ValidationError("This address takes mail, as far as we know.", code="conflict")
    held = Message.objects.filter(state=Message.State.HELD).annotate(address=Lower("to_email"))
    messages = list(
        held.filter(address=email.lower()).select_for_update(of=("self",)).order_by("pk")
    )
    for message in messages:
        outbox.queue_again(message)
    log.info("mark lifted", released=len(messages), user=by.pk if by else None)
    return len(messages)


def note_taken(message: Message) -> None:
    """Lift the mark of an address that a server refused and takes now. One that mail came back from stays marked until
    a mail arrived, one whose reader called our mail spam until staff lift it.
    """
    _lift_proven(message, [Unreachable.Why.REFUSED], timezone.now())


def note_arrived(message: Message, at: datetime) -> None:
    """Lift the mark of an address at which a mail arrived that left in spite of it."""
    _lift_proven(message, [Unreachable.Why.REFUSED, Unreachable.Why.BOUNCED], at)


def _lift_proven(message: Message, why: Sequence[Unreachable.Why], at: datetime) -> None:
    if not message.is_forced:
        return  # it left before there was a mark, whose truth it says nothing of
    standing = Unreachable.objects.of(message.to_email).filter(why__in=why, since__lte=at)
    if standing.exists():
        with suppress(ValidationError):  # somebody else has lifted it this moment
            lift_mark(email=message.to_email, by=None)
