import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from config import ports
from jobs import kinds, working
from jobs.models import Job
from mail import delivery, handling, refusals, smtp
from mail.models import Message, Unreachable
from tests import racing
from tests.factories import UserFactory
from tests.mail import mail_server
from tests.mail.mail_server import MailServer
from tests.mail.making import job_of, queue_letter, run_delivery, use_smtp

pytestmark = pytest.mark.django_db
SECRET_URL = "http://localhost:8000/p/secret-token/"


def outcome(message: Message) -> tuple[str, int, str, str]:
    """State, attempts and error of the message, state of its job."""
    message.refresh_from_db()
    return message.state, message.attempts, message.error, job_of(message).state


def parts(mail: EmailMessage) -> list[str]:
    """The readable parts of a mail."""
    return [part.get_content() for part in mail.iter_parts()]


# --- What leaves


def test_a_message_leaves_as_text_and_html_with_its_private_link(
    server: MailServer, settings: Settings
) -> None:
    message = run_delivery(queue_letter(private_url=SECRET_URL))

    ((sender, recipients, mail),) = server.received
    assert (sender, recipients) == ("office@derisk.example", ["amina@client.example"])
    assert mail["Subject"] == "About Amina"
    assert mail["From"] == "Derisk <office@derisk.example>"
    assert mail["To"] == "Amina Diallo <amina@client.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == settings.HOUSE["email"]
    assert mail["Message-ID"] == f"<{message.uuid}@derisk.example>"
    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = parts(mail)
    assert SECRET_URL in text
    assert f'<a href="{SECRET_URL}">' in html
    assert "private-link.invalid" not in mail.as_string()


def test_a_sent_message_is_recorded_and_keeps_no_private_link(server: MailServer) -> None:
    message = run_delivery(queue_letter(private_url=SECRET_URL))

    assert outcome(message) == ("sent", 1, "", "done")
    assert message.sent_at is not None
    assert message.sent_at <= timezone.now()
    assert (message.private_url, message.has_private_url) == ("", True)
    assert "secret-token" not in str(Message.objects.values().get())


def test_a_letter_without_a_name_goes_to_the_bare_address(server: MailServer) -> None:
    run_delivery(queue_letter(to_name=""))

    assert server.messages[0]["To"] == "amina@client.example"


@pytest.mark.parametrize(
    "name",
    [
        'Amina "the miner" Diallo, Ltd. <other@client.example>',
        "Amina\\",
        "أمينة " * 33,
        "Ÿ" * 200,
        "=?utf-8?q?Amina=0ABcc:_thief@client.example?=",
    ],
    ids=["quotes and an address", "backslash", "Arabic", "one long word", "encoded line break"],
)
def test_whatever_the_name_the_mail_goes_to_the_one_address(server: MailServer, name: str) -> None:
    message = run_delivery(queue_letter(to_name=name))

    assert message.state == "sent"
    ((_, recipients, mail),) = server.received
    assert recipients == ["amina@client.example"]
    assert mail["Bcc"] is None
    header = message_from_bytes(server.raw[0])["To"].replace("\r\n", "")
    ((written, address),) = getaddresses([header])
    assert address == "amina@client.example"
    assert str(make_header(decode_header(written))) == name.strip()


def test_an_international_domain_leaves_in_the_form_that_servers_take(server: MailServer) -> None:
    message = run_delivery(queue_letter(to_email="amina@münchen.example"))

    assert message.state == "sent"
    assert message.to_email == "amina@münchen.example"
    assert server.received[0][1] == ["amina@xn--mnchen-3ya.example"]
    assert server.messages[0]["To"] == "Amina Diallo <amina@xn--mnchen-3ya.example>"


def test_texts_in_any_script_arrive_as_they_were_written(server: MailServer) -> None:
    run_delivery(queue_letter(context={"name": "مينة — Šárka 🙂"}))

    mail = server.messages[0]
    assert mail["Subject"] == "About مينة — Šárka 🙂"
    assert parts(mail)[0].startswith("Dear مينة — Šárka 🙂,")


# --- Without a mail server


