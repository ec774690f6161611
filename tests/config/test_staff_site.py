"""The side bar of the staff screens, and the policy that lets them run."""

import pytest
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from config.staff_navigation import SIDEBAR
from tests.factories import UserFactory

STRICT = {"script-src 'self'", "style-src 'self'", "default-src 'none'"}


def directives(client: Client, address: str) -> set[str]:
    policy = client.get(address)["Content-Security-Policy"]
    return {directive.strip() for directive in policy.split(";")}


def test_every_list_has_one_place_in_the_side_bar() -> None:
    entries = [entry.model for group in SIDEBAR.values() for entry in group if not entry.page]

    assert sorted(entries) == sorted(model._meta.label for model in admin.site._registry)


def test_the_icon_is_where_browsers_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer["Location"]) == (302, static("favicon.svg"))
    assert answer.cookies == {}
    assert finders.find("favicon.svg")


@pytest.mark.django_db
def test_side_bar_offers_what_the_user_may_open(client: Client) -> None:
    client.force_login(UserFactory.create(roles=["analyst"]))

    page = client.get("/staff/").content.decode()

    assert 'href="/staff/briefs/brief/"' in page
    assert 'href="/staff/intake/lead/"' not in page
    assert 'href="/staff/accounts/user/"' not in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/briefs/", "/methodology/", "/nothing/", "/staffed/"])
def test_public_pages_are_strict(client: Client, address: str) -> None:
    assert directives(client, address) >= STRICT


@pytest.mark.django_db
def test_staff_screens_may_run_alpine(client: Client) -> None:
    found = directives(client, "/staff/login/")

    assert "script-src 'self' 'unsafe-eval' 'unsafe-inline'" in found
    assert "style-src 'self' 'unsafe-inline'" in found
    assert "default-src 'none'" in found
    assert directives(client, "/") >= STRICT  # the strict policy itself was not touched


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "autocomplete/?app_label=proposals&model_name=proposal&field_name=lead&term=%00",
        "briefs/brief/?status__exact=%00",
        "accounts/user/?q=%00",
        "intake/adviser/?q=%00",
        "intake/lead/?status__exact=%00",
    ],
)
def test_a_nul_in_a_query_is_no_fault_of_the_server(client, address):
    client.force_login(UserFactory.create(is_superuser=True))

    response = client.get(f"/staff/{address}")

    assert (response.status_code, response["Location"]) == (
        302,
        f"/staff/{address.split('?')[0]}?e=1",
    )
