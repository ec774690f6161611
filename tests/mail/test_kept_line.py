import os
import socket
import threading

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from config import ports
from jobs import working
from mail import kept_line
from mail.models import Message
from tests.mail import mail_server
from tests.mail.mail_server import MailServer
from tests.mail.making import job_of, queue_letter, run_delivery, use_smtp

pytestmark = pytest.mark.django_db


def deliver(*names: str) -> list[str]:
    """What became of a message to each of these people, one after the other."""
    return [
        run_delivery(queue_letter(key=f"letter:{name}", to_email=f"{name}@client.example")).state
        for name in names
    ]


def test_messages_that_follow_each_other_go_over_one_connection(server: MailServer) -> None:
    assert deliver("amina", "binta", "chidi") == ["sent"] * 3

    assert len(server.received) == 3
    assert len(set(server.peers)) == 1


def test_what_becomes_of_one_message_is_told_before_the_next_begins(server: MailServer) -> None:
    server.data = ["250 OK", "451 later", "250 OK", "die", "250 OK"]

    states = deliver("amina", "binta", "chidi", "dayo", "esi")

    assert states == ["sent", "queued", "sent", "unsure", "sent"]
    # After an error nobody knows what the server makes of the connection.
    assert [server.peers.index(peer) for peer in server.peers] == [0, 0, 2, 2, 4]


def test_a_connection_that_the_server_has_ended_is_made_anew_and_no_try_is_lost(
    server: MailServer,
) -> None:
    deliver("amina")
    connection, _, _ = kept_line._line._kept
    connection.connection.sock.shutdown(2)

    message = run_delivery(queue_letter(key="letter:binta"))

    assert (message.state, message.attempts, message.may_be_double) == ("sent", 1, False)
    assert len(set(server.peers)) == 2


def test_another_server_gets_its_own_connection(server: MailServer, settings: Settings) -> None:
    deliver("amina")
    with mail_server.running(MailServer()) as other:
        use_smtp(settings, other.port)
        deliver("binta")

    assert (len(server.received), len(other.received)) == (1, 1)


def test_a_frozen_server_keeps_a_worker_waiting_once_and_loses_no_mail(
    server: MailServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_line, "_SILENT_AFTER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        use_smtp(settings, frozen.getsockname()[1])
        settings.EMAIL_TIMEOUT = 0.3
        letters = [queue_letter(key=f"letter:{name}") for name in ("amina", "binta")]
        for letter in letters:
            run_delivery(letter)
        assert [(one.state, one.failure, one.error) for one in letters] == [
            ("queued", "ours", "SMTPServerDisconnected"),
            ("queued", "ours", "MailServerSilent"),
        ]
        told, until = kept_line._line._silent
        kept_line._line._silent = (told, until - 30)
        assert run_delivery(letters[1]).error == "SMTPServerDisconnected"

    use_smtp(settings, server.port)
    assert [run_delivery(letter).state for letter in letters] == ["sent", "sent"]


def test_a_server_that_is_away_is_asked_each_time(server: MailServer, settings: Settings) -> None:
    use_smtp(settings, ports.choose())

    assert [deliver(name) for name in ("amina", "binta")] == [["queued"]] * 2

    errors = Message.objects.values_list("error", flat=True)
    assert list(errors) == ["ConnectionRefusedError"] * 2


def test_after_fifty_messages_it_is_ended(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_line, "_MOST", 2)

    deliver("amina", "binta", "chidi")

    assert [server.peers.index(peer) for peer in server.peers] == [0, 0, 2]


def test_what_nobody_wants_any_more_is_ended(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_line.hang_up()
    for thread in [one for one in threading.enumerate() if one.name == "mail line"]:
        thread.join(60)
    monkeypatch.setattr(kept_line, "_IDLE_SECONDS", 0.01)

    deliver("amina")
    for thread in [one for one in threading.enumerate() if one.name == "mail line"]:
        thread.join(60)

    assert kept_line._line._kept is None


def test_a_child_does_not_speak_on_its_parents_connection(server: MailServer) -> None:
    deliver("amina")

    pid = os.fork()
    if pid == 0:
        os._exit(0 if kept_line._line._kept is None else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert deliver("binta") == ["sent"]
    assert len(set(server.peers)) == 1


def test_the_statements_of_a_delivery(
    server: MailServer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = job_of(queue_letter(reference="R-26AAA-AAAAA"))

    # Claim; begin; done, sent. Two savepoints stand for two transactions.
    with django_assert_num_queries(4 + 2 * 2):
        working.run_job(job.pk)
