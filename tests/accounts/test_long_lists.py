import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import long_lists
from accounts.long_lists import LongListAdmin
from tests import factories
from tests.intake.admin.screens import LEADS, client_of, said

# What staff write by hand, a few of each.
SHORT = {
    "accounts.User",
    "auth.Group",
    "intake.Adviser",
    "intake.DeadlinePolicy",
    "intake.Desk",
    "proposals.ProposalTemplate",
}


@pytest.fixture
def desk():
    return client_of(factories.UserFactory(roles=["desk lead"]))


@pytest.fixture
def three_counted(monkeypatch):
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 3)
    monkeypatch.setattr("intake.admin.leads.LeadAdmin.list_per_page", 2)


def new_leads(count: int) -> list[str]:
    """References, the newest first."""
    return [factories.new_lead().reference for _ in range(count)][::-1]


def shown(response) -> list[str]:
    return [lead.reference for lead in response.context["cl"].result_list]


def test_every_list_that_may_grow_is_a_long_one():
    lists = {model._meta.label: screen for model, screen in admin.site._registry.items()}

    assert {
        name for name, screen in lists.items() if not isinstance(screen, LongListAdmin)
    } == SHORT


@pytest.mark.django_db
def test_a_long_list_says_that_there_are_more_and_ends_its_pages(desk, three_counted):
    newest = new_leads(5)

    first, second, third = (desk.get(f"{LEADS}?p={number}", follow=True) for number in (1, 2, 3))

    assert "more than 3" in first.content.decode()
    assert (shown(first), shown(second)) == (newest[:2], newest[2:4])
    assert "filter or search for what comes after" in second.content.decode()
    assert third.redirect_chain == [(f"{LEADS}?e=1", 302)]


@pytest.mark.django_db
def test_a_short_list_is_counted(desk, three_counted):
    new_leads(3)

    html = desk.get(LEADS).content.decode()

    assert "more than" not in html
    assert [line.strip() for line in html.splitlines() if line.strip() in ("3", "leads")] == [
        "3",
        "leads",
    ]


@pytest.mark.django_db
def test_no_page_reads_or_counts_all(desk, three_counted):
    new_leads(5)
    with CaptureQueriesContext(connection) as queries:
        desk.get(f"{LEADS}?p=2")

    of_leads = [one["sql"] for one in queries if 'FROM "intake_lead"' in one["sql"]]
    assert of_leads
    assert all("LIMIT" in text or "EXISTS" in text for text in of_leads)


@pytest.mark.django_db
def test_columns_without_an_index_do_not_sort_whatever_the_address_asks_for(desk):
    first = {
        str(desk.get(f"{LEADS}?o={column}").context["cl"].queryset.query.order_by[0]).lstrip("-")
        for column in range(1, 10)
    }

    assert first == {"reference", "due_at", "created_at"}


@pytest.mark.django_db
def test_nothing_is_done_to_a_whole_long_list_at_once(desk, monkeypatch):
    monkeypatch.setattr(long_lists, "MOST_CHOSEN", 2)
    new_leads(3)
    chosen = {
        "action": "reassign_chosen",
        "select_across": "1",
        "index": "0",
        "_selected_action": ["1"],
    }

    response = desk.post(LEADS, chosen)

    assert said(response) == [
        "These are more than 2. Filter or search first, or choose page by page."
    ]
    assert "Give 3" not in response.content.decode()
