import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake import covering, handing_over, leads, owning, routing
from intake.models import Lead
from mail.models import Message
from tests import factories
from tests.intake.admin.screens import LEADS, buttons, client_of, page, person, said, verb
from tests.intake.handing import adviser, away, bar
from tests.intake.test_leads import state

MANY = {"action": "reassign_chosen", "reason": "Awa leaves."}


@pytest.fixture
def pool(db) -> Lead:
    """A lead that nobody of the default desk could take; Fatou answers for it."""
    factories.DeskFactory(fallback_owner__user__full_name="Fatou", name="Africa desk")
    lead = factories.new_lead(language="ar", full_name="Aïcha Example")
    routing.route_lead(lead_id=lead.pk)
    return Lead.objects.get(pk=lead.pk)


# --- One lead


@pytest.mark.django_db
def test_the_form_says_what_speaks_against_each_and_who_must_not_have_it(monkeypatch):
    lead = factories.lead_of(adviser("Awa"))
    carla, barred = adviser("Carla", languages=["fr"]), adviser("Barred")
    bar(monkeypatch, barred)

    client = client_of(person("desk lead", lead.owner))
    html = client.get(verb(lead, "reassign")).content.decode()
    refused = client.post(verb(lead, "reassign"), {"to": barred.pk, "reason": "Why."})

    told = f'<option value="{carla.pk}">Carla, 0 of 10 leads (does not work in English)</option>'
    assert told in html
    assert "Barred must not have it: acts for the other side." in html
    assert [f'value="{one.pk}"' in html for one in (lead.owner, barred)] == [False, False]
    assert (refused.status_code, Lead.objects.get(pk=lead.pk).owner) == (400, lead.owner)


@pytest.mark.django_db
def test_what_moved_since_the_form_was_opened_is_said_and_then_may_be_done():
    lead, carla = factories.lead_of(adviser("Awa")), adviser("Carla")
    client = client_of(person("desk lead", lead.owner))
    shown = re.search(r'name="seen" value="([^"]+)"', client.get(verb(lead, "reassign")).text)
    sent = {"to": carla.pk, "reason": "Knows them.", "seen": shown and shown[1]}
    leads.contact_lead(lead=lead, by=lead.owner.user)

    refused = client.post(verb(lead, "reassign"), sent)
    assert refused.status_code == 400
    assert "Meanwhile this changed: it is contacted, and Awa has it." in refused.text
    assert "Knows them.</textarea>" in refused.text
    again = re.search(r'name="seen" value="([^"]+)"', refused.text)
    done = client.post(verb(lead, "reassign"), sent | {"seen": again and again[1]})

    assert said(done) == ["The lead has a new owner; both were told."]
    assert Lead.objects.get(pk=lead.pk).owner == carla


@pytest.mark.django_db
def test_who_is_away_is_given_a_lead_only_when_that_is_meant():
    lead, carla = factories.lead_of(adviser("Awa")), adviser("Carla")
    away(carla, delegate=lead.owner)
    client = client_of(person("desk lead", lead.owner))
    sent = {"to": carla.pk, "reason": "Knows them."}

    refused = client.post(verb(lead, "reassign"), sent)
    assert "; their delegate is Awa." in refused.text
    client.post(verb(lead, "reassign"), sent | {"even_if_away": "on"})

    assert Lead.objects.get(pk=lead.pk).owner == carla


@pytest.mark.django_db
def test_the_owner_gives_it_back_and_lands_on_the_list():
    lead = factories.lead_of(adviser("Awa"))
    adviser("Bruno")
    client = client_of(lead.owner.user)

    form = client.get(verb(lead, "give-back"))
    response = client.post(verb(lead, "give-back"), {"reason": "No time."})

    assert f'value="{owning.seen(lead)}"' in form.text
    assert (response.status_code, response["Location"]) == (302, LEADS)
    assert str(Lead.objects.get(pk=lead.pk).owner) == "Bruno"


