"""Sending by a provider's own interface, over real HTTP: what it answers decides as an SMTP code does."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from pytest_django import Settings

from config import ports
from mail.models import Message, Unreachable
from tests.mail.making import job_of, queue_letter, run_delivery

pytestmark = pytest.mark.django_db
PROVIDER_ID = "883953f4-6105-42a2-a16a-77a8eac79483"


# As Postmark words them.
INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive.\nFound inactive addresses: "
    "amina@client.example.\nInactive recipients are ones that have generated a hard bounce."
)
INVALID = "Invalid 'To' address: 'amina@client.example'."


class Provider(HTTPServer):
    """Keeps what it was sent; answers what the test wants, "hang up" without an answer."""

    answers: list[tuple[int, Any]]
    received: list[dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        """Keep a message and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))
        status, answer = self.server.answers.pop(0)
        if answer == "hang up":
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with Provider(("127.0.0.1", ports.choose()), Handler) as server:
        server.answers, server.received = [], []
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.DEFAULT_FROM_EMAIL = "Derisk <office@derisk.example>"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
            "REQUESTS_TIMEOUT": 5,
        }
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def taken() -> tuple[int, Any]:
    return 200, {
        "ErrorCode": 0,
        "Message": "OK",
        "MessageID": PROVIDER_ID,
        "To": "amina@client.example",
    }


def test_a_message_leaves_with_our_number_and_keeps_theirs(provider: Provider) -> None:
    provider.answers = [taken()]

    message = run_delivery(queue_letter(to_name='Šárka "=?x?=" Ltd.', private_url="http://x/p/y/"))

    assert (message.state, message.provider_id, message.private_url) == ("sent", PROVIDER_ID, "")
    (sent,) = provider.received
    assert sent["To"] == "amina@client.example"
    assert sent["Metadata"] == {"message": str(message.uuid)}
    assert sent["Subject"] == "About Amina"
    assert "http://x/p/y/" in sent["TextBody"]
    assert "http://x/p/y/" in sent["HtmlBody"]
    headers = {header["Name"]: header["Value"] for header in sent["Headers"]}
    assert headers["Message-ID"] == f"<{message.uuid}@derisk.example>"
    assert headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("answer", "state", "failure", "is_marked"),
    [
        ((422, {"ErrorCode": 406, "Message": INACTIVE}), "refused", "address", True),
        ((422, {"ErrorCode": 300, "Message": INVALID}), "refused", "address", True),
        ((422, {"ErrorCode": 300, "Message": "Something else"}), "refused", "text", False),
        ((422, {"ErrorCode": 411, "Message": "Too large"}), "refused", "text", False),
        ((401, {"ErrorCode": 10, "Message": "Bad token"}), "queued", "ours", False),
        ((429, {"ErrorCode": 429, "Message": "Slow down"}), "queued", "later", False),
        ((503, {}), "queued", "later", False),
        ((200, "hang up"), "unsure", "ours", False),
    ],
)
def test_what_it_answers_decides(
    provider: Provider, answer: tuple[int, Any], state: str, failure: str, is_marked: bool
) -> None:
    provider.answers = [answer]

    message = run_delivery(queue_letter())

    assert (message.state, message.failure) == (state, failure)
    assert Unreachable.objects.exists() == is_marked
    assert "nactive" not in message.error + job_of(message).last_error
    assert Message.objects.count() == 1


def test_a_provider_that_is_away_has_taken_nothing(provider: Provider, settings: Settings) -> None:
    settings.ANYMAIL |= {"POSTMARK_API_URL": f"http://127.0.0.1:{ports.choose()}/"}

    message = run_delivery(queue_letter())

    assert (message.state, message.failure) == ("queued", "ours")
    assert message.error == "No answer of the provider"
