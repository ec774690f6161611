"""The page of the credit ledger: balances that add up to nothing, and lines that say why."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from intake import routing
from intake.models import Adviser, CreditEntry, Lead
from tests import factories
from tests.intake.admin.screens import client_of, person, statements
from tests.intake.handing import adviser, away
from tests.intake.test_walls import wall

LEDGER = "/staff/intake/creditentry/"
PAID, PASSED = "got the lead, and paid what was handed out", "was there, and another got it"


@pytest.fixture
def desk(db) -> None:
    factories.DeskFactory(fallback_owner=adviser("Fatou", is_taking_leads=False))


@pytest.fixture
def desk_lead(db) -> Client:
    return client_of(factories.UserFactory(roles=["desk lead"]))


def routed() -> Lead:
    lead = factories.new_lead()
    routing.route_lead(lead_id=lead.pk)
    return lead


def lines(client: Client, address: str = LEDGER) -> list[tuple[str, ...]]:
    """Who, what, by how much and what they had then, the newest first."""
    page = client.get(address)
    screen = page.context["cl"].model_admin
    return [
        (str(one.adviser), screen.what(one), screen.moved(one), screen.then(one))
        for one in page.context["cl"].result_list
    ]


def balances(client: Client) -> dict[str, str]:
    """By adviser what the page says that they have; and that all together have nothing."""
    html = client.get(LEDGER).content.decode()
    assert "Together: 0.00</p>" in html
    table = html[html.index("staff-balances") : html.index("Together: ")]
    rows = re.findall(
        r'adviser=\d+"><bdi>(\w+)</bdi></a></td><td class="n">[\d.]+</td><td class="n">([^<]+)<',
        table,
    )
    return dict(rows)


def test_each_line_says_why_the_credit_moved_and_what_there_was_then(desk, desk_lead):
    awa, bruno = adviser("Awa"), adviser("Bruno")
    first, second = routed(), routed()

    assert lines(desk_lead) == [
        ("Bruno", PAID, "−1.00", "0.00"),
        ("Awa", PASSED, "+1.00", "0.00"),
        ("Bruno", PASSED, "+1.00", "1.00"),
        ("Awa", PAID, "−1.00", "−1.00"),
    ]
    html = desk_lead.get(LEDGER).content.decode()
    for lead in (first, second):
        assert f'href="/staff/intake/lead/{lead.pk}/change/">{lead.reference}</a>' in html
    assert [who for who, *_ in lines(desk_lead, f"{LEDGER}?adviser={bruno.pk}")] == ["Bruno"] * 2
    assert len(lines(desk_lead, f"{LEDGER}?adviser=x")) == 4
    assert awa.credit == 0


def test_leave_weights_and_who_comes_or_stops_leave_the_sum_at_nothing(desk, desk_lead):
    awa, bruno = adviser("Awa"), adviser("Bruno")
    routed()
    leave = away(awa)
    [routed() for _ in range(3)]
    assert balances(desk_lead) == {"Awa": "-1.00", "Bruno": "1.00", "Fatou": "0.00"}

    leave.delete()
    heavy = adviser("Carla", weight=3)
    Adviser.objects.filter(pk=awa.pk).update(weight=Decimal("0.50"))
    [routed() for _ in range(9)]
    got = [Lead.objects.filter(owner=one).count() for one in (awa, bruno, heavy)]
    Adviser.objects.filter(pk=bruno.pk).update(is_taking_leads=False)
    [routed() for _ in range(2)]

    # Awa had one before and Bruno three; of these nine Carla got six, Bruno two, Awa one: as 3 to 1 to 0.5.
    assert got == [2, 5, 6]
    assert sum(map(Decimal, balances(desk_lead).values())) == 0


def test_a_lead_behind_a_wall_has_no_lines_for_whoever_is_kept_out(desk):
    adviser("Awa"), adviser("Bruno")
    hidden, shown = routed(), routed()
    user = factories.UserFactory(roles=["desk lead"])
    wall(user, hidden)

    html = client_of(user).get(LEDGER).content.decode()

    assert shown.reference in html
    assert hidden.reference not in html
    line = CreditEntry.objects.filter(decision__lead=hidden).first()
    assert client_of(user).get(f"{LEDGER}{line.pk}/change/").status_code == 302


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 302), ("owner", 403), ("approver", 403), ("auditor", 200), ("desk lead", 200)],
)
def test_the_ledger_is_for_those_who_see_all_leads(desk, who, status):
    adviser("Awa"), adviser("Bruno")
    lead = routed()

    client = client_of(person(who, Lead.objects.get(pk=lead.pk).owner))

    assert client.get(LEDGER).status_code == status


def test_three_decisions_cost_as_many_statements_as_one(desk, desk_lead):
    adviser("Awa"), adviser("Bruno")
    routed()
    one = statements(desk_lead, LEDGER)
    [routed() for _ in range(2)]

    assert statements(desk_lead, LEDGER) == one
