import socket
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker, Settings

from config import health, ports
from jobs.models import Heartbeat, Job, beat
from mail.models import Message
from tests.intake.breaking import no_server

NOBODY_LISTENS = f"redis://127.0.0.1:{ports.choose()}/0"


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no request had asked about migrations before."""
    monkeypatch.setattr(health, "_migrations_known_to_be_applied", False)


@pytest.fixture
def working(db: None) -> None:
    """Worker and sweep have just shown that they work."""
    beat("worker")
    beat("sweep")


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/health/ready")
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


ALL_WELL = {
    "status": "ok",
    "failing": [],
    "checks": dict.fromkeys(
        ["database", "migrations", "jobs", "worker", "sweep", "mail", "broker"], "ok"
    ),
}


def test_live_as_long_as_the_process_answers(client: Client) -> None:
    answer = client.get("/health/live")  # without `db`: a query would fail the test

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/health/live").status_code == 405


def test_ready_when_every_part_works(client: Client, working: None) -> None:
    assert ready(client) == (200, ALL_WELL)


def test_ready_asks_five_things_of_the_database_once_the_migrations_are_known(
    client: Client, working: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ready(client)

    with django_assert_num_queries(5):
        ready(client)


def test_down_with_the_name_of_a_part_that_was_never_seen(client: Client, db: None) -> None:
    status, body = ready(client)

    assert (status, body["status"], body["failing"]) == (503, "down", ["worker", "sweep"])
    assert body["checks"]["worker"] == body["checks"]["sweep"] == "never seen"


@pytest.mark.parametrize("name", ["worker", "sweep"])
def test_down_when_a_part_has_been_silent_for_ninety_seconds(
    client: Client, working: None, name: str
) -> None:
    beats = Heartbeat.objects.filter(name=name)
    beats.update(beaten_at=Now() - timedelta(seconds=80))
    assert ready(client) == (200, ALL_WELL)

    beats.update(beaten_at=Now() - timedelta(seconds=100))

    status, body = ready(client)
    assert (status, body["status"], body["failing"]) == (503, "down", [name])
    assert body["checks"][name].startswith("last seen 10")


def test_down_when_a_job_has_waited_for_more_than_a_minute(client: Client, working: None) -> None:
    Job.objects.create(
        kind="mail.deliver", key="k", subject_id=1, run_at=Now() - timedelta(seconds=50)
    )
    assert ready(client) == (200, ALL_WELL)

    Job.objects.update(run_at=Now() - timedelta(seconds=70))

    status, body = ready(client)
    assert (status, body["status"], body["failing"]) == (503, "down", ["jobs"])
    assert body["checks"]["jobs"].startswith("the oldest waiting job is 7")


def test_down_when_migrations_are_missing_and_says_what_to_do(
    client: Client, working: None
) -> None:
    MigrationRecorder.Migration.objects.filter(app="jobs").delete()

    status, body = ready(client)

    assert (status, body["status"], body["failing"]) == (503, "down", ["migrations"])
    assert body["checks"]["migrations"].endswith(" not applied; run manage.py migrate")
    assert "jobs" not in body["checks"]  # their tables may not be there


def test_degraded_and_in_service_without_the_broker(
    client: Client, working: None, settings: Settings
) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    status, body = ready(client)
    assert (status, body["status"], body["failing"]) == (200, "degraded", ["broker"])
    assert body["checks"]["broker"] == "ConnectionError"

    Heartbeat.objects.filter(name="worker").delete()  # it follows from the broker

    status, body = ready(client)
    assert (status, body["status"], body["failing"]) == (200, "degraded", ["worker", "broker"])


def test_degraded_and_in_service_while_the_mail_server_refuses_us(
    client: Client, working: None
) -> None:
    Message.objects.create(
        key="k", template="t", language="en", to_email="a@client.example", failure="ours"
    )
    status, body = ready(client)
    assert (status, body["status"], body["failing"]) == (200, "degraded", ["mail"])
    assert body["checks"]["mail"] == "the mail server does not take our mail: 1 wait"

    Heartbeat.objects.filter(name="worker").delete()

    status, body = ready(client)
    assert (status, body["status"], body["failing"]) == (503, "down", ["worker", "mail"])


def test_a_broker_that_listens_and_does_not_answer_is_away_too(
    client: Client, working: None, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.REDIS_URL = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        status, body = ready(client)

    assert (status, body["status"], body["failing"]) == (200, "degraded", ["broker"])
    assert body["checks"]["broker"] == "TimeoutError"


class FullBroker(socketserver.StreamRequestHandler):
    """Answers as Valkey does whose memory is full: it may be spoken to, and takes nothing."""

    answers = {b"HELLO": b"%1\r\n+proto\r\n:3\r\n", b"SET": b"-OOM command not allowed.\r\n"}

    def handle(self) -> None:
        while head := self.rfile.readline():
            words = [self.rfile.readline() for _ in range(2 * int(head[1:]))]
            self.wfile.write(self.answers.get(words[1].strip(), b"+OK\r\n"))


def test_a_broker_that_takes_nothing_any_more_is_away_too(
    client: Client, working: None, settings: Settings
) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), FullBroker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.REDIS_URL = f"redis://127.0.0.1:{server.server_address[1]}/0"
        status, body = ready(client)
        server.shutdown()

    assert (status, body["status"], body["failing"]) == (200, "degraded", ["broker"])
    assert body["checks"]["broker"] == "OutOfMemoryError"


def test_down_without_migrations_even_if_the_broker_is_away_too(
    client: Client, working: None, settings: Settings
) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    MigrationRecorder.Migration.objects.filter(app="jobs").delete()

    status, body = ready(client)

    assert (status, body["failing"]) == (503, ["migrations", "broker"])


@pytest.fixture
def no_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), no_server():
        yield


def test_down_without_the_database_and_says_nothing_of_its_address(
    client: Client, no_database: None
) -> None:
    status, body = ready(client)

    assert status == 503
    assert body == {
        "status": "down",
        "failing": ["database"],
        "checks": {"database": "OperationalError", "broker": "ok"},
    }


def test_a_later_request_finds_the_database_again(
    client: Client, django_db_blocker: DjangoDbBlocker, django_db_setup: None
) -> None:
    with django_db_blocker.unblock():
        with no_server():
            assert ready(client)[0] == 503
        assert ready(client)[1]["checks"]["database"] == "ok"
        connection.close()
