"""Messages that are handed over one after the other by one worker."""

import os
import signal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from jobs import working
from jobs.models import Job
from mail import addresses, delivery
from mail.models import Message, Unreachable
from tests.factories import UserFactory
from tests.mail.mail_server import MailServer
from tests.mail.making import job_of, queue_letter
from tests.mail.test_killed import run_in_a_process_that_dies

NAMES = ("amina", "binta", "chidi")


def queue(*names: str) -> list[Message]:
    return [queue_letter(key=f"letter:{name}", to_email=f"{name}@client.example") for name in names]


def states() -> list[tuple[str, int, bool]]:
    """State, attempts and whether it may be double, of each message."""
    rows = Message.objects.order_by("pk").values_list("state", "attempts", "may_be_double")
    return list(rows)


@pytest.mark.django_db
def test_one_job_takes_the_others_along_and_each_is_recorded(server: MailServer) -> None:
    first, *_ = queue(*NAMES)

    working.run_job(job_of(first).pk)

    assert [to for _, (to,), _ in server.received] == [f"{name}@client.example" for name in NAMES]
    assert states() == [("sent", 1, False)] * 3
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert Message.objects.filter(sent_at=None).count() == 0
    assert len(set(server.peers)) == 1


@pytest.mark.django_db
def test_each_message_more_is_one_statement_more(server: MailServer) -> None:
    def statements(*names: str) -> int:
        first, *_ = queue(*names)
        with CaptureQueriesContext(connection) as found:
            working.run_job(job_of(first).pk)
        return sum("SAVEPOINT" not in query["sql"] for query in found.captured_queries)

    assert statements("amina", "binta", "chidi") - statements("dayo") == 2


@pytest.mark.django_db
def test_a_member_of_the_house_before_whom_no_wall_stands_costs_no_statement_more(
    server: MailServer,
) -> None:
    def statements(email: str) -> int:
        message = queue_letter(key=f"letter:{email}", to_email=email, reference="R-7K3M9-Q2XHD")
        with CaptureQueriesContext(connection) as found:
            working.run_job(job_of(message).pk)
        return len(found)

    member = UserFactory()

    assert statements(member.email) == statements("amina@client.example")
    assert states() == [("sent", 1, False)] * 2


@pytest.mark.django_db
def test_without_a_mail_server_all_are_kept_with_their_links(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    messages = [
        queue_letter(key=f"letter:{name}", private_url="https://x.example/secret") for name in NAMES
    ]

    working.run_job(job_of(messages[0]).pk)

    assert states() == [("kept", 1, False)] * 3
    assert set(Message.objects.values_list("private_url", flat=True)) == {
        "https://x.example/secret"
    }


@pytest.mark.django_db
def test_a_refused_address_gets_nothing_more_of_the_same_turn(server: MailServer) -> None:
    server.rcpt = ["550 5.1.1 no such person"]
    first, second = (queue_letter(key=key) for key in ("letter:1", "letter:2"))

    working.run_job(job_of(first).pk)
    assert states() == [("refused", 1, False), ("queued", 0, False)]
    assert job_of(second).state == "pending"
    working.run_job(job_of(second).pk)

    assert states() == [("refused", 1, False), ("held", 1, False)]
    assert server.received == []


@pytest.mark.django_db
def test_a_server_that_is_away_is_asked_once_and_the_others_keep_their_tries(
    server: MailServer,
) -> None:
    server.data = ["250 OK", "421 closing"]
    first, *_ = queue(*NAMES)

    working.run_job(job_of(first).pk)

    assert states() == [("sent", 1, False), ("queued", 1, False), ("queued", 0, False)]
    tries = Job.objects.order_by("pk").values_list("state", "attempts")
    assert list(tries) == [("done", 1), ("pending", 1), ("pending", 0)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_one_message_in_doubt(server: MailServer) -> None:
    first, *_ = queue(*NAMES)

    def after_the_second() -> None:
        end, ended = delivery.compose, []

        def compose(message: Message) -> object:
            ended.append(message)
            if len(ended) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            return end(message)

        delivery.compose = compose

    assert run_in_a_process_that_dies(job_of(first).pk, after_the_second) == -signal.SIGKILL

    assert states() == [("sent", 1, False), ("sent", 1, False), ("sending", 1, False)]
    Job.objects.update(state="pending", lease_token=None, lease_until=None)
    for job in Job.objects.order_by("pk"):
        working.run_job(job.pk)
    assert states() == [("sent", 1, False), ("sent", 1, False), ("sent", 2, True)]
    assert len(server.received) == 3
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["Amina@Client.example", "ÄSA@client.example"])
def test_the_statement_that_begins_a_delivery_finds_what_the_address_is_known_for(
    server: MailServer, email: str
) -> None:
    addresses.mark_unreachable(email=email.lower(), why=Unreachable.Why.BOUNCED)
    message = queue_letter()
    Message.objects.update(to_email=email)

    working.run_job(job_of(message).pk)

    assert states() == [("held", 1, False)]
    assert server.received == []
