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


def test_valkey_keeps_what_it_took_through_a_kill_and_loses_all_when_flushed(stack: Stack) -> None:
    with stack.valkey.client as client:
        client.set("kept", "1")
    stack.valkey.kill()

    stack.valkey.start()

    with stack.valkey.client as client:
        assert client.get("kept") == b"1"
        stack.valkey.flush()
        assert client.get("kept") is None


def test_mail_server_takes_mail_and_can_be_killed_and_started_again(stack: Stack) -> None:
    stack.smtp().kill()
    smtp = stack.smtp()

    with SMTP("127.0.0.1", stack.mail_port) as client:
        client.sendmail("a@derisk.example", ["c@client.example"], "Subject: hello\n\nText")

    (message,) = eventually(smtp.messages)
    assert (message["Subject"], message["X-RcptTo"]) == ("hello", "c@client.example")
    assert stack.env["EMAIL_URL"] == f"smtp://127.0.0.1:{stack.mail_port}"


def test_worker_and_sweep_work_and_a_killed_worker_is_gone_with_its_pool(stack: Stack) -> None:
    worker, _ = stack.worker(), stack.sweep()
    beats = "SELECT 1 FROM jobs_heartbeat WHERE name = 'worker'"
    eventually(lambda: stack.query(beats))
    assert len(worker.pool) == 2

    worker.kill()

    assert not worker.alive
