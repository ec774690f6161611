"""The last question before a mail leaves, further headers, many at once, and the news of a refused address."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from mail import gates, news, outbox
from mail.models import Message
from mail.outbox import PRIVATE_LINK, Letter
from tests.mail.mail_server import MailServer
from tests.mail.making import job_of, queue_letter, run_delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the gate "tests" says next."""
    said: list[str] = []
    monkeypatch.setitem(gates._GATES, "tests", lambda message: said.pop(0) if said else "")
    return said


def letters(count: int, **fields: object) -> list[Letter]:
    context = {"name": "Amina"}
    return [
        Letter(
            key=f"letter:{n}",
            template="tests/letter",
            to_email=f"reader{n}@client.example",
            context=context,
            **fields,
        )
        for n in range(count)
    ]


def test_what_its_gate_holds_back_is_cancelled_with_the_reason(
    server: MailServer, answers: list[str]
) -> None:
    answers.append("No longer wanted.")

    message = run_delivery(queue_letter(gate="tests", private_url="http://localhost/p/x/"))

    assert (message.state, message.error, message.private_url) == (
        *("cancelled", "No longer wanted."),
        "",
    )
    assert job_of(message).state == "done"
    assert server.messages == []


def test_what_its_gate_lets_go_leaves(server: MailServer, answers: list[str]) -> None:
    assert run_delivery(queue_letter(gate="tests")).state == "sent"
    assert len(server.messages) == 1


def test_a_gate_that_nobody_knows_holds_the_mail_for_another_try(server: MailServer) -> None:
    message = run_delivery(queue_letter(gate="nobodys"))

    assert message.state == "queued"
    assert job_of(message).state == "pending"
    assert server.messages == []


def test_further_headers_hold_the_private_link_only_as_it_leaves(server: MailServer) -> None:
    message = queue_letter(
        private_url="http://localhost/p/x/", headers={"X-Link": f"<{PRIVATE_LINK}end/>"}
    )
    assert "localhost" not in str(message.headers)

    run_delivery(message)

    assert server.messages[0]["X-Link"] == "<http://localhost/p/x/end/>"


def test_many_are_stored_in_a_few_statements_and_once() -> None:
    counts = []
    for size in (2, 20):
        with CaptureQueriesContext(connection) as queries:
            stored = outbox.queue_messages(letters(size))
        counts.append(len(queries))
        assert sorted(stored) == sorted(f"letter:{n}" for n in range(size))

    assert counts[0] == counts[1]
    assert Message.objects.count() == Job.objects.filter(kind="mail.deliver").count() == 20


def test_one_wrong_address_among_many_stores_nothing() -> None:
    wrong = Letter(key="wrong", template="tests/letter", to_email="nobody")
    with pytest.raises(ValidationError):
        outbox.queue_messages([*letters(2), wrong])

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("rcpt 550 5.1.1 No such user", "address"),
        ("rcpt 450 later", ""),
        ("data 554 spam", "message"),
    ],
)
def test_an_address_refused_for_good_is_one_news_and_a_message_that_is_another(
    server: MailServer, answer: str, told: str
) -> None:
    heard: list[str] = []

    def hear(mark: object = None, message: object = None, **_: object) -> None:
        heard.append("address" if mark else "message")

    where, _, text = answer.partition(" ")
    setattr(server, where, [text])
    message = queue_letter()
    signals = (news.address_unreachable, news.message_not_arrived)
    for signal in signals:
        signal.connect(hear)
    try:
        run_delivery(message)
    finally:
        for signal in signals:
            signal.disconnect(hear)

    assert heard == ([told] if told else [])
