import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import quarantine
from intake.models import Lead, Quarantine
from tests import factories
from tests.intake.admin.screens import buttons, client_of, page, person, said, verb
from tests.intake.quarantined import held

LIST = "/staff/intake/quarantine/"
SEES = ["desk lead", "auditor", "superuser"]
SEES_NOT = ["analyst", "approver", "other adviser"]


def release(lead: Lead) -> str:
    """The address of the button in the list."""
    return f"{LIST}{lead.quarantine.pk}/release/"


def state(lead: Lead) -> str:
    return Quarantine.objects.get(lead=lead).outcome


def of(kind: str) -> Client:
    return client_of(person(kind, None))


# --- Who


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [*SEES, *SEES_NOT])
def test_the_list_is_for_those_who_answer_for_it(kind):
    lead = held(full_name="Zanzibar Example")

    response = of(kind).get(LIST)

    assert response.status_code == (200 if kind in SEES else 403)
    assert (lead.reference in response.content.decode()) == (kind in SEES)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [*SEES, *SEES_NOT])
def test_the_button_works_for_those_who_may_decide(kind):
    lead = held()

    response = of(kind).post(release(lead))

    may = kind in ("desk lead", "superuser")
    assert response.status_code == (302 if may else 403)
    assert state(lead) == ("released" if may else "open")
    assert (
        f'formaction="{release(lead)}"' in of(kind).get(f"{LIST}?outcome=all").content.decode()
    ) is False


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "1/change/", "1/release/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_the_login(path, method):
    response = getattr(Client(), method)(LIST + path)

    assert (response.status_code, response["Location"][:13]) == (302, "/staff/login/")


# --- The list


@pytest.mark.django_db
def test_the_list_says_why_the_urgent_first_and_offers_release():
    calm, urgent = held(), held(needs="Our driver was kidnapped this morning, please call.")
    gone = held()
    quarantine.release_lead(lead=gone, by=factories.UserFactory())

    html = of("desk lead").get(LIST).content.decode()

    assert html.index(urgent.reference) < html.index(calm.reference)
    assert gone.reference not in html
    assert "trap 40, token 15" in html
    assert "55 of 50" in html
    assert html.count("Urgent") >= 1
    assert f'formaction="{release(calm)}"' in html
    assert page(calm).removesuffix("change/") in html


@pytest.mark.django_db
def test_an_auditor_reads_and_presses_nothing():
    lead = held()

    html = of("auditor").get(LIST).content.decode()

    assert lead.reference in html
    assert "formaction" not in html
    assert 'name="action"' not in html


@pytest.mark.django_db
def test_the_list_costs_the_same_for_one_and_for_three():
    client = of("desk lead")
    held()
    client.get(LIST)

    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(2):
        held()
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)

    assert len(one) == len(three) == 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [("", "open"), ("?outcome=released", "released"), ("?outcome=all", "both"), ("?outcome=x", "")],
)
def test_what_became_of_it_is_a_filter(query, found):
    waiting, released = held(needs="Call me, please."), held()
    quarantine.release_lead(lead=released, by=factories.UserFactory())

    html = of("desk lead").get(LIST + query, follow=True).content.decode()

    assert (waiting.reference in html) == (found in ("open", "both"))
    assert (released.reference in html) == (found in ("released", "both"))


@pytest.mark.django_db
def test_the_rate_of_false_alarms_stands_above_the_list():
    held()
    quarantine.release_lead(lead=held(), by=factories.UserFactory())

    html = of("desk lead").get(LIST).content.decode()

    assert "How right was it?" in html
    assert '<td class="n">50%</td>' in html


@pytest.mark.django_db
def test_the_page_of_what_is_held_back_is_its_leads():
    lead = held()

    response = of("desk lead").get(f"{LIST}{lead.quarantine.pk}/change/")

    assert (response.status_code, response["Location"]) == (302, page(lead))


# --- Deciding


@pytest.mark.django_db
def test_one_click_releases_and_says_so():
    lead = held()

    response = of("desk lead").post(release(lead))

    assert (response["Location"], said(response)) == (LIST, ["1 request released."])
    assert Lead.objects.get(pk=lead.pk).status == "new"


@pytest.mark.django_db
def test_a_second_click_says_that_it_is_done_already():
    lead = held()
    client = of("desk lead")
    client.post(release(lead))

    response = client.post(release(lead))

    assert said(response)[-1] == f"{lead.reference}: This request is not held back any more."


@pytest.mark.django_db
def test_a_look_releases_nothing():
    lead = held()

    assert of("desk lead").get(release(lead)).status_code == 405
    assert state(lead) == "open"


@pytest.mark.django_db
def test_many_are_released_at_once_and_a_refusal_stops_no_other():
    leads = [held() for _ in range(3)]
    quarantine.call_spam(lead=leads[0], by=factories.UserFactory(), reason="x")
    chosen = [lead.quarantine.pk for lead in leads[1:]]

    response = of("desk lead").post(LIST, {"action": "release_chosen", "_selected_action": chosen})

    assert said(response) == ["2 requests released."]
    assert [state(lead) for lead in leads] == ["spam", "released", "released"]


@pytest.mark.django_db
def test_many_are_called_spam_with_one_reason():
    leads = [held() for _ in range(2)]
    client = of("desk lead")
    chosen = {
        "action": "call_chosen_spam",
        "_selected_action": [lead.quarantine.pk for lead in leads],
    }

    asked = client.post(LIST, chosen)
    refused = client.post(LIST, chosen | {"reason": " "})
    done = client.post(LIST, chosen | {"reason": "Sells links."})

    assert "Call 2 requests spam" in asked.content.decode()
    for lead in leads:
        assert f'name="_selected_action" value="{lead.quarantine.pk}"' in asked.content.decode()
        assert f'name="_selected_action" value="{lead.quarantine.pk}"' in refused.content.decode()
    assert refused.context["form"].errors
    assert said(done) == ["2 requests closed as spam."]
    assert [Lead.objects.get(pk=lead.pk).closing_reason for lead in leads] == [
        "Spam: Sells links."
    ] * 2


@pytest.mark.django_db
def test_an_auditor_decides_nothing_by_the_list():
    lead = held()

    of("auditor").post(LIST, {"action": "release_chosen", "_selected_action": [lead.quarantine.pk]})

    assert state(lead) == "open"


# --- The lead's page


@pytest.mark.django_db
def test_the_leads_page_shows_the_score_and_decides():
    lead = held()
    client = of("desk lead")

    response = client.get(page(lead))
    client.post(verb(lead, "spam"), {"reason": "Sells links."})
    closed = client.get(page(lead))
    client.post(verb(lead, "release"))

    assert buttons(response) == ["Release", "Call it spam", "Add a note", "Mark as urgent"]
    assert "55 points; from 50 on a request is held back." in response.content.decode()
    assert '<td class="n">40</td>' in response.content.decode()
    assert buttons(closed) == ["Release", "Add a note"]
    assert "Not looked up: it was closed before." in closed.content.decode()
    assert "Not held against the register: it was closed before." in closed.content.decode()
    assert "If this stays, look under Jobs." not in closed.content.decode()
    assert state(lead) == "released"
    assert "Released on" in client.get(page(lead)).content.decode()
