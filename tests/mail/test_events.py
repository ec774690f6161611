"""What providers tell us by their webhooks: believed only when it is signed, kept once, acted on."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from jobs.models import Job
from mail import addresses
from mail.models import DeliveryEvent, Message, Unreachable
from tests.factories import UserFactory
from tests.mail.making import queue_letter

pytestmark = pytest.mark.django_db
KEY = "key-of-the-tests"
PASSWORD = "derisk:of-the-tests"


@pytest.fixture(autouse=True)
def providers(settings: Settings) -> None:
    settings.MAIL_EVENTS = ["mailgun", "postmark"]
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY, "WEBHOOK_SECRET": PASSWORD}


@pytest.fixture
def message() -> Message:
    row = queue_letter()
    Message.objects.update(state="sending")
    Message.objects.update(state="sent", sent_at="2026-11-26T12:00:00Z")
    row.refresh_from_db()
    return row


def auth(password: str = PASSWORD) -> str:
    return f"Basic {base64.b64encode(password.encode()).decode()}"


def mailgun(message: Message, token: str = "t" * 50, key: str = KEY, **data: Any) -> Any:
    """The body of Mailgun's webhook, as it signs it."""
    stamp = "1764158400"
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "timestamp": 1764158400.5,
        "recipient": message.to_email,
        "message": {"headers": {"message-id": f"{message.uuid}@derisk.example"}},
        "delivery-status": {"code": 550, "message": "550 5.1.1 <amina@client.example> unknown"},
    }
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": event | data,
    }


def postmark(message: Message, **data: Any) -> Any:
    """The body of Postmark's webhook."""
    event = {
        "RecordType": "Bounce",
        "ID": 42,
        "Type": "HardBounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": message.to_email,
        "BouncedAt": "2026-11-26T12:25:01Z",
        "Metadata": {"message": str(message.uuid)},
    }
    return event | data


def post(client: Client, provider: str, body: Any, password: str = PASSWORD) -> HttpResponse:
    data = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"authorization": auth(password)} if password else {}
    return client.post(
        f"/mail/events/{provider}/", data, content_type="application/json", headers=headers
    )


@pytest.mark.parametrize(("provider", "body_of"), [("mailgun", mailgun), ("postmark", postmark)])
def test_a_hard_bounce_marks_the_address_once_however_often_it_is_told(
    client: Client, message: Message, provider: str, body_of: Any
) -> None:
    for _ in range(2):
        assert post(client, provider, body_of(message)).status_code == 200

    event = DeliveryEvent.objects.get()
    assert (event.message, event.kind, event.is_for_good) == (message, "bounced", True)
    assert event.code == "550 5.1.1"
    mark = Unreachable.objects.get()
    assert (mark.why, mark.code, mark.message) == ("bounced", "550 5.1.1", message)
    message.refresh_from_db()
    assert (message.state, message.arrival) == ("sent", "bounced")
    assert Job.objects.filter(kind="briefs.suppress_unreachable").count() == 1
    assert Job.objects.filter(kind="intake.note_unreachable").count() == 1


@pytest.mark.parametrize(("provider", "body_of"), [("mailgun", mailgun), ("postmark", postmark)])
def test_an_event_that_is_told_again_takes_back_nothing_that_staff_did_since(
    client: Client, message: Message, provider: str, body_of: Any
) -> None:
    post(client, provider, body_of(message))
    addresses.lift_mark(email=message.to_email, by=UserFactory())

    assert post(client, provider, body_of(message)).status_code == 200

    assert addresses.mark_of(message.to_email) is None


@pytest.mark.parametrize(
    ("why", "is_forced", "minutes", "stands"),
    [
        ("bounced", True, 5, False),
        ("refused", True, 5, False),
        ("complained", True, 5, True),
        ("bounced", False, 5, True),  # it left before the mark
        ("bounced", True, -5, True),  # and so did this one
    ],
)
def test_a_mail_that_arrived_in_spite_of_a_mark_lifts_it(
    client: Client, message: Message, why: str, is_forced: bool, minutes: int, stands: bool
) -> None:
    addresses.mark_unreachable(email=message.to_email, why=Unreachable.Why(why))
    Message.objects.update(is_forced=is_forced)
    at = (timezone.now() + timedelta(minutes=minutes)).timestamp()

    for _ in range(2):
        post(client, "mailgun", mailgun(message, event="delivered", timestamp=at))

    mark = Unreachable.objects.get()
    assert (mark.lifted_at is None, mark.lifted_by) == (stands, None)