def test_without_a_mail_server_the_message_is_kept_with_its_link(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    message = run_delivery(queue_letter(private_url=SECRET_URL))

    assert outcome(message) == ("kept", 1, "", "done")
    assert message.private_url == SECRET_URL


# --- Refusals and breakdowns


def test_a_refusal_for_now_is_tried_again(server: MailServer) -> None:
    server.data = ["451 come back later, Amina"]
    message = run_delivery(queue_letter(private_url=SECRET_URL))

    assert outcome(message) == ("queued", 1, "SMTPDataError 451", "pending")
    assert message.private_url == SECRET_URL
    assert job_of(message).last_error.startswith(
        "jobs.kinds.JobError: The mail server did not take it: SMTPDataError 451 at delivery.py:"
    )
    assert "Amina" not in job_of(message).last_error

    run_delivery(message)
    assert outcome(message) == ("sent", 2, "", "done")
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("step", "answer", "error", "failure"),
    [
        ("rcpt", "550 no such person", "SMTPRecipientsRefused 550", "address"),
        ("rcpt", "550 5.1.1 no such person", "SMTPRecipientsRefused 550 5.1.1", "address"),
        ("rcpt", "550 5.7.1 relaying denied", "SMTPRecipientsRefused 550 5.7.1", "text"),
        ("data", "554 looks like spam", "SMTPDataError 554", "text"),
        ("data", "550 5.1.1 no such person", "SMTPDataError 550 5.1.1", "address"),
    ],
)
def test_a_refusal_of_reader_or_text_for_good_is_not_tried_again(
    server: MailServer, step: str, answer: str, error: str, failure: str
) -> None:
    setattr(server, step, [answer])

    message = run_delivery(queue_letter(private_url=SECRET_URL))

    assert outcome(message) == ("refused", 1, error, "done")
    assert message.failure == failure
    assert Unreachable.objects.of(message.to_email).exists() == (failure == "address")
    assert message.private_url == SECRET_URL  # a person may send it again
    assert server.received == []


def test_a_greylisted_reader_is_tried_again(server: MailServer) -> None:
    server.rcpt = ["450 greylisted"]

    message = run_delivery(queue_letter())

    assert outcome(message) == ("queued", 1, "SMTPRecipientsRefused 450", "pending")


