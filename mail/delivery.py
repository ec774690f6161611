"""Handing a message to the mail server, and telling a refusal for good from one for now."""

import smtplib
from collections.abc import Callable
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from jobs import kinds, queue
from mail.models import Message
from mail.outbox import PRIVATE_LINK


def deliver(*, message_id: int, is_last_try: bool = False) -> Callable[[], None] | None:
    """Send one message and return what records the result; None when it needs no sending any more.

    "Sending" is committed before the server is spoken to. If we die after the server took the message and before
    that is recorded, the next try sends the same Message-ID again: mail cannot be exactly once.
    Raises jobs.kinds.JobError on a failure that may pass.
    """
    started = Message.objects.unsent().filter(pk=message_id)
    if not started.update(state=Message.State.SENDING, attempts=F("attempts") + 1):
        return None
    message = Message.objects.get(pk=message_id)
    if is_mail_kept():
        return lambda: _record(message, state=Message.State.KEPT)
    try:
        compose(message).send()
    except (smtplib.SMTPException, OSError) as error:
        return _refused(message, error, is_last_try)
    return lambda: _record(
        message, state=Message.State.SENT, sent_at=Now(), private_url="", error=""
    )


def is_mail_kept() -> bool:
    """Whether no mail server is set up, so that messages stay in the database for staff to read."""
    return settings.EMAIL_BACKEND == "django.core.mail.backends.dummy.EmailBackend"


def compose(message: Message) -> EmailMultiAlternatives:
    """The message as it leaves: private link in place, the same Message-ID at every try."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text.replace(PRIVATE_LINK, message.private_url),
        to=[formataddr((message.to_name, message.to_email))],
        headers={"Message-ID": f"<{message.uuid}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(message.html.replace(PRIVATE_LINK, message.private_url), "text/html")
    return mail


def _refused(message: Message, error: Exception, is_last_try: bool) -> Callable[[], None]:
    code = smtp_code(error)
    text = f"{type(error).__name__} {code}" if code else type(error).__name__
    if is_last_try or 500 <= code < 600:
        return lambda: _record(message, state=Message.State.FAILED, error=text)
    _record(message, state=Message.State.QUEUED, error=text)
    raise kinds.JobError(f"The mail server did not take it: {text}") from error


def smtp_code(error: Exception) -> int:
    """The SMTP reply code in an exception of smtplib, 0 when it carries none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _record(message: Message, **changes: object) -> None:
    Message.objects.filter(pk=message.pk, state=Message.State.SENDING).update(**changes)


@transaction.atomic
def resend_message(*, message: Message, by: User) -> Message:
    """Send a message that was sent, refused or kept once more, to the same address with the same text.

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
    message.refresh_from_db()
    return message