# --- The pool


def test_an_adviser_takes_a_lead_out_of_the_pool_with_one_click(pool):
    awa, bruno = adviser("Awa"), adviser("Bruno")
    client = client_of(awa.user)

    assert "Fatou (pool)" in client.get(f"{LEADS}?whose=pool").text
    shown = client.get(page(pool))
    assert (buttons(shown), "Move the deadline" in shown.text) == (["Take it"], False)
    before = state(pool)
    for name in ("contact", "note", "give-back"):
        client.post(verb(pool, name), {"text": "x", "reason": "x"})
    assert state(pool) == before
    response = client.post(verb(pool, "claim"))
    second = client_of(bruno.user).post(verb(pool, "claim"))

    assert said(response) == ["Take it first."] * 3 + ["The lead is yours."]
    assert said(second) == [f"{pool} is not in the pool any more. Awa has it now."]
    assert Lead.objects.get(pk=pool.pk).owner == awa


def test_who_was_first_is_told_only_to_those_who_could_have_taken_it(pool, monkeypatch):
    awa = adviser("Awa")
    other = factories.lead_of(adviser("Carla"))
    handing_over.claim_lead(lead=pool, by=awa.user)
    barred, bruno = adviser("Barred"), adviser("Bruno")

    assert client_of(bruno.user).post(verb(other, "claim")).status_code == 404
    assert client_of(bruno.user).post(f"{LEADS}x/verbs/claim/").status_code == 404
    assert client_of(person("analyst", awa)).post(verb(pool, "claim")).status_code == 404
    bar(monkeypatch, barred)
    assert client_of(barred.user).post(verb(pool, "claim")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "status"),
    [("other adviser", 302), ("desk lead", 302), ("auditor", 403), ("approver", 403), ("analyst", 404),
     ("anonymous", 302)],
)  # fmt: skip
def test_who_may_take_from_the_pool(pool, kind, status):
    before = state(pool)
    client = client_of(person(kind, pool.owner))

    assert client.post(verb(pool, "claim")).status_code == status
    # A desk lead who is no adviser is refused by the verb.
    assert (state(pool) != before) == (kind == "other adviser")


# --- Who covers


def test_who_covers_finds_works_and_may_not_give_away(db):
    awa, bruno = adviser("Awa"), adviser("Bruno", is_taking_leads=False)
    lead, other = factories.lead_of(awa), factories.lead_of(bruno)
    away(awa, delegate=bruno, policy="cover")
    covering.keep_covers()
    client = client_of(bruno.user)

    def found(whose: str) -> list[Lead]:
        return list(client.get(f"{LEADS}?whose={whose}").context["cl"].result_list)

    closed = factories.lead_of(bruno, status="lost")
    assert [found("open"), found("mine"), found("covered"), found("pool"), found("x")] == [
        [other], [closed, other], [lead], [], [closed, other, lead],
    ]  # fmt: skip
    assert found("left") == []
    factories.User.objects.filter(adviser=awa).update(is_active=False)
    assert found("left") == [lead]
    factories.User.objects.filter(adviser=awa).update(is_active=True)
    assert "Awa, covered by Bruno" in client.get(LEADS).text
    shown = client.get(page(lead))
    assert buttons(shown) == [
        "Draft a proposal", "Mark as contacted", "Qualify", "Add a note", "Mark as urgent", "Mark as lost",
        "Disqualify",
    ]  # fmt: skip
    assert "Covered by Bruno while Awa is away, until" in shown.text
    assert client.post(verb(lead, "contact")).status_code == 302
    assert Lead.objects.get(pk=lead.pk).status == "contacted"
    assert client.post(verb(lead, "reassign"), {}).status_code == 403
    refused = client.post(verb(lead, "give-back"), {"reason": "No."})
    assert (refused.status_code, "You may not do this." in refused.text) == (400, True)


