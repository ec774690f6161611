"""A refused request writes no row. At most it is counted: in memory, for floods, or in one trip to Valkey."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import flood
from tests import factories, valkey_trips
from tests.intake import typed
from tests.intake.api.test_keys import issue

FORM, API = "/request/", "/api/v1/enquiries/"
FOUR = typed.FOUR | {"consent": True}


def api(body: object, key: str = "") -> Any:
    data = body if isinstance(body, str) else json.dumps(body)
    headers = {"Idempotency-Key": key} if key else {}
    return Client().generic("POST", API, data, content_type="application/json", headers=headers)


def form(**changed: Any) -> Any:
    return Client().post(FORM, typed.FOUR | changed)


REFUSALS = {
    "form: nothing": (lambda: Client().post(FORM, {}), 400),
    "form: no address": (lambda: form(email=""), 400),
    "form: about a brief": (lambda: form(email="", brief="a-brief"), 400),
    "form: a wrong file": (lambda: form(attachments="a.txt"), 400),
    "form: too many fields": (lambda: form(**{f"f{n}": 1 for n in range(6000)}), 413),
    "API: nothing": (lambda: api({}), 400),
    "API: no address": (lambda: api(FOUR | {"email": ""}), 400),
    "API: broken": (lambda: api("{"), 400),
    "API: too large": (lambda: api(" " * 4_000_001), 413),
    "API: another type": (lambda: Client().post(API, "x", "text/plain"), 415),
    "API: no key of ours": (lambda: Client().post(API, headers={"Authorization": "x"}), 401),
    "API: the key of another request": (lambda: api(FOUR | {"needs": "More"}, key="used"), 422),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_request_writes_no_row(name: str) -> None:
    factories.BriefFactory(slug="a-brief")
    assert api(FOUR, key="used").status_code == 201
    refused, status = REFUSALS[name]

    with CaptureQueriesContext(connection) as queries, valkey_trips.seen() as trips:
        response = refused()

    assert response.status_code == status
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []
    assert len(queries) <= 1
    assert len(trips) <= (status == 422)
    assert all("INCR" in script for _, script, *_ in trips)


@pytest.mark.django_db
@pytest.mark.parametrize("send", [form, lambda: api(FOUR)], ids=["form", "API"])
def test_a_flood_costs_neither_statement_nor_trip(send: Any) -> None:
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("127.0.0.1")

    with CaptureQueriesContext(connection) as queries, valkey_trips.seen() as trips:
        response = send()

    assert response.status_code == 429
    assert ([q["sql"] for q in queries], trips) == ([], [])


@pytest.mark.django_db
def test_a_wrong_secret_is_not_noted_as_a_use_of_the_key() -> None:
    key, text = issue()
    wrong = {"Authorization": f"Bearer {text[:-1]}{'A' if text[-1] != 'A' else 'B'}"}

    response = Client().post(API, json.dumps(FOUR), "application/json", headers=wrong)

    key.refresh_from_db()
    assert (response.status_code, key.last_used_at) == (401, None)
