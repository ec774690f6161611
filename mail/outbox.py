"""Writing a message: rendered and stored in the caller's transaction, sent by a job after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import select_template
from django.utils import translation

from jobs import queue
from mail.models import Message

# Stands in the stored text where the reader's private link goes when the message leaves.
PRIVATE_LINK = "https://private-link.invalid/"


@dataclass(frozen=True)
class Letter:
    """What is to be said, to whom, in which language. The same key is sent at most once."""

    key: str
    template: str
    to_email: str
    to_name: str = ""
    language: str = "en"
    reference: str = ""
    private_url: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def queue_message(letter: Letter) -> Message:
    """Store a message and the job that sends it; a letter whose key exists leaves that message alone.

    Renders `<template>.<language>.txt` (its first line is "Subject: …") and `.html`, else the English ones.
    Raises ValidationError when `to_email` is not one address.
    """
    validate_email(letter.to_email)
    subject, text, html = render(letter)
    message, created = Message.objects.get_or_create(
        key=letter.key,
        defaults={
            "template": letter.template,
            "reference": letter.reference,
            "language": letter.language,
            "to_email": letter.to_email,
            "to_name": _one_line(letter.to_name),
            "subject": subject,
            "text": text,
            "html": html,
            "private_url": letter.private_url,
            "has_private_url": bool(letter.private_url),
        },
    )
    if created:
        queue.enqueue(
            queue.Ask(kind="mail.deliver", subject_id=message.pk, key=f"message:{message.pk}")
        )
    return message


def render(letter: Letter) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter."""
    context = {**letter.context, "site_url": settings.SITE_URL, "language": letter.language}
    if letter.private_url:
        context["private_url"] = PRIVATE_LINK
    with translation.override(letter.language):
        source = _template(letter, "txt").render(context)
        html = _template(letter, "html").render(context)
    first, _, text = source.partition("\n")
    return _one_line(first.removeprefix("Subject:"))[:300], text.strip() + "\n", html


def _one_line(text: str) -> str:
    """The text without line breaks of any kind: in a header, what follows one would be the next header."""
    return " ".join(text.split())


def _template(letter: Letter, ending: str) -> Any:
    return select_template(
        [f"{letter.template}.{letter.language}.{ending}", f"{letter.template}.en.{ending}"]
    )
