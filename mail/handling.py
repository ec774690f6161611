"""What staff do with a message: send it again, let it go, send it elsewhere, cancel it, say that it came back. Each is
on record.
"""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.erasure_map import ERASED_EMAIL
from accounts.models import User
from mail import addresses, outbox
from mail.models import Arrival, Handling, Message, Unreachable, email_digest

_ON_ITS_WAY = (Message.State.QUEUED, Message.State.SENDING, Message.State.UNSURE)
_CANCELLABLE = (Message.State.QUEUED, Message.State.UNSURE, Message.State.HELD)
_REDIRECTABLE = (Message.State.HELD, Message.State.REFUSED, Message.State.FAILED)


@transaction.atomic
def resend_message(*, message: Message, by: User) -> Message:
    """Send a message once more, to the same address with the same text.

    Raises ValidationError: code "conflict" while it is on its way or held, code "link_gone" when it held a private link
    that was emptied as it left, "emptied" when its words were erased or kept long enough.
    """
    message = _locked(message)
    if message.state in _ON_ITS_WAY:
        raise ValidationError("This message is on its way already.", code="conflict")
    if message.state == Message.State.HELD:
        raise ValidationError(
            "This message is held: its address takes no mail. Let it go all the same, or send it to another address.",
            code="conflict",
        )
    _refuse_without_its_words(message)
    _refuse_without_its_link(message)
    return _again(message, Handling.What.RESENT, by)


@transaction.atomic
def force_message(*, message: Message, by: User) -> Message:
    """Send a held message to its address all the same; raises ValidationError(code="conflict") when it is not held."""
    message = _locked(message)
    if message.state != Message.State.HELD:
        raise ValidationError("This message is not held.", code="conflict")
    message.is_forced = True
    message.save(update_fields=["is_forced"])
    return _again(message, Handling.What.FORCED, by)


@transaction.atomic
def redirect_message(*, message: Message, to_email: str, by: User) -> Message:
    """Send what did not arrive to another address: a new message with the same text, and the old one is cancelled.

    Raises ValidationError: code "conflict" when it may still arrive, "same" for the address that it has, "link_gone"
    and "emptied" as in `resend_message`, "unreachable" when that address takes no mail either; Django's own for what is
    none.
    """
    message = _locked(message)
    validate_email(to_email)
    if message.state not in _REDIRECTABLE:
        raise ValidationError("Only what was not taken goes to another address.", code="conflict")
    if to_email.lower() == message.to_email.lower():
        raise ValidationError("This is the address that it has.", code="same")
    if addresses.mark_of(to_email):
        raise ValidationError("This address takes no mail either.", code="unreachable")
    _refuse_without_its_words(message)
    _refuse_without_its_link(message)
    other = outbox.copy_message(
        message, key=f"{message.key[:120]}:to:{email_digest(to_email)}", to_email=to_email
    )
    _note(message, Handling.What.REDIRECTED, by)
    _cancel(message, f"Sent to another address instead: message {other.pk}.")
    return other


@transaction.atomic
def cancel_message(*, message: Message, by: User) -> Message:
    """Keep a waiting message from leaving; its private link is emptied.

    Raises ValidationError(code="conflict") when it is being sent or has come to its end.
    """
    message = _locked(message)
    if message.state == Message.State.SENDING:
        raise ValidationError("This message is being sent this moment.", code="conflict")
    if message.state not in _CANCELLABLE:
        raise ValidationError("This message is not waiting any more.", code="conflict")
    _note(message, Handling.What.CANCELLED, by)
    _cancel(message, "Cancelled by staff.")
    message.refresh_from_db()
    return message


@transaction.atomic
def lift_mark(*, message: Message, by: User) -> int:
    """Say that this message's address takes mail again: what was held for it is sent; return how many those were.

    Raises ValidationError(code="conflict") when the address is not marked.
    """
    _note(_locked(message), Handling.What.LIFTED, by)
    return addresses.lift_mark(email=message.to_email, by=by)


@transaction.atomic
def note_return(*, message: Message, by: User) -> None:
    """Say that a message which left came back: a server that is no provider tells it to the house's own mailbox alone.

    Its address is marked. Raises ValidationError: code "conflict" when it has not left, or is known not to be there,
    "emptied" when its address was erased.
    """
    message = _locked(message)
    if message.to_email == ERASED_EMAIL:
        raise ValidationError("Its address was erased: nothing is left to mark.", code="emptied")
    if not message.may_be_there:
        raise ValidationError("Only what left and may have arrived can come back.", code="conflict")
    message.arrival = Arrival.BOUNCED
    message.save(update_fields=["arrival"])
    _note(message, Handling.What.RETURNED, by)
    addresses.mark_unreachable(email=message.to_email, why=Unreachable.Why.BOUNCED, message=message)


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update().get(pk=message.pk)


def _refuse_without_its_words(message: Message) -> None:
    if not message.text:
        raise ValidationError(
            "The words of this message are no longer kept: nothing is left to send.", code="emptied"
        )


def _refuse_without_its_link(message: Message) -> None:
    if message.has_private_url and not message.private_url:
        raise ValidationError(
            "This message held a private link that is no longer kept. Send a new link from the lead or the proposal.",
            code="link_gone",
        )


def _again(message: Message, what: Handling.What, by: User) -> Message:
    _note(message, what, by)
    outbox.queue_again(message)
    message.refresh_from_db()
    return message


def _cancel(message: Message, error: str) -> None:
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.CANCELLED, error=error, private_url=""
    )


def _note(message: Message, what: Handling.What, by: User) -> None:
    Handling.objects.create(message=message, what=what, by=by)
