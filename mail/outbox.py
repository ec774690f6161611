"""Writing a message: rendered and stored in the caller's transaction, sent by a job after it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import select_template
from django.utils import translation

from jobs import queue
from mail import catalogue, rewording, storing, typesetting
from mail.models import Message
from mail.models.message import UNSENT

# Stands in the stored text where the reader's private link goes when the message leaves.
PRIVATE_LINK = "https://private-link.invalid/"


def without_link(text: str) -> str:
    """A stored text for others than its reader: the private link, which opens what the reader alone may open, is named
    and not shown.
    """
    return text.replace(PRIVATE_LINK, "[private link]")


@dataclass(frozen=True)
class Letter:
    """What is to be said, to whom, in which language. The same key is sent at most once.

    `headers` may hold PRIVATE_LINK where the private link goes. `gate` names what is asked before it leaves.
    `request_id` tells because of which request, where that is not the one in which it is queued.
    """

    key: str
    template: str
    to_email: str
    to_name: str = ""
    language: str = "en"
    reference: str = ""
    private_url: str = ""
    gate: str = ""
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


class Rendered(NamedTuple):
    """What a letter says, and the version of staff's words that it was made from."""

    subject: str
    text: str
    html: str
    words_id: int | None = None


_SAME_IN_A_COPY = (
    *("template", "reference", "language", "to_name", "subject", "text", "html", "words_id"),
    *("private_url", "has_private_url", "headers", "gate"),
)


def queue_message(letter: Letter) -> Message:
    """Store a message and the job that sends it; a letter whose key exists leaves that message alone.

    A template that staff may reword (mail.catalogue) says what they wrote last, or its file `<template>.<language>.md`.
    Any other renders `<template>.<language>.txt` (its first line is "Subject: …") and `.html`, else the English ones,
    else `<template>.txt` and `.html`, whose words are in the catalogues.
    Raises ValidationError when `to_email` is not one address.
    """
    stored = queue_messages([letter])
    return Message.objects.get(pk=stored[letter.key])


@transaction.atomic
def queue_messages(letters: Sequence[Letter]) -> dict[str, int]:
    """Store many messages and their jobs in a few statements; return the message of each key.

    Letters with the same template, language and context object are rendered once: give one context to all whom the
    same is told. Raises ValidationError when a `to_email` is not one address, and then stores nothing.
    """
    for letter in letters:
        validate_email(letter.to_email)
    words = _words_of(letters)
    rendered: dict[tuple[object, ...], Rendered] = {}
    rows = {}
    for letter in letters:
        same = (letter.template, letter.language, id(letter.context), bool(letter.private_url))
        if same not in rendered:
            rendered[same] = _render(letter, words)
        rows[letter.key] = {"key": letter.key, **_row(letter, rendered[same])}
    stored = storing.store(list(rows.values()))
    if missing := rows.keys() - stored.keys():  # somebody stored them while we did
        stored |= dict(Message.objects.filter(key__in=missing).values_list("key", "pk"))
    return stored


@transaction.atomic
def queue_again(message: Message) -> None:
    """Let a message that its caller has locked, and that is not on its way, leave once more."""
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.QUEUED, sent_at=None, error="", failure="", arrival=""
    )
    ask_again(message)


def call_off(messages: QuerySet[Message], why: str) -> int:
    """Keep those of these messages that wait or are held from leaving, and empty their private links; return how many.
    One that is being sent this moment goes.
    """
    waiting = (Message.State.QUEUED, Message.State.UNSURE, Message.State.HELD)
    return messages.filter(state__in=waiting).update(
        state=Message.State.CANCELLED, error=why, failure="", private_url=""
    )


def send_elsewhere(messages: QuerySet[Message], to_email: str) -> int:
    """Have those of these messages that wait leave for this address; return how many. One that is being sent, or was
    perhaps taken, goes where it went.
    """
    return messages.filter(state=Message.State.QUEUED).update(to_email=to_email)


