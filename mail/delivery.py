"""Handing a message to the mail server, and telling a refusal for good from one for now."""

import smtplib
from collections.abc import Callable
from contextlib import closing
from email.header import Header
from email.utils import parseaddr, quote

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from jobs import kinds, queue
from mail import gates, news
from mail.models import Message
from mail.outbox import PRIVATE_LINK

log = structlog.get_logger("derisk.mail")


def deliver(*, message_id: int, is_last_try: bool = False) -> Callable[[], None] | None:
    """Send one message and return what records the result; None when it needs no sending any more.

    A message with a gate is asked about once more; what its gate holds back is cancelled, with the reason.

    "Sending" is committed before the server is spoken to. If we die after the server took the message and before
    that is recorded, the next try sends the same Message-ID again: mail cannot be exactly once.
    Raises jobs.kinds.JobError on a failure that may pass.
    """
    message = _start(message_id)
    if message is None:
        return None
    if is_mail_kept():
        return lambda: _record(message, state=Message.State.KEPT)
    try:
        # Django leaves the connection open when the server refuses us before the first message.
        with closing(get_connection()) as connection:
            connection.send_messages([compose(message)])
    except (smtplib.SMTPException, OSError) as error:
        return _refused(message, error, is_last_try)
    return lambda: _record(
        message, state=Message.State.SENT, sent_at=Now(), private_url="", error=""
    )


@transaction.atomic
def _start(message_id: int) -> Message | None:
    """The message with its new attempt, which names this delivery from here on."""
    unsent = Message.objects.unsent().filter(pk=message_id)
    if not unsent.update(state=Message.State.SENDING, attempts=F("attempts") + 1):
        return None
    message = Message.objects.get(pk=message_id)
    if reason := gates.why_not(message):
        _record(message, state=Message.State.CANCELLED, error=reason, private_url="")
        return None
    return message


def is_mail_kept() -> bool:
    """Whether no mail server is set up, so that messages stay in the database for staff to read."""
    return settings.EMAIL_BACKEND == "django.core.mail.backends.dummy.EmailBackend"


def compose(message: Message) -> EmailMultiAlternatives:
    """The message as it leaves: private link in place, the same Message-ID at every try."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    name, address = message.to_name, message.to_email
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text.replace(PRIVATE_LINK, message.private_url),
        to=[address],  # the envelope: whatever stands in the name, it goes to this address alone
        headers={
            "To": f"{written_name(name)} <{address}>" if name else address,
            "Message-ID": f"<{message.uuid}@{domain}>",
            "Auto-Submitted": "auto-generated",
            **{
                header: text.replace(PRIVATE_LINK, message.private_url)
                for header, text in message.headers.items()
            },
        },
    )
    mail.attach_alternative(message.html.replace(PRIVATE_LINK, message.private_url), "text/html")
    return mail


def written_name(name: str) -> str:
    """A name as a header holds it; one that looks encoded already is encoded, so that no reader decodes it."""
    if name.isascii() and "=?" not in name:
        return f'"{quote(name)}"'
    return Header(name, "utf-8").encode(linesep="")  # the mail as a whole is folded later


def _refused(message: Message, error: Exception, is_last_try: bool) -> Callable[[], None]:
    code = smtp_code(error)
    text = f"{type(error).__name__} {code}" if code else type(error).__name__
    if is_last_try or is_for_good(error):
        is_address = is_for_good(error) and isinstance(error, smtplib.SMTPRecipientsRefused)
        return lambda: _give_up(message, text, is_address)
    _record(message, state=Message.State.QUEUED, error=text)
    raise kinds.JobError(f"The mail server did not take it: {text}") from error


def _give_up(message: Message, error: str, is_address: bool) -> None:
    _record(message, state=Message.State.FAILED, error=error)
    if is_address:
        news.address_refused.send(Message, message=message)


def is_for_good(error: Exception) -> bool:
    """Whether the server refused this reader or this text with a 5xx.

    A 5xx at the greeting, the login or our own sender address says that our set-up is wrong, which can be mended.
    """
    about_the_message = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    return about_the_message and 500 <= smtp_code(error) < 600


def smtp_code(error: Exception) -> int:
    """The SMTP reply code in an exception of smtplib, 0 when it carries none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _record(message: Message, **changes: object) -> None:
    """Write the end of this delivery, unless another one of the same message has begun since."""
    Message.objects.filter(
        pk=message.pk, state=Message.State.SENDING, attempts=message.attempts
    ).update(**changes)


@transaction.atomic
def resend_message(*, message: Message, by: User) -> Message:
    """Send a message that was sent, refused, kept or cancelled once more, to the same address with the same text.

    Raises ValidationError: code "conflict" while it is on its way, code "link_gone" when it held a private link
    that was emptied as it left.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state in (Message.State.QUEUED, Message.State.SENDING):
        raise ValidationError("This message is on its way already.", code="conflict")
    if message.has_private_url and not message.private_url:
        raise ValidationError(
            "This message held a private link that is no longer kept. Send a new link from the lead or the proposal.",
            code="link_gone",
        )
    Message.objects.filter(pk=message.pk).update(state=Message.State.QUEUED, sent_at=None, error="")
    key = f"message:{message.pk}:again:{message.attempts}"
    queue.enqueue(queue.Ask(kind="mail.deliver", subject_id=message.pk, key=key))
    log.info("message sent again by hand", message=message.pk, user=by.pk)
    message.refresh_from_db()
    return message
