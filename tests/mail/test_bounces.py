"""Each provider's word for a bounce that is for good, and for one that may pass: only the first marks the address."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from mail.models import DeliveryEvent, Message, Unreachable
from tests.mail.making import queue_letter

pytestmark = pytest.mark.django_db
KEY = "key-of-the-tests"
PASSWORD = "derisk:of-the-tests"
BASIC = f"Basic {base64.b64encode(PASSWORD.encode()).decode()}"
Tell = Callable[[Client, Message, Any], HttpResponse]


@pytest.fixture(autouse=True)
def providers(settings: Settings) -> None:
    settings.MAIL_EVENTS = ["brevo", "mailersend", "mailjet", "mandrill", "postmark", "sparkpost"]
    secrets = ("MAILERSEND_SIGNING_SECRET", "MANDRILL_WEBHOOK_KEY")
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD} | dict.fromkeys(secrets, KEY)


def post(client: Client, provider: str, said: Any, **headers: str) -> HttpResponse:
    address = f"/mail/events/{provider}/"
    sent = {"authorization": BASIC, **headers}
    return client.post(address, json.dumps(said), content_type="application/json", headers=sent)


def brevo(client: Client, message: Message, word: str) -> HttpResponse:
    custom = json.dumps({"message": str(message.uuid)})
    said = {"event": word, "email": message.to_email, "X-Mailin-custom": custom}
    return post(client, "brevo", said)


def mailersend(client: Client, message: Message, word: str) -> HttpResponse:
    said = {
        "type": f"activity.{word}",
        "data": {
            "type": word,
            "email": {"recipient": {"email": message.to_email}, "message": {"id": "x"}},
            "morph": {"object": "recipient_bounce", "reason": "Mailbox unavailable"},
        },
    }
    signed = hmac.new(KEY.encode(), json.dumps(said).encode(), hashlib.sha256).hexdigest()
    return post(client, "mailersend", said, signature=signed)


def mailjet(client: Client, message: Message, is_hard: bool) -> HttpResponse:
    payload = json.dumps({"message": str(message.uuid)})
    said = {
        "event": "bounce",
        "hard_bounce": is_hard,
        "email": message.to_email,
        "Payload": payload,
    }
    return post(client, "mailjet", [said | {"error": "quota exceeded"}])


def mandrill(client: Client, message: Message, word: str) -> HttpResponse:
    told = {"email": message.to_email, "metadata": {"message": str(message.uuid)}}
    events = json.dumps([{"event": word, "_id": "x", "msg": told}])
    text = f"http://testserver/mail/events/mandrill/mandrill_events{events}"
    signed = base64.b64encode(hmac.new(KEY.encode(), text.encode(), hashlib.sha1).digest()).decode()
    headers = {"x-mandrill-signature": signed}
    return client.post("/mail/events/mandrill/", {"mandrill_events": events}, headers=headers)


def sparkpost(client: Client, message: Message, bounce_class: str) -> HttpResponse:
    said = {"type": "bounce", "bounce_class": bounce_class, "raw_rcpt_to": message.to_email}
    return post(client, "sparkpost", [{"msys": {"message_event": said}}])


def postmark(client: Client, message: Message, details: str) -> HttpResponse:
    said = {"RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "Email": message.to_email}
    return post(client, "postmark", said | {"MessageID": "x", "Details": details})


@pytest.mark.parametrize(
    ("tell", "word", "is_for_good"),
    [
        (brevo, "hard_bounce", True),
        (brevo, "soft_bounce", False),
        (mailersend, "hard_bounced", True),
        (mailersend, "soft_bounced", False),
        (mailjet, True, True),
        (mailjet, False, False),
        (mandrill, "hard_bounce", True),
        (mandrill, "soft_bounce", False),
        *((sparkpost, one, True) for one in ("10", "30")),
        *((sparkpost, one, False) for one in ("1", "20", "22", "51", "52", "70")),
        (postmark, "smtp;550 5.1.1 no such user", True),
        (postmark, "smtp;550 5.7.1 not from your network", False),
    ],
)
def test_only_a_bounce_that_says_so_marks_the_address(
    client: Client, tell: Tell, word: Any, is_for_good: bool
) -> None:
    message = queue_letter()
    Message.objects.update(provider_id="x")

    assert tell(client, message, word).status_code == 200

    event = DeliveryEvent.objects.get()
    assert (event.kind, event.is_for_good) == ("bounced", is_for_good)
    assert list(Unreachable.objects.values_list("why", flat=True)) == ["bounced"] * is_for_good
