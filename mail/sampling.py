"""What the words of a template make of made-up values: to look at, and to send to whoever writes them."""

import uuid

from django.db import transaction

from accounts.models import User
from mail import outbox, rewording, typesetting
from mail.catalogue import MailTemplate
from mail.models import Message

_LINK = "https://www.example.org/private-link/"


def compose(template: MailTemplate, language: str, subject: str, body: str) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    context = {**template.sample_in(language), "private_url": _LINK}
    values = template.values(context, language)
    return typesetting.compose(template, subject, body, values, language)


@transaction.atomic
def send(*, template: MailTemplate, language: str, subject: str, body: str, by: User) -> Message:
    """Send these words, saved or not, with made-up values to the user's own address.

    Raises ValidationError, by field, as `rewording.check`.
    """
    rewording.check(template, subject, body)
    subject, text, html = compose(template, language, subject, body)
    message = Message(
        key=f"sample:{uuid.uuid4()}",
        template="mail/sample",
        language=language,
        to_email=by.email,
        to_name=by.full_name,
        subject=f"[Test] {subject}"[:300],
        text=text,
        html=html,
    )
    return outbox.queue_as_it_is(message)