def test_a_complaint_marks_the_address_too(client: Client, message: Message) -> None:
    post(client, "mailgun", mailgun(message, event="complained", severity="", reason=""))

    assert Unreachable.objects.get().why == "complained"
    message.refresh_from_db()
    assert message.arrival == "complained"


@pytest.mark.parametrize(
    ("data", "arrival", "jobs"),
    [
        ({"Type": "Transient", "Details": "smtp;451 4.3.0 later"}, "delayed", 0),
        ({"Type": "SoftBounce", "Details": "smtp;452 4.2.2 mailbox full"}, "bounced", 1),
        ({"Type": "Blocked", "Details": "smtp;554 5.7.1 looks like spam"}, "bounced", 1),
        ({"RecordType": "Delivery", "DeliveredAt": "2026-11-26T12:25:01Z"}, "delivered", 0),
        ({"RecordType": "Open", "ReceivedAt": "2026-11-26T12:25:01Z"}, "", 0),
    ],
)
def test_what_does_not_condemn_the_address_does_not_mark_it(
    client: Client, message: Message, data: dict[str, str], arrival: str, jobs: int
) -> None:
    assert post(client, "postmark", postmark(message, **data)).status_code == 200

    message.refresh_from_db()
    assert message.arrival == arrival
    assert not Unreachable.objects.exists()
    assert Job.objects.filter(kind="intake.note_not_arrived").count() == jobs
    assert DeliveryEvent.objects.count() == (0 if data.get("RecordType") == "Open" else 1)


def test_events_in_the_wrong_order_leave_the_worse_one(client: Client, message: Message) -> None:
    post(client, "mailgun", mailgun(message, token="a" * 50))
    post(client, "mailgun", mailgun(message, token="b" * 50, event="delivered", severity=""))

    message.refresh_from_db()
    assert message.arrival == "bounced"
    assert DeliveryEvent.objects.count() == 2


def test_a_provider_that_keeps_no_number_of_ours_is_known_by_its_own(
    client: Client, message: Message
) -> None:
    Message.objects.update(provider_id="883953f4-6105-42a2-a16a-77a8eac79483")

    post(client, "postmark", postmark(message, Metadata={}))

    assert DeliveryEvent.objects.get().message == message


def test_who_signs_needs_no_password_beside_a_provider_that_has_one(
    client: Client, message: Message
) -> None:
    assert post(client, "mailgun", mailgun(message), password="").status_code == 200

    assert DeliveryEvent.objects.get().kind == "bounced"


@pytest.mark.parametrize(
    ("provider", "password", "change"),
    [
        ("mailgun", PASSWORD, {"key": "another key"}),
        ("postmark", "", {}),
        ("postmark", "derisk:wrong", {}),
    ],
)
def test_what_is_not_signed_or_signed_wrongly_is_refused_and_nothing_kept(
    client: Client, message: Message, provider: str, password: str, change: dict[str, str]
) -> None:
    body = {"mailgun": mailgun, "postmark": postmark}[provider](message, **change)

    assert post(client, provider, body, password).status_code == 403

    assert not DeliveryEvent.objects.exists()
    assert not Unreachable.objects.exists()


@pytest.mark.parametrize("provider", ["mailgun", "postmark"])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b"42", b'"x"', b"\xff\xfe", b"[" * 100_000),
        *(b'{"RecordType": "Inbound"}', b'{"RecordType": []}'),
    ],
)
def test_what_is_no_event_is_a_clear_4xx(client: Client, provider: str, body: bytes) -> None:
    assert post(client, provider, body).status_code in (400, 403)

    assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "x" * 5000, "<b>", {"a": 1}, None, 7])
def test_hostile_values_in_a_signed_event_are_kept_harmlessly_or_refused(
    client: Client, message: Message, hostile: Any
) -> None:
    body = postmark(message, MessageID=hostile, ID=hostile, Metadata=hostile, Details=hostile)

    assert post(client, "postmark", body).status_code in (200, 400)
    assert post(client, "postmark", postmark(message, Email=hostile)).status_code in (200, 400)


def test_only_providers_that_are_set_up_are_heard(client: Client, message: Message) -> None:
    assert post(client, "sparkpost", []).status_code == 404
    assert client.get("/mail/events/mailgun/").status_code == 405
    assert client.head("/mail/events/mailgun/").status_code == 200
