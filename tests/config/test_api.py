"""The schema and its page, and the answers below /api/ that no view gives."""

import contextlib
import io
import re

import pytest
from django.core.management import call_command
from django.test import Client


@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/v0/", "/api/v1/enquiries/1/", "/api/v2/enquiries/", "/api/%00"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_below_api_every_unknown_address_is_a_problem_document(method, address):
    response = getattr(Client(enforce_csrf_checks=True), method)(address)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address.",
    }


def test_the_schema_is_valid_and_complete():
    written = io.StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)

    assert "/api/v1/enquiries/" in written.getvalue()


def test_every_refusal_in_the_schema_is_a_problem_document(client):
    paths = client.get("/api/schema/?format=json").json()["paths"]
    refusals = [
        (status, list(response["content"]))
        for methods in paths.values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        if status >= "400"
    ]

    assert {status for status, _ in refusals} >= {"400", "409", "413", "415", "422", "429", "503"}
    assert {content for _, contents in refusals for content in contents} == {
        "application/problem+json"
    }


def test_forgotten_slash_is_put_there_for_whoever_reads(client: Client) -> None:
    read = client.get("/api/v1/briefs?country=ML")
    sent = client.post("/api/v1/enquiries", {}, content_type="application/json")

    assert (read.status_code, read["Location"]) == (301, "/api/v1/briefs/?country=ML")
    assert sent.status_code == 404
    assert "ends with a slash" in sent.json()["detail"]
    assert client.get("/api/v1//evil.example/x").status_code == 404


@pytest.mark.django_db  # closing what was streamed looks at the connection
def test_the_documentation_page_runs_under_the_content_policy(client):
    response = client.get("/api/docs/")

    assert response.status_code == 200
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", response.content.decode(), re.DOTALL)
    assert len(scripts) == 3
    assert all("src=" in attributes and not body.strip() for attributes, body in scripts)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    for source in re.findall(r'<script src="(/[^"]*)"', response.content.decode()):
        with contextlib.closing(client.get(source)) as script:
            assert script.status_code == 200


@pytest.mark.parametrize("query", ["", "?script=", "?script=x&lang=fr"])
def test_the_documentation_sets_no_cookie(client, query):
    response = client.get(f"/api/docs/{query}")

    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize("method", ["options", "post", "put", "delete"])
def test_documentation_takes_no_other_method(client: Client, method: str) -> None:
    assert getattr(client, method)("/api/docs/").status_code == 405
