from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker, Settings

from tests.config.faulty_urls import SECRET
from tests.factories import ContentFactory, UserFactory
from tests.intake.breaking import no_server
from tests.log_lines import logged


@pytest.fixture
def client() -> Client:
    """One that shows what a visitor gets in place of what was raised."""
    return Client(raise_request_exception=False)


@pytest.fixture
def no_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), no_server():
        yield


@pytest.mark.parametrize("address", ["/", "/briefs/", "/briefs/a-brief/", "/p/some-token/"])
def test_a_page_that_needs_the_database_says_when_to_come_back(
    client: Client, no_database: None, address: str
) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "We cannot reach our records" in answer.content.decode()


def test_the_api_answers_with_a_problem_document(client: Client, no_database: None) -> None:
    content = ContentFactory.build()
    fields = {"full_name": content.full_name, "email": content.email, "needs": "x", "consent": True}

    answer = client.post("/api/v1/enquiries/", fields, content_type="application/json")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "The database does not answer. Nothing was stored. Send the same request again.",
    }


@pytest.mark.django_db(transaction=True)
def test_staff_get_the_same_page_and_are_still_logged_in_afterwards(client: Client) -> None:
    client.force_login(UserFactory.create(is_superuser=True))
    address = reverse("admin:jobs_job_changelist")

    with no_server():
        answer = client.get(address)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/operational/", "/interface/"])
def test_the_page_says_nothing_of_what_the_database_said(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    settings.ROOT_URLCONF = "tests.config.faulty_urls"

    answer = client.get(address)

    assert answer.status_code == 503
    assert SECRET not in answer.content.decode() + caplog.text
    (line,) = logged(caplog, "derisk.outage")
    assert line["event"] == "database unavailable"
    assert line["error"] in {"OperationalError", "InterfaceError"}


def test_the_api_gets_no_page(client: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.config.faulty_urls"

    answer = client.get("/api/operational/")

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert SECRET not in answer.content.decode()


def test_another_fault_is_not_called_an_outage(client: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.config.faulty_urls"

    answer = client.get("/fault/some-token/")

    assert answer.status_code == 500
    assert "Retry-After" not in answer
    assert SECRET not in answer.content.decode()
