import json
import logging
import re
import tempfile
from typing import Any

import pytest
import structlog
from django.test import Client
from pytest_django import Settings

from config import logs
from jobs.models import Job
from tests.log_lines import logged

TOKEN = "secret-token-0123456789"
EMAIL = "amina@client.example"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def every_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def written(caplog: pytest.LogCaptureFixture) -> str:
    """Every line of every library, as the processes write it."""
    formatter = logs.formatter()
    return "\n".join(formatter.format(record) for record in caplog.records)


def request_line(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    (line,) = [line for line in logged(caplog, "derisk.request") if line["event"] == "request"]
    return line


def test_a_request_leaves_one_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/health/live")

    line = request_line(caplog)
    assert (line["method"], line["route"], line["status"]) == ("GET", "health-live", 200)
    assert line["request_id"] == answer["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", line["request_id"])
    assert line["ms"] > 0


def test_the_written_line_is_json_with_these_fields_only(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/health/live", {"email": EMAIL}, headers={"User-Agent": EMAIL, "Referer": TOKEN})

    assert set(json.loads(written(caplog))) == {
        "event", "level", "logger", "timestamp", "request_id", "method", "route", "status", "ms",
    }  # fmt: skip


@pytest.mark.parametrize("given", ["client-id_12345678", "a" * 64])
def test_a_good_id_that_was_sent_along_is_kept(
    client: Client, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": given})

    assert answer["X-Request-ID"] == given == request_line(caplog)["request_id"]


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "with space 123", EMAIL, 'x"}\\n{"a":1}', "é" * 9]
)
def test_any_other_id_is_replaced(
    client: Client, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": given})

    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
    assert given not in written(caplog)


def test_each_request_has_its_own_id_and_forgets_what_the_last_one_bound(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    first = client.get("/health/live")["X-Request-ID"]
    structlog.contextvars.bind_contextvars(lead=7)

    second = client.get("/health/live")["X-Request-ID"]

    assert first != second
    assert "lead" not in logged(caplog, "derisk.request")[1]


@pytest.mark.django_db
def test_the_jobs_of_a_request_share_its_id(client: Client) -> None:
    fields = {"full_name": "Amina Diallo", "email": EMAIL, "needs": "A route.", "consent": True}

    answer = client.post("/api/v1/enquiries/", fields, content_type="application/json")

    assert answer.status_code == 201
    ids = set(Job.objects.values_list("request_id", flat=True))
    assert ids == {answer["X-Request-ID"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", f"/p/{TOKEN}/", 404),
        ("get", f"/request/{TOKEN}/?email={EMAIL}", 404),
        ("post", f"/p/{TOKEN}/accept/?email={EMAIL}", 404),
        ("get", f"/nowhere/{TOKEN}/?email={EMAIL}", 404),
        ("get", f"/staff/?next={TOKEN}&email={EMAIL}", 302),
    ],
)
def test_no_address_token_or_e_mail_is_written_whatever_the_answer(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    method: str,
    address: str,
    status: int,
) -> None:
    answer = getattr(client, method)(address)

    assert answer.status_code == status
    assert request_line(caplog)["status"] == status
    assert TOKEN not in written(caplog)
    assert EMAIL not in written(caplog)


def test_a_refused_post_does_not_write_its_address(
    client: Client, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    settings.ROOT_URLCONF = "tests.config.faulty_urls"

    answer = client.post(f"/fine/{TOKEN}/")  # without the CSRF token

    assert answer.status_code == 403
    assert TOKEN not in written(caplog)


def test_a_name_that_is_none_of_ours_leaves_one_line_without_it(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/briefs/", headers={"Host": "scanned.example"})

    assert answer.status_code == 400
    assert request_line(caplog)["status"] == 400
    assert len(caplog.records) == 1
    assert "scanned" not in written(caplog)


def test_a_fault_leaves_a_line_with_its_kind_and_place_and_nothing_of_the_client(
    client: Client, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    settings.ROOT_URLCONF = "tests.config.faulty_urls"

    answer = client.get(f"/fault/{TOKEN}/")

    failed, line = logged(caplog, "derisk.request")
    assert failed["event"] == "request failed"
    assert re.fullmatch(r"ValueError at faulty_urls\.py:\d+", failed["error"])
    assert failed["request_id"] == line["request_id"] == answer["X-Request-ID"]
    assert (line["route"], line["status"]) == ("fault", 500)
    assert TOKEN not in written(caplog)
    assert EMAIL not in written(caplog)


def test_a_line_is_the_same_whether_or_not_somebody_listens_beside_the_handler(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/health/live")
    heard = request_line(caplog)

    with tempfile.TemporaryFile("w+") as stream:
        monkeypatch.setattr(logging.root, "handlers", [logs.Lines(stream)])
        client.get("/health/live")
        stream.seek(0)
        (written_,) = stream.read().splitlines()

    assert list(json.loads(written_)) == list(heard)
    assert json.loads(written_)["route"] == heard["route"]


def test_a_request_is_answered_where_no_line_can_be_written(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open("/dev/full", "w") as stream:
        monkeypatch.setattr(logging.root, "handlers", [logs.Lines(stream)])

        assert client.get("/health/live").status_code == 200


def test_the_processes_write_their_lines_by_this_handler() -> None:
    assert logs.logging_config("INFO")["handlers"]["stream"]["class"] == "config.logs.Lines"
