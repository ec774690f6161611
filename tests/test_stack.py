"""The fixtures for process tests do what they promise."""

from smtplib import SMTP

from accounts.models import User
from tests.processes import eventually
from tests.stack import Stack


def test_orm_of_the_test_and_the_stack_share_a_database_that_is_new_each_time(
    stack: Stack,
) -> None:
    assert stack.query("SELECT count(*) FROM accounts_user") == [(0,)]

    User.objects.create_user("a@derisk.example", "x" * 14, full_name="A")

    assert stack.query("SELECT email FROM accounts_user") == [("a@derisk.example",)]
    assert stack.manage("shell", "-v0", "-c", "print(6 * 7)") == "42\n"


def test_servers_can_be_killed_and_started_again_and_valkey_keeps_what_it_took(
    stack: Stack,
) -> None:
    with stack.valkey.client as client:
        client.set("kept", "1")
    stack.valkey.kill()

    stack.valkey.start()

    with stack.valkey.client as client:
        assert client.get("kept") == b"1"
        stack.valkey.flush()
        assert client.get("kept") is None

    stack.smtp().kill()
    smtp = stack.smtp()

    with SMTP("127.0.0.1", stack.mail_port) as client:
        client.sendmail("a@derisk.example", ["c@client.example"], "Subject: hello\n\nText")

    (message,) = eventually(smtp.messages)
    assert (message["Subject"], message["X-RcptTo"]) == ("hello", "c@client.example")
    assert stack.env["EMAIL_URL"] == f"smtp://127.0.0.1:{stack.mail_port}"