def test_a_wrong_password_of_ours_is_no_refusal_of_the_message(
    server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "derisk", "wrong"

    message = run_delivery(queue_letter())

    assert outcome(message) == ("queued", 1, "SMTPAuthenticationError 535 5.7.8", "pending")
    assert message.failure == "ours"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    run_delivery(message)
    assert outcome(message) == ("sent", 2, "", "done")


def test_a_server_that_has_lost_its_encryption_gets_nothing_and_refuses_nothing(
    server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_USE_TLS = True

    message = run_delivery(queue_letter())

    assert outcome(message) == ("queued", 1, "SMTPNotSupportedError", "pending")
    assert (message.failure, server.received) == ("ours", [])
    settings.EMAIL_USE_TLS = False
    run_delivery(message)
    assert outcome(message) == ("sent", 2, "", "done")


def test_a_certificate_that_is_not_trusted_says_why() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1006)")
    error.verify_message = "self-signed certificate"

    refusal = refusals.judge(error)

    assert (refusal.failure, refusal.text, refusal.code) == (
        "ours",
        "SSLCertVerificationError self-signed certificate",
        "",
    )


def test_a_server_that_is_away_is_tried_again(settings: Settings) -> None:
    use_smtp(settings, ports.choose())

    message = run_delivery(queue_letter())

    assert outcome(message) == ("queued", 1, "ConnectionRefusedError", "pending")


class SlowServer(MailServer):
    """Takes its time for the answers to the recipient and to the mail."""

    def __init__(self, rcpt: float, data: float) -> None:
        super().__init__()
        self.pauses = rcpt, data

    async def handle_RCPT(self, *told: Any) -> str:
        """Take any recipient."""
        await asyncio.sleep(self.pauses[0])
        return await super().handle_RCPT(*told)

    async def handle_DATA(self, *told: Any) -> str:
        """Take any mail."""
        await asyncio.sleep(self.pauses[1])
        return await super().handle_DATA(*told)


@pytest.mark.parametrize(
    ("pauses", "state", "error"),
    [
        ((2.5, 0), "queued", "SMTPServerDisconnected"),
        ((1, 2), "unsure", "MaybeTaken"),
        ((0.1, 0.1), "sent", ""),
    ],
)
def test_a_server_that_takes_its_time_for_each_answer_does_not_outlast_the_worker(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    pauses: tuple[float, float],
    state: str,
    error: str,
) -> None:
    monkeypatch.setattr(smtp, "_LONGEST", 2.0)
    with mail_server.running(SlowServer(*pauses)) as server:
        use_smtp(settings, server.port)

        message = run_delivery(queue_letter())

    assert (message.state, message.error) == (state, error)
    assert message.failure == ("ours" if error else "")


def test_it_waits_longer_for_the_answer_to_a_mail_than_for_others(settings: Settings) -> None:
    with mail_server.running(SlowServer(0, 2)) as server:
        use_smtp(settings, server.port)
        settings.EMAIL_TIMEOUT = 1

        assert run_delivery(queue_letter()).state == "sent"


def test_after_its_first_tries_a_message_is_tried_every_hour_for_two_days(
    settings: Settings,
) -> None:
    use_smtp(settings, ports.choose())
    message = queue_letter()
    Job.objects.update(attempts=7)
    Message.objects.update(attempts=7)

    run_delivery(message)

    assert outcome(message) == ("queued", 8, "ConnectionRefusedError", "pending")
    first, second = Job.objects.filter(kind="mail.deliver").order_by("pk")
    assert first.state == "done"
    assert timedelta(minutes=59) < second.run_at - timezone.now() <= timedelta(hours=1)

    Message.objects.update(created_at=timezone.now() - timedelta(hours=47))
    run_delivery(message)
    assert outcome(message) == ("queued", 9, "ConnectionRefusedError", "pending")

    Message.objects.update(created_at=timezone.now() - timedelta(hours=49))
    run_delivery(message)
    assert outcome(message) == ("failed", 10, "ConnectionRefusedError", "done")
    assert Job.objects.filter(kind="mail.deliver", state="pending").count() == 0


def test_a_server_that_dies_after_taking_the_message_gets_the_same_message_again(
    server: MailServer,
) -> None:
    server.data = ["die"]
    message = run_delivery(queue_letter(private_url=SECRET_URL))
    assert outcome(message) == ("unsure", 1, "MaybeTaken", "pending")
    assert not message.may_be_double

    run_delivery(message)

    assert outcome(message) == ("sent", 2, "", "done")
    assert message.may_be_double
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"] == f"<{message.uuid}@derisk.example>"
    assert parts(first) == parts(second)  # so a mail program may show them as one


def test_a_message_that_was_perhaps_taken_twice_is_tried_again_twice_a_day_for_two_days(
    server: MailServer,
) -> None:
    server.data = ["die"] * 4
    before = timezone.now()
    message = run_delivery(queue_letter())
    assert before < job_of(message).run_at < timezone.now() + timedelta(minutes=1)

    for attempts in (2, 3):
        run_delivery(message)

        assert outcome(message) == ("unsure", attempts, "MaybeTaken", "pending")
        later = job_of(message).run_at - timezone.now()
        assert timedelta(hours=11) < later <= timedelta(hours=12)

    Message.objects.update(created_at=timezone.now() - timedelta(hours=49))
    run_delivery(message)
    assert outcome(message) == ("failed", 4, "MaybeTaken", "done")
    assert message.may_be_double
    assert len(server.messages) == 4


def test_a_worker_that_died_while_sending_is_followed_by_one_that_sends(server: MailServer) -> None:
    message = queue_letter()
    Message.objects.update(state="sending", attempts=1)

    run_delivery(message)

    assert outcome(message) == ("sent", 2, "", "done")
    assert message.may_be_double


# --- Two at once


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(server: MailServer) -> None:
    message = queue_letter()
    job = job_of(message)

    assert sorted(racing.race(*[partial(working.run_job, job.pk)] * 2)) == [False, True]

    assert outcome(message) == ("sent", 1, "", "done")
    assert len(server.received) == 1


def test_a_sent_message_is_not_sent_by_a_job_that_comes_late(server: MailServer) -> None:
    message = run_delivery(queue_letter())

    assert delivery.deliver(message_id=message.pk) is None

    assert len(server.received) == 1
    assert outcome(message) == ("sent", 1, "", "done")


def test_a_delivery_that_was_overtaken_does_not_write_over_the_newer_one(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hangs until its lease is lost; the second is sending when the first one fails."""
    message = queue_letter()
    second: list[Callable[[], None] | None] = []
    send = EmailBackend.send_messages

    def hang_and_fail(backend: EmailBackend, messages: list[object]) -> None:
        monkeypatch.setattr(EmailBackend, "send_messages", send)
        second.append(delivery.deliver(message_id=message.pk))
        raise TimeoutError

    monkeypatch.setattr(EmailBackend, "send_messages", hang_and_fail)
    with pytest.raises(kinds.JobError):
        delivery.deliver(message_id=message.pk)

    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("sending", 2, "")
    (finish,) = second
    assert finish is not None
    finish()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 2)


# --- Sending again


@pytest.mark.parametrize("state", ["sent", "refused", "failed", "kept"])
def test_a_message_at_its_end_is_sent_again_as_it_was(
    server: MailServer,
    state: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    message = run_delivery(queue_letter())
    sent_at = message.sent_at if state == "sent" else None
    Message.objects.update(state=state, sent_at=sent_at, error="SMTPDataError 554")
    first = job_of(message)

    with django_capture_on_commit_callbacks() as callbacks:
        again = handling.resend_message(message=message, by=UserFactory.create())

    assert (again.state, again.error, again.sent_at) == ("queued", "", None)
    assert job_of(message) != first
    assert len(callbacks) == 1
    run_delivery(message)
    assert outcome(message) == ("sent", 2, "", "done")
    assert [m["Message-ID"] for m in server.messages] == [f"<{message.uuid}@derisk.example>"] * 2


def test_a_message_can_be_sent_again_more_than_once(server: MailServer) -> None:
    message = run_delivery(queue_letter())
    for _ in range(2):
        handling.resend_message(message=message, by=UserFactory.create())
        run_delivery(message)

    assert outcome(message) == ("sent", 3, "", "done")
    assert len(server.received) == 3


@pytest.mark.parametrize("state", ["queued", "sending", "unsure"])
def test_a_message_on_its_way_is_not_sent_again(state: str) -> None:
    message = queue_letter()
    Message.objects.update(state=state)

    with pytest.raises(ValidationError, match="on its way") as refusal:
        handling.resend_message(message=message, by=UserFactory.create())

    assert refusal.value.code == "conflict"
    message.refresh_from_db()
    assert message.state == state
    assert Job.objects.count() == 1


def test_a_message_whose_private_link_is_gone_is_not_sent_without_it(server: MailServer) -> None:
    message = run_delivery(queue_letter(private_url=SECRET_URL))

    with pytest.raises(ValidationError, match="Send a new link") as refusal:
        handling.resend_message(message=message, by=UserFactory.create())

    assert refusal.value.code == "link_gone"
    assert outcome(message) == ("sent", 1, "", "done")


def test_a_refused_message_still_has_its_private_link_when_it_is_sent_again(
    server: MailServer,
) -> None:
    server.data = ["554 no"]
    message = run_delivery(queue_letter(private_url=SECRET_URL))

    handling.resend_message(message=message, by=UserFactory.create())
    run_delivery(message)

    assert outcome(message) == ("sent", 2, "", "done")
    assert SECRET_URL in parts(server.messages[0])[0]


@pytest.mark.django_db(transaction=True)
def test_two_who_send_again_at_once_make_one_more_mail(server: MailServer) -> None:
    message, user = run_delivery(queue_letter()), UserFactory.create()

    def resend() -> str:
        try:
            handling.resend_message(message=message, by=user)
        except ValidationError as refusal:
            return str(refusal.code)
        return "again"

    assert sorted(racing.race(resend, resend)) == ["again", "conflict"]
    assert Job.objects.count() == 2