def relink(messages: QuerySet[Message], private_url: str) -> int:
    """Have those of these messages that wait or are held leave with this private link; return how many.

    What the server may have taken already goes once more as it was: with the same Message-ID, a reader's program may
    show the first of two alone.
    """
    waiting = (Message.State.QUEUED, Message.State.HELD)
    return messages.filter(state__in=waiting).update(private_url=private_url)


@transaction.atomic
def force(message: Message) -> None:
    """Let a message leave though its address takes no mail; one that is held leaves now. One that has left stays."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state in (*UNSENT, Message.State.HELD):
        Message.objects.filter(pk=message.pk).update(is_forced=True)
    if message.state == Message.State.HELD:
        queue_again(message)


def ask_again(message: Message) -> None:
    """Store another job for a message that waits, in the caller's transaction."""
    key = f"message:{message.pk}:again:{uuid.uuid4().hex[:12]}"
    queue.enqueue(queue.Ask(kind="mail.deliver", subject_id=message.pk, key=key))


@transaction.atomic
def copy_message(message: Message, *, key: str, to_email: str) -> Message:
    """Queue the same words to another address, under a key and a Message-ID of its own."""
    row = {name: getattr(message, name) for name in _SAME_IN_A_COPY}
    copy, created = Message.objects.get_or_create(key=key, defaults=row | {"to_email": to_email})
    if created:
        queue.enqueue(_ask(copy.pk))
    return copy


@transaction.atomic
def queue_as_it_is(message: Message) -> Message:
    """Store a new message that says already all that it says, and the job that sends it."""
    message.save(force_insert=True)
    queue.enqueue(_ask(message.pk))
    return message


def _ask(message_id: int) -> queue.Ask:
    return queue.Ask(kind="mail.deliver", subject_id=message_id, key=f"message:{message_id}")


def _row(letter: Letter, rendered: Rendered) -> dict[str, Any]:
    return {
        "template": letter.template,
        "reference": letter.reference,
        "language": letter.language,
        "to_email": letter.to_email,
        "to_name": _one_line(letter.to_name),
        **rendered._asdict(),
        "private_url": letter.private_url,
        "has_private_url": bool(letter.private_url),
        "gate": letter.gate,
        "headers": dict(letter.headers),
        "request_id": letter.request_id or queue.current_request_id(),
    }


def _words_of(letters: Sequence[Letter]) -> dict[rewording.Wanted, rewording.Words]:
    """What the templates of these letters say now."""
    named = ((catalogue.find(letter.template), letter.language) for letter in letters)
    return rewording.current_of({(one, language) for one, language in named if one})


def _render(letter: Letter, words: Mapping[rewording.Wanted, rewording.Words]) -> Rendered:
    """Subject, text and HTML of a letter: in the words of staff where there are any, else in those of the files."""
    context = {**letter.context, "site_url": settings.SITE_URL, "language": letter.language}
    if letter.private_url:
        context["private_url"] = PRIVATE_LINK
    template = catalogue.find(letter.template)
    if template is None:
        return _from_files(letter, context)
    subject, body, version = words[template, letter.language]
    values = template.values(context, letter.language)
    made = typesetting.compose(template, subject, body, values, letter.language)
    return Rendered(*made, words_id=version.pk if version else None)


def _from_files(letter: Letter, context: dict[str, Any]) -> Rendered:
    with translation.override(letter.language):
        source = _template(letter, "txt").render(context)
        html = _template(letter, "html").render(context)
    first, _, text = source.partition("\n")
    return Rendered(_one_line(first.removeprefix("Subject:"))[:300], text.strip() + "\n", html)


def _one_line(text: str) -> str:
    """The text without line breaks of any kind: in a header, what follows one would be the next header."""
    return " ".join(text.split())


def _template(letter: Letter, ending: str) -> Any:
    return select_template(
        [f"{letter.template}{kind}.{ending}" for kind in (f".{letter.language}", ".en", "")]
    )
