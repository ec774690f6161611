import itertools
import json

import pytest
from rest_framework.fields import empty
from rest_framework.serializers import ValidationError

from intake.api import serializers
from tests.intake.hostile import BODIES, TEXTS
from tests.intake.typed import FOUR

ADDRESS = "/api/v1/enquiries/"
FIELDS = serializers._fields_of(serializers.EnquirySerializer)
CHECKS = serializers._checks_of(serializers.EnquirySerializer)
ODD = [
    None, True, False, 0, 1, 1.5, "", " ", "  a  ", "fr", "FR", "ML", "route-assessment", "now", "a" * 41, "a" * 201,
    "a" * 256, "a" * 20_001, [], {}, [[]], ["ML"], ["FR"], ["ML", 1], ["ML"] * 61, ["route-assessment"] * 21,
    [None], [True], {"a": 1}, "\ud800", "a\nb", "a@client.example", "á@client.example",
]  # fmt: skip


def of_drf(name: str, value: object) -> object:
    """What DRF's field makes of the value; `empty` where it refuses it."""
    try:
        return FIELDS[name].run_validation(value)
    except ValidationError:
        return empty


def test_most_fields_have_a_check() -> None:
    assert FIELDS.keys() - CHECKS.keys() == {"attachments"}


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_plainly_right_is_what_drf_would_take(name: str) -> None:
    values = [*ODD, *(value for _, _, value, _ in TEXTS)]

    for value in values:
        plain = serializers.plain_values.plain_among({name: value}, CHECKS)
        if plain:
            assert plain == {name: of_drf(name, value)}
        elif isinstance(value, str):  # nothing that is right takes the long way
            assert of_drf(name, value) is empty


@pytest.mark.django_db
def test_json_from_nobody_in_particular_is_answered_as_drf_answers_it(client, settings) -> None:
    """DRF's way is taken by whoever says how the answer shall be written."""
    settings.THROTTLE = False
    bodies = [body for body in BODIES if body.content_type == "application/json"]
    assert len(bodies) > 30

    for body in bodies:
        ours, drfs = (
            client.generic("POST", ADDRESS, body.body, body.content_type, **headers)
            for headers in ({}, {"HTTP_ACCEPT": "application/json;q=1"})
        )

        assert ours.status_code == drfs.status_code, body.name
        assert {**ours.headers} == {**drfs.headers} | {"Content-Length": ours["Content-Length"]} | {
            "X-Request-ID": ours["X-Request-ID"]
        }, body.name
        if ours.status_code != 201:
            assert ours.content == drfs.content, body.name


@pytest.mark.django_db
def test_fields_come_in_any_number(client, settings) -> None:
    """Each field right, wrong or left out beside each other one: exactly the wrong ones are named."""
    settings.THROTTLE = False
    right = {
        "full_name": "A",
        "email": "a@client.example",
        "country": "FR",
        "services": ["route-assessment"],
    }
    wrong = {"full_name": 1, "email": "a", "country": "XX", "services": "route-assessment"}

    for how in itertools.product((right, wrong, {}), repeat=len(right)):
        named = dict(zip(right, how, strict=True))
        sent = {name: of[name] for name, of in named.items() if of}
        refused = {f"/{name}" for name, of in named.items() if of is wrong}
        refused |= {f"/{name}" for name in ("full_name", "email") if not named[name]}

        response = client.post(
            ADDRESS,
            json.dumps({"needs": FOUR["needs"], "consent": True} | sent),
            "application/json",
        )

        assert response.status_code == (400 if refused else 201)
        found = {error["pointer"] for error in response.json().get("errors", [])}
        assert found == refused
