from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import long_lists
from accounts.long_lists import LongListAdmin
from intake.models import Lead
from jobs import working
from jobs.models import Job
from mail.models import Message
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
def test_what_no_index_counts_is_counted_less_far(desk, three_counted, monkeypatch):
    monkeypatch.setattr(long_lists, "MOST_FOUND", 1)
    new_leads(3)

    once, twice, searched = (
        desk.get(f"{LEADS}?{asked}").context["cl"].paginator.told
        for asked in ("status__exact=new&o=5", "status__exact=new&language__exact=en", "q=!")
    )

    assert (once, twice, searched) == ("3", "more than 1", "more than 1")


@pytest.mark.django_db
def test_a_short_list_is_counted(desk, three_counted):
    new_leads(3)

    html = desk.get(LEADS).content.decode()

    assert "more than" not in html
    assert "Leads: 3\n" in html


@pytest.mark.django_db
def test_the_foot_of_a_list_says_its_name_in_the_side_bar(client):
    factories.DeskFactory()
    client.force_login(factories.UserFactory(is_superuser=True))

    assert "Desks: 1\n" in client.get("/staff/intake/desk/").content.decode()


@pytest.mark.django_db
def test_no_page_reads_or_counts_all(desk, three_counted):
    new_leads(5)
    with CaptureQueriesContext(connection) as queries:
        desk.get(f"{LEADS}?p=2")

    of_leads = [one["sql"] for one in queries if 'FROM "intake_lead"' in one["sql"]]
    assert of_leads
    bounded = ("LIMIT", "EXISTS", '"intake_lead"."id" IN (')
    assert all(any(part in text for part in bounded) for text in of_leads)


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


@pytest.mark.django_db
def test_sorted_backwards_by_what_may_be_empty_only_rows_that_have_it_are_shown(desk):
    without, sooner, later = (factories.new_lead() for _ in range(3))
    for days, lead in ((1, sooner), (2, later)):
        Lead.objects.filter(pk=lead.pk).update(due_at=timezone.now() + timedelta(days=days))
    column = desk.get(LEADS).context["cl"].list_display.index("due")

    first, last = (shown(desk.get(f"{LEADS}?o={sign}{column}")) for sign in ("", "-"))

    assert first == [sooner.reference, later.reference, without.reference]
    assert last == [later.reference, sooner.reference]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "value"), [("jobs/job/", "kind"), ("mail/message/", "template")])
def test_filters_offer_what_the_newest_rows_hold(path, value):
    factories.new_lead()
    for job in Job.objects.due():
        working.run_job(job.pk)
    auditor = client_of(factories.UserFactory(is_superuser=True))

    choices = {
        choice["display"]
        for spec in auditor.get(f"/staff/{path}").context["cl"].filter_specs
        if getattr(spec, "lookup_kwarg", "") == value
        for choice in spec.choices(auditor.get(f"/staff/{path}").context["cl"])
    }

    model = {"kind": Job, "template": Message}[value]
    assert choices == {"All", *model.objects.values_list(value, flat=True)}
    one = sorted(choices - {"All"})[0]
    rows = auditor.get(f"/staff/{path}?{value}={one}").context["cl"].result_list
    assert {getattr(row, value) for row in rows} == {one}


@pytest.mark.django_db
def test_jobs_are_found_by_their_whole_key_and_mails_by_reference_and_address():
    lead = factories.new_lead(email="Awa@client.example")
    factories.new_lead()
    for job in Job.objects.due():
        working.run_job(job.pk)
    client = client_of(factories.UserFactory(is_superuser=True))

    def found(path: str, typed: str) -> set[str]:
        return {
            str(row) for row in client.get(f"/staff/{path}", {"q": typed}).context["cl"].result_list
        }

    keyed = Job.objects.filter(key=f"lead:{lead.pk}")
    mails = Message.objects.filter(to_email="Awa@client.example")
    assert found("jobs/job/", f"lead:{lead.pk}") == {str(job) for job in keyed} != set()
    assert found("jobs/job/", "lead:") == set()
    assert found("mail/message/", "awa@CLIENT.example") == {str(mail) for mail in mails} != set()
    assert found("mail/message/", lead.reference[:6].lower()) >= {str(mail) for mail in mails}
    assert found("mail/message/", "zanzibar") == set()
