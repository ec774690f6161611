"""Keys of other websites in the staff screens."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import private_links
from intake import keys
from intake.models import ApiKey, Enquiry
from tests import factories
from tests.intake.admin.screens import client_of
from tests.intake.api.test_keys import issue, send_as

KEYS = "/staff/intake/apikey/"
TERMS = {
    "name": "Partner",
    "origins": "https://partner.example\r\nhttps://BÜRO.example:8443/",
    "per_minute": "30",
    "language": "fr",
    "services": ["due-diligence"],
}
pytestmark = pytest.mark.django_db


def desk_lead() -> Client:
    return client_of(factories.UserFactory(roles=["desk lead"]))


def issued(client: Client) -> str:
    """Issue a key as the desk does; the address where it is shown."""
    answer = client.post(f"{KEYS}add/", TERMS)
    assert answer.status_code == 302
    return str(answer["Location"])


def shown(client: Client, address: str) -> list[str]:
    """The keys in full on this page."""
    return re.findall(r"derisk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}", client.get(address).text)


def test_a_key_is_issued_shown_once_and_works() -> None:
    client = desk_lead()

    page = client.get(issued(client))

    (text,) = re.findall(r"derisk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}", page.content.decode())
    key = ApiKey.objects.get()
    assert "no-store" in page["Cache-Control"]
    assert key.origins == ["https://partner.example", "https://xn--bro-hoa.example:8443"]
    assert (key.per_minute, key.language, key.services) == (30, "fr", ["due-diligence"])
    assert send_as(text).status_code == 201
    later = client.get(f"{KEYS}{key.pk}/change/").content.decode()
    assert key.prefix in later
    assert text not in later
    assert text not in client.get(KEYS).content.decode()
    assert Enquiry.objects.get().api_key == key


def test_reloading_the_page_of_a_new_key_makes_no_second_one_and_says_how_to() -> None:
    client = desk_lead()
    address = issued(client)
    client.head(address)
    assert len(shown(client, address)) == 1

    again = client.get(address)

    assert ApiKey.objects.count() == 1
    assert shown(client, address) == []
    assert "The key was shown once" in again.text
    assert f'href="{KEYS}add/"' in again.text


def test_two_new_keys_wait_side_by_side_each_for_its_page() -> None:
    client = desk_lead()
    first, second = issued(client), issued(client)

    texts = shown(client, second) + shown(client, first)

    assert [text[7:23] for text in texts] == list(
        ApiKey.objects.order_by("-pk").values_list("public_id", flat=True)
    )
    assert [send_as(text).status_code for text in texts] == [201, 201]


def test_a_new_key_is_shown_to_no_other_session_and_lies_nowhere_in_full() -> None:
    client = desk_lead()
    address = issued(client)
    waits = str(client.session["keys_to_show"])

    assert shown(desk_lead(), address) == []
    (text,) = shown(client, address)

    secret = text[24:]
    assert secret not in waits
    assert private_links.digest(secret) not in waits
    assert client.session["keys_to_show"] == {}


@pytest.mark.parametrize(("role", "status"), [(None, 302), ("adviser", 403), ("auditor", 403)])
def test_who_may_open_the_page_of_a_new_key(role: str | None, status: int) -> None:
    key, _ = issue()
    client = client_of(factories.UserFactory(roles=[role]) if role else None)

    assert client.get(f"{KEYS}{key.pk}/new/").status_code == status
    assert desk_lead().get(f"{KEYS}{key.pk + 1}/new/").status_code == 404


@pytest.mark.parametrize(
    "line",
    [
        "partner.example", "ftp://partner.example", "https://partner.example/page", "https://", "https://a b",
        "https://user@partner.example", "https://partner.example;script-src", "https://*.example",
        "https://partner.example:99999", "javascript:alert(1)", "https://partner.example?x",
    ],
)  # fmt: skip
def test_what_is_no_website_is_refused_beside_the_field(line: str) -> None:
    page = desk_lead().post(f"{KEYS}add/", TERMS | {"origins": line})

    assert page.status_code == 200
    assert page.context["adminform"].form.errors.keys() == {"origins"}
    assert ApiKey.objects.count() == 0


def test_terms_are_changed_and_the_key_stays() -> None:
    key, text = issue()

    desk_lead().post(f"{KEYS}{key.pk}/change/", TERMS | {"name": "Renamed", "per_minute": "5"})

    key.refresh_from_db()
    assert (key.name, key.per_minute) == ("Renamed", 5)
    assert send_as(text).status_code == 201


def test_a_revoked_key_is_refused_and_changes_no_more() -> None:
    key, text = issue()
    client = desk_lead()

    client.post(f"{KEYS}{key.pk}/verbs/revoke/")
    changed = client.post(f"{KEYS}{key.pk}/change/", TERMS | {"name": "Renamed"})

    key.refresh_from_db()
    assert (key.name, bool(key.revoked_at), changed.status_code) == ("Partner", True, 403)
    assert send_as(text).status_code == 401
    with pytest.raises(Exception, match="revoked before"):
        keys.revoke_key(key=key, by=factories.UserFactory())


def test_whoever_revokes_is_asked_first_and_told_what_ends() -> None:
    key, text = issue()
    address = f"{KEYS}{key.pk}/verbs/revoke/"
    client = desk_lead()
    assert "No request came through this key of Partner." in client.get(address).text
    send_as(text)

    buttons = client.get(f"{KEYS}{key.pk}/change/").content.decode()
    asked = client.get(address).content.decode()
    key.refresh_from_db()

    assert f'href="{address}"' in buttons
    assert "1 request came through this key of Partner; they stay." in asked
    assert "A revoked key never works again" in asked
    assert key.revoked_at is None
    client.post(address)
    key.refresh_from_db()
    assert key.revoked_at is not None


@pytest.mark.parametrize(
    ("role", "sees", "issues"),
    [
        (None, 302, 302),
        ("analyst", 403, 403),
        ("adviser", 403, 403),
        ("auditor", 200, 403),
        ("desk lead", 200, 200),
    ],
)
def test_who_may(role: str | None, sees: int, issues: int) -> None:
    key, _ = issue()
    client = client_of(factories.UserFactory(roles=[role]) if role else None)

    assert client.get(KEYS).status_code == sees
    assert client.get(f"{KEYS}add/").status_code == issues
    client.post(f"{KEYS}{key.pk}/verbs/revoke/")
    client.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"})
    assert bool(ApiKey.objects.get().revoked_at) == (role == "desk lead")


def test_the_list_costs_the_same_for_one_and_for_three() -> None:
    client = desk_lead()
    costs = []
    for number in (1, 2):
        for _ in range(number):
            issue()
        client.get(KEYS)
        with CaptureQueriesContext(connection) as queries:
            client.get(KEYS)
        costs.append(len(queries))

    assert costs[0] == costs[1]