# --- Many leads


@pytest.mark.django_db
def test_many_leads_are_given_away_on_a_page_in_between():
    awa, carla = adviser("Awa"), adviser("Carla")
    away(adviser("Dora"))
    mine = [factories.lead_of(awa) for _ in range(2)]
    hers = factories.lead_of(carla)
    client = client_of(factories.UserFactory(roles=["desk lead"]))
    chosen = {"_selected_action": [lead.pk for lead in (*mine, hers)]}

    asked = client.post(LEADS, {"action": "reassign_chosen"} | chosen)
    shown = re.findall(r'name="seen" value="([^"]+)"', asked.text)
    incomplete = client.post(LEADS, MANY | chosen | {"to": "", "seen": shown})
    done = client.post(LEADS, MANY | chosen | {"to": carla.pk, "seen": shown})

    assert sorted(shown) == sorted(f"{lead.pk}:{owning.seen(lead)}" for lead in (*mine, hers))
    assert "Dora, 0 of 10 leads (is away until" in asked.text
    assert (incomplete.status_code, "Awa leaves.</textarea>" in incomplete.text) == (400, True)
    assert done.status_code == 200
    assert "2 given to Carla, 1 not" in done.text
    assert "Carla has this lead already." in done.text
    assert Lead.objects.filter(owner=carla).count() == 3
    assert sorted(m.to_name for m in Message.objects.all()) == ["Awa", "Carla"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["owner", "auditor", "approver"])
def test_nobody_else_gives_many_away(kind):
    lead, carla = factories.lead_of(adviser("Awa")), adviser("Carla")
    client, before = client_of(person(kind, lead.owner)), state(lead)
    sent = {"_selected_action": [lead.pk], "to": carla.pk, "seen": f"{lead.pk}:x"}

    client.post(LEADS, MANY | sent)

    assert "reassign_chosen" not in client.get(LEADS).text
    assert state(lead) == before


@pytest.mark.django_db
def test_nonsense_about_many_is_no_fault():
    lead, carla = factories.lead_of(adviser("Awa")), adviser("Carla")
    client = client_of(factories.UserFactory(roles=["desk lead"]))
    for seen in (["x"], ["²:1"], ["99999999999999999999:1"], [f"{lead.pk}:9.won"]):
        sent = {"_selected_action": [lead.pk], "to": carla.pk, "seen": seen}
        response = client.post(LEADS, MANY | sent)
        assert response.status_code in (200, 400)
    assert Lead.objects.get(pk=lead.pk).owner == lead.owner


# --- What it costs


@pytest.mark.django_db
def test_covered_and_pooled_leads_cost_the_list_no_statement_more(pool):
    awa, bruno = adviser("Awa"), adviser("Bruno", is_taking_leads=False)
    away(awa, delegate=bruno, policy="cover")
    client, counts = client_of(bruno.user), []
    for number in (1, 2):
        for _ in range(number):
            factories.lead_of(awa)
        covering.keep_covers()
        client.get(LEADS)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(LEADS).context["cl"].result_list) in (2, 4)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 8


@pytest.mark.django_db
def test_a_second_click_is_no_error_and_what_another_did_meanwhile_is_said():
    lead = factories.lead_of()
    other = factories.AdviserFactory()
    desk = client_of(factories.UserFactory(roles=["desk lead"]))
    given = {"to": str(other.pk), "reason": "They know the place.", "seen": owning.seen(lead)}

    first, second = (desk.post(verb(lead, "reassign"), given) for _ in range(2))
    third = desk.post(verb(lead, "reassign"), given | {"reason": "Another reason.", "seen": ""})

    assert (first.status_code, second.status_code, third.status_code) == (302, 302, 400)
    assert lead.assignments.count() == 2
    assert lead.activities.filter(kind="reassigned").count() == 1
    assert f"{other} has this lead already." in third.text
    assert "Another reason." in third.text
