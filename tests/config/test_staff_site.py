"""The side bar of the staff screens, and the policy that lets them run."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from config.staff_navigation import SIDEBAR, name_of
from tests.factories import UserFactory, lead_of

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


def trail(page: Any) -> list[str]:
    """The steps that the head of a page shows, without the signs between them."""
    head = page.content.decode().split("<h1", 1)[1].split(">", 1)[1].split("</h1>", 1)[0]
    steps = [" ".join(step.split()) for step in re.sub("<[^>]*>", "\n", head).splitlines()]
    return [step for step in steps if step not in ("", "chevron_right")]


@pytest.fixture
def browser() -> Client:
    """Of somebody who may open everything."""
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True))
    return client


@pytest.mark.django_db
def test_every_list_goes_by_the_name_that_the_side_bar_gives_it(browser: Client) -> None:
    for entry in (one for group in SIDEBAR.values() for one in group if not one.page):
        opts = apps.get_model(entry.model)._meta
        page = browser.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))

        assert trail(page)[:1] == [entry.title] == [name_of(opts)]
        assert re.search(f"<title>\\s*{entry.title} \\| Derisk\\s*</title>", page.content.decode())


@pytest.mark.django_db
def test_the_head_of_a_page_says_where_one_is(browser: Client) -> None:
    lead = lead_of()
    address = reverse("admin:intake_lead_change", args=[lead.pk])

    assert trail(browser.get(address)) == ["Leads", lead.reference]
    assert trail(browser.get(f"{address[:-7]}verbs/note/")) == [
        "Leads",
        lead.reference,
        "Add a note",
    ]
    assert trail(browser.get(reverse("admin:intake_wall_add"))) == ["Walls", "Add wall"]
    assert trail(browser.get("/staff/intake/routingrule/try/")) == [
        "Rules",
        "Try rules on past leads",
    ]


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
