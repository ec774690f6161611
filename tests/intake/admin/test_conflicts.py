"""Holds, the register and walls in the staff screens: who opens what, and what their forms do and refuse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake import conflict_checks, walls
from intake.models import Engagement, Hold, Lead, Wall
from jobs.models import Job
from tests import factories
from tests.intake.admin.screens import client_of, page
from tests.intake.registered import COUNTERPARTY, engagement

HOLDS, REGISTER, WALLS = "/staff/intake/hold/", "/staff/intake/engagement/", "/staff/intake/wall/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    return factories.UserFactory(full_name="Rosa Review", roles=["desk lead"])


@pytest.fixture
def awa():
    return factories.AdviserFactory(user__full_name="Awa", user__roles=["adviser"]).user


@pytest.fixture
def hold(rosa, awa) -> Hold:
    """Of a request of the other side of an engagement that Awa works on."""
    factories.DeskFactory()
    engagement(people=(awa,), name="Project Ochre")
    lead = factories.new_lead(full_name="Josué Exemple", organisation=COUNTERPARTY)
    conflict_checks.check_lead(lead_id=lead.pk)
    return Hold.objects.get(lead=lead)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def party(number: int, role: str, name: str, **fields: str) -> dict[str, str]:
    """What the form of an engagement sends for a party."""
    said = {"role": role, "name": name, **fields}
    return {f"parties-{number}-{key}": value for key, value in said.items()}


def sent(name: str, *parties: dict[str, str], **fields: object) -> dict[str, object]:
    """What the form of an engagement sends."""
    made: dict[str, object] = {"name": name, "starts_on": "2026-01-05", **fields}
    made |= {"parties-TOTAL_FORMS": len(parties), "parties-INITIAL_FORMS": 0}
    return {key: value for part in (made, *parties) for key, value in part.items()}


# --- Who opens what


def test_who_opens_holds_the_register_and_walls(hold, rosa, awa):
    (made,), (wall,) = Engagement.objects.all(), Wall.objects.all()
    people = {
        "anonymous": None,
        "adviser": factories.AdviserFactory(user__roles=["adviser"]).user,
        "who works on it": awa,
        "auditor": factories.UserFactory(roles=["auditor"]),
        "desk lead": rosa,
    }
    addresses = [
        *(HOLDS, f"{HOLDS}{hold.pk}/change/", f"{HOLDS}{hold.pk}/verbs/decide/"),
        *(REGISTER, f"{REGISTER}{made.pk}/change/", f"{REGISTER}add/"),
        *(WALLS, f"{WALLS}{wall.pk}/change/", f"{WALLS}add/", f"{WALLS}{wall.pk}/verbs/lift/"),
    ]

    found = {}
    for who, user in people.items():
        client = client_of(user)
        found[who] = [client.get(address).status_code for address in addresses]

    assert found == {
        "anonymous": [302] * 10,
        "adviser": [403, 403, 404, 200, 302, 403, 403, 403, 403, 404],
        "who works on it": [403, 403, 404, 200, 200, 403, 403, 403, 403, 404],
        "auditor": [200, 200, 403, 200, 200, 403, 200, 200, 403, 403],
        "desk lead": [200] * 10,
    }
    other = client_of(people["adviser"])
    assert "Project Ochre" not in text_of(other.get(REGISTER))
    assert "Project Ochre" not in text_of(other.get(addresses[4], follow=True))


# --- Deciding


def test_a_decision_is_posted_with_its_words_and_refused_with_them(hold, rosa, awa):
    address, client = f"{HOLDS}{hold.pk}/verbs/decide/", client_of(rosa)
    bruno = factories.AdviserFactory(user__full_name="Bruno").user
    jobs, said = Job.objects.count(), {"reason": "A tender that both want."}

    shown = text_of(client.get(address))
    empty = client.post(address, {})
    nobody = client.post(address, said | {"decision": "without"})
    auditor = client_of(factories.UserFactory(roles=["auditor"]))
    forbidden = auditor.post(address, said | {"decision": "proceed"})

    assert f'counterparty in <a href="{REGISTER}' in shown
    assert [empty.status_code, nobody.status_code, forbidden.status_code] == [400, 400, 403]
    for words in ("Choose what becomes of it.", "Say why, for whoever reads this later."):
        assert words in text_of(empty)
    assert "Name the advisers without whom it goes on" in text_of(nobody)
    assert "A tender that both want." in text_of(nobody)
    hold.refresh_from_db()
    assert (hold.decision, Wall.objects.count(), Job.objects.count()) == ("open", 1, jobs)

    done = client.post(address, said | {"decision": "without", "without": [bruno.pk]})
    again = client.post(address, said | {"decision": "refuse"})

    assert (done.status_code, done["Location"]) == (302, f"{HOLDS}{hold.pk}/change/")
    assert (again.status_code, "This was decided already" in text_of(again)) == (400, True)
    hold.refresh_from_db()
    assert (hold.decision, hold.decided_by, hold.reason) == ("without", rosa, said["reason"])
    assert {wall.user for wall in Wall.objects.all()} == {awa, bruno}
    assert "Nothing waits for a decision." in text_of(client.get(HOLDS))
    assert "Josué Exemple, Kibali Example Mines" in text_of(client.get(f"{HOLDS}?decision=all"))


def test_the_list_of_holds_costs_the_same_for_one_and_three(
    hold, rosa, django_assert_max_num_queries
):
    client = client_of(rosa)
    with django_assert_max_num_queries(100) as one:
        client.get(HOLDS)
    for _ in range(2):
        lead = factories.new_lead(organisation=COUNTERPARTY)
        conflict_checks.check_lead(lead_id=lead.pk)

    with django_assert_max_num_queries(len(one)):
        assert text_of(client.get(HOLDS)).count("Kibali Example Mines") == 3


def test_the_leads_page_says_what_was_found_to_those_who_may_read_it(hold, rosa):
    shown = text_of(client_of(rosa).get(page(hold.lead)))

    assert "Held: possible conflict of interest" in shown
    assert "until Rosa Review has decided" in shown
    assert f'<a href="{HOLDS}{hold.pk}/change/">Look and decide</a>' in shown


# --- The register


def test_an_engagement_is_entered_and_open_requests_are_held_against_it(rosa, awa):
    client = client_of(rosa)
    assert "No engagement that you may read." in text_of(client.get(REGISTER))
    parties = (
        party(0, "client", "Baobab Example"),
        party(1, "counterparty", COUNTERPARTY, aliases="KEM Example\nMines de Kibali", country="CD"),
    )  # fmt: skip

    refused = [
        client.post(f"{REGISTER}add/", sent("")),
        client.post(f"{REGISTER}add/", sent("P", parties[0], party(1, "foe", "X", country="XX"))),
        client.post(f"{REGISTER}add/", sent("P", party(0, "client", "X", aliases="y" * 201))),
        client.post(f"{REGISTER}add/", sent("P", ends_on="2025-01-01")),
    ]
    auditor = client_of(factories.UserFactory(roles=["auditor"]))
    forbidden = auditor.post(f"{REGISTER}add/", sent("P", *parties))

    assert [one.status_code for one in refused] == [200] * 4
    assert "A name has 200 characters at most." in text_of(refused[2])
    assert forbidden.status_code == 403
    assert not Engagement.objects.exists()

    done = client.post(f"{REGISTER}add/", sent("Project Ochre", *parties, people=[awa.pk]))

    assert done.status_code == 302
    made = Engagement.objects.get()
    assert (made.created_by, [*made.people.all()]) == (rosa, [awa])
    client_party, other = made.parties.order_by("pk")
    assert (client_party.role, other.role, other.country) == ("client", "counterparty", "CD")
    assert other.aliases == ["KEM Example", "Mines de Kibali"]
    lead = factories.new_lead(organisation="Mines de Kibali")
    conflict_checks.check_lead(lead_id=lead.pk)
    assert lead.holds.get().matches[0]["engagement"] == made.pk


# --- Walls


def test_a_wall_stands_before_one_thing_that_one_sees_until_a_day_to_come_for_a_reason(rosa, awa):
    client, lead = client_of(rosa), factories.new_lead()
    company = factories.matched_lead(organisation="Acacia Example").organisation
    hidden = factories.new_lead()
    walls.raise_wall(user=rosa, before=hidden, reason="Kin.", by=None)
    good = {"user": awa.pk, "lead": lead.pk, "reason": "Married to the director."}
    yesterday = timezone.localdate() - timedelta(days=1)

    two = client.post(f"{WALLS}add/", good | {"organisation": company.pk})
    refused = [
        client.post(f"{WALLS}add/", good | {"lead": ""}),
        client.post(f"{WALLS}add/", good | {"until": str(yesterday)}),
        client.post(f"{WALLS}add/", good | {"reason": "  "}),
        client.post(f"{WALLS}add/", good | {"user": rosa.pk}),
        client.post(f"{WALLS}add/", good | {"lead": hidden.pk}),
        client.post(f"{WALLS}add/", good | {"lead": "x"}),
    ]
    auditor = client_of(factories.UserFactory(roles=["auditor"]))

    assert {one.status_code for one in (two, *refused)} == {200}
    assert "Choose one: a lead, an organisation or an engagement." in text_of(two)
    assert "Married to the director." in text_of(two)
    assert not any("Constraint" in text_of(one) for one in (two, *refused))
    assert not any(hidden.reference in text_of(one) for one in refused)
    assert auditor.post(f"{WALLS}add/", good).status_code == 403
    assert Wall.objects.count() == 1
    done = client.post(f"{WALLS}add/", good | {"until": "2999-12-31"})
    wall = Wall.objects.get(user=awa)
    assert done.status_code == 302
    assert (wall.by, wall.lead, wall.ends_at.year) == (rosa, lead, 2999)


def test_a_wall_is_lifted_once_with_a_reason(rosa, awa):
    client, lead = client_of(rosa), factories.new_lead()
    wall = walls.raise_wall(user=awa, before=lead, reason="Kin.", by=rosa)
    address = f"{WALLS}{wall.pk}/verbs/lift/"
    auditor = client_of(factories.UserFactory(roles=["auditor"]))

    intro = text_of(client.get(address))
    unlifted = client.post(address, {"reason": ""})

    assert f"Awa is kept out of {lead.reference} since" in intro
    assert unlifted.status_code == 400
    assert "Say why, for whoever reads this later." in text_of(unlifted)
    assert auditor.post(address, {"reason": "So."}).status_code == 403
    wall.refresh_from_db()
    assert wall.lifted_by is None
    assert not Lead.objects.visible_to(awa).filter(pk=lead.pk).exists()

    client.post(address, {"reason": "The sale is off."})

    wall.refresh_from_db()
    assert (wall.lifted_by, wall.lifted_because) == (rosa, "The sale is off.")
    assert "The sale is off." in text_of(client.get(f"{WALLS}{wall.pk}/change/"))
    again = client.post(address, {"reason": "Once more."})
    assert (again.status_code, "This wall stands no more." in text_of(again)) == (400, True)
