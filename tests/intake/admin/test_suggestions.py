import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake import suggesting
from intake.admin.suggestions import stretches
from intake.models import Lead, NeedSuggestion
from tests import factories
from tests.intake.admin.screens import client_of, page, person, said

TEXT = "Our <b>driver</b> was kidnapped in Niger. Call from the Congo & Niger."


def read(text: str = TEXT) -> Lead:
    lead = factories.lead_of(needs=text, countries_of_interest=(), services=())
    suggesting.read_lead(lead_id=lead.pk)
    lead.refresh_from_db()
    return lead


def address(lead: Lead, value: str, name: str) -> str:
    pk = lead.suggestions.get(value=value).pk
    return f"/staff/intake/lead/{lead.pk}/suggestions/{pk}/{name}/"


@pytest.mark.django_db
def test_the_page_marks_the_passages_and_offers_both_decisions():
    lead = read()

    html = client_of(lead.owner.user).get(page(lead)).content.decode()

    assert "Our &lt;b&gt;driver&lt;/b&gt; was " in html
    assert (
        '<mark class="need-urgency" title="Kidnapping or hostage taking">was kidnapped</mark>'
        in html
    )
    assert '<mark class="need-country" title="Niger">Niger</mark>' in html
    assert 'title="DR Congo, Republic of the Congo">the Congo</mark> &amp; Niger.' in html
    assert "(one of several)" in html
    assert "Urgent. Words of duty of care: kidnapping or hostage taking." in html
    for name in ("accept", "drop"):
        assert f'action="{address(lead, "NE", name)}"' in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("anonymous", 302), ("analyst", 404), ("auditor", 403), ("approver", 403),
        ("other adviser", 404), ("owner", 302), ("desk lead", 302),
    ],
)  # fmt: skip
def test_only_who_works_the_lead_decides(kind, status):
    lead = read()

    response = client_of(person(kind, lead.owner)).post(address(lead, "NE", "accept"))

    lead.refresh_from_db()
    may = kind in ("owner", "desk lead")
    assert response.status_code == status
    assert (lead.countries, lead.suggestions.get(value="NE").state) == (
        (["NE"], "accepted") if may else ([], "open")
    )


@pytest.mark.django_db
def test_a_decision_is_said_shown_and_can_be_taken_back():
    lead = read()
    client = client_of(lead.owner.user)

    accepted = client.post(address(lead, "NE", "accept"))
    html = client.get(page(lead)).content.decode()
    again = client.post(address(lead, "NE", "accept"))
    dropped = client.post(address(lead, "NE", "drop"))

    assert said(accepted)[-1] == "Accepted: Niger."
    assert accepted["Location"] == f"{page(lead)}#suggestions"
    assert f"Accepted by {lead.owner.user}" in html
    assert f'action="{address(lead, "NE", "accept")}"' not in html
    assert said(again)[-1] == "“Niger” was accepted already."
    assert said(dropped)[-1] == "Dropped: Niger."
    lead.refresh_from_db()
    assert lead.countries == []


@pytest.mark.django_db
def test_absurd_addresses_are_not_found():
    lead, other = read(), read()
    client = client_of(lead.owner.user)
    pk, foreign = (one.suggestions.get(value="NE").pk for one in (lead, other))
    base = f"/staff/intake/lead/{lead.pk}/suggestions"

    answers = [
        client.post(f"{base}/{foreign}/accept/"),
        client.post(f"{base}/{pk}/delete/"),
        client.post(f"{base}/{10**12}/accept/"),
        client.get(f"{base}/{pk}/accept/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 405]
    assert set(NeedSuggestion.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.django_db
def test_who_may_not_work_leads_sees_no_buttons():
    lead = read()

    html = client_of(factories.UserFactory(roles=["auditor"])).get(page(lead)).content.decode()

    assert "What the text says" in html
    assert "/suggestions/" not in html


@pytest.mark.django_db
def test_a_text_that_says_nothing_and_one_that_nobody_read_are_told_apart():
    silent, unread = read("Hm."), factories.lead_of()
    client = client_of(factories.UserFactory(is_superuser=True))

    assert "Nothing that the rules know" in client.get(page(silent)).content.decode()
    assert "A worker reads the text" in client.get(page(unread)).content.decode()


@pytest.mark.django_db
def test_more_suggestions_cost_no_more_statements():
    client = client_of(factories.UserFactory(is_superuser=True))
    counts = []
    for text in ("In Niger.", "In Niger, Togo, Benin and Ghana, kidnapped, by Friday."):
        lead = read(text)
        client.get(page(lead))
        with CaptureQueriesContext(connection) as queries:
            client.get(page(lead))
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_urgent_leads_are_named_in_the_list_and_found():
    urgent, calm = read(), read("In Niger.")
    client = client_of(factories.UserFactory(is_superuser=True))

    response = client.get("/staff/intake/lead/?priority__exact=urgent")

    assert list(response.context["cl"].result_list) == [urgent]
    assert "Urgent" in response.content.decode()
    assert calm.priority == "normal"


@pytest.mark.django_db
def test_the_stretches_joined_are_the_text():
    lead = read()

    found = list(stretches(TEXT, list(lead.suggestions.all())))

    assert "".join(words for words, _, _ in found) == TEXT
    assert [(words, kind) for words, kind, _ in found if kind] == [
        ("was kidnapped", "urgency"), ("Niger", "country"), ("the Congo", "country"),
    ]  # fmt: skip
