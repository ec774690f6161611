"""What is kept of how a request came."""

import json
from typing import Any

import pytest
from django.test import Client

from intake import provenance
from intake.models import Enquiry
from tests.intake.api.test_enquiries import FOUR, send

FORM = FOUR | {"consent": "on"}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        (None, ""),
        ("no address", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(address: str | None, network: str) -> None:
    assert provenance.network_of(address) == network


@pytest.mark.django_db
@pytest.mark.parametrize("channel", ["form", "api"])
def test_headers_that_matter_are_kept_and_others_are_not(channel: str) -> None:
    headers: dict[str, Any] = {
        "HTTP_USER_AGENT": "Example/1.0 " + "\x85\x07" + "x" * 400,
        "HTTP_ACCEPT_LANGUAGE": "fr-ML, fr;q=0.9",
        "HTTP_ORIGIN": "https://www.example.org",
        "HTTP_COOKIE": "a=secret",
        "HTTP_X_FORWARDED_FOR": "198.51.100.9",
        "REMOTE_ADDR": "203.0.113.77",
    }

    if channel == "form":
        Client().post("/request/", FORM, **headers)
    else:
        send(Client(), FOUR, **headers)

    enquiry = Enquiry.objects.get()
    assert enquiry.user_agent == "Example/1.0 " + "x" * 288
    assert enquiry.accept_language == "fr-ML, fr;q=0.9"
    assert enquiry.origin == "https://www.example.org"
    assert enquiry.network == "203.0.113.0/24"
    row = str(Enquiry.objects.values().get())
    assert [word for word in ("secret", "198.51.100.9", "203.0.113.77") if word in row] == []


@pytest.mark.django_db
def test_what_is_stored_otherwise_than_it_came_is_kept_beside_it() -> None:
    sent = {"full_name": " Aïcha Example", "brief": "no-such-brief", "needs": "a\r\nb"}

    send(Client(), FOUR | sent)
    Client().post("/request/", FORM | sent | {"colour": "a\x00" + "x" * 600})

    by_api, by_form = Enquiry.objects.order_by("pk")
    assert (by_api.full_name, by_api.needs) == ("Aïcha Example", "a\r\nb")
    assert json.loads(by_api.as_sent) == {k: sent[k] for k in ("full_name", "brief")}
    kept = {k: sent[k] for k in ("full_name", "brief")} | {"colour": "a\x00" + "x" * 498}
    assert json.loads(by_form.as_sent) == kept
    assert (by_form.full_name, by_form.needs) == ("Aïcha Example", "a\nb")
    assert by_form.as_sent.isascii()


@pytest.mark.django_db
def test_a_plain_request_keeps_nothing_twice() -> None:
    send(Client(), FOUR)
    Client().post("/request/", FORM | {"needs": "a\r\nb", "phone": "", "services": []})

    assert set(Enquiry.objects.values_list("as_sent", flat=True)) == {""}
