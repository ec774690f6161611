"""A worker is killed at each point of a delivery; whoever follows sends the message, once or under one Message-ID."""

import os
import signal
from collections.abc import Callable

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.utils import timezone

from jobs import sweeping, working
from jobs.models import Job
from mail import delivery, smtp
from mail.models import Message
from tests.mail.mail_server import MailServer
from tests.mail.making import job_of, queue_letter, run_delivery

pytestmark = pytest.mark.django_db(transaction=True)


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_in_a_process_that_dies(job_id: int, where: Callable[[], None]) -> int:
    """Let another process do a job, with a trap set by `where`; return the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        try:
            kept = connection.connection  # the parent's: closing it here would close it there
            connection.connection = None
            where()
            working.run_job(job_id)
        finally:
            os._exit(bool(kept) + 100)  # reached only by who was not killed
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def before_it_begins() -> None:
    delivery.gates.why_not = die


def before_the_server_is_spoken_to() -> None:
    delivery.compose = die


def while_the_message_leaves() -> None:
    send = smtp._Telling.send

    def half(self: object, s: bytes) -> None:
        if self._last_code == 354:
            self.sock.sendall(s[: len(s) // 2])
            die()
        send(self, s)

    smtp._Telling.send = half


def after_the_server_took_it() -> None:
    send = EmailBackend.send_messages

    def send_and_die(self: EmailBackend, messages: list[object]) -> None:
        send(self, messages)
        die()

    EmailBackend.send_messages = send_and_die


def before_the_result_is_committed() -> None:
    record = delivery._Taken.__call__

    def record_and_die(self: delivery._Taken) -> None:
        record(self)
        die()

    delivery._Taken.__call__ = record_and_die


@pytest.mark.parametrize(
    ("point", "state", "mails", "may_be_double"),
    [
        (before_it_begins, "queued", 1, False),
        (before_the_server_is_spoken_to, "sending", 1, True),
        (while_the_message_leaves, "sending", 1, True),
        (after_the_server_took_it, "sending", 2, True),
        (before_the_result_is_committed, "sending", 2, True),
    ],
)
def test_a_worker_killed_at_any_point_loses_nothing_and_sends_one_message(
    server: MailServer, point: Callable[[], None], state: str, mails: int, may_be_double: bool
) -> None:
    message = queue_letter()

    assert run_in_a_process_that_dies(job_of(message).pk, point) == -signal.SIGKILL

    message.refresh_from_db()
    assert message.state == state
    Job.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    assert sweeping.free_abandoned() == 1
    run_delivery(message)
    assert (message.state, message.may_be_double) == ("sent", may_be_double)
    assert job_of(message).state == "done"
    assert [mail["Message-ID"] for mail in server.messages] == [
        f"<{message.uuid}@derisk.example>"
    ] * mails
    assert Message.objects.count() == Job.objects.count() == 1
