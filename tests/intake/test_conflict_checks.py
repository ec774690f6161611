from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import (
    after_sending,
    closeness,
    conflict_checks,
    holding,
    matching,
    merging,
    register_search,
    registering,
)
from intake.after_sending import ContactDetails
from intake.mentions import Text
from intake.models import (
    Activity,
    ConflictCheck,
    Hold,
    Lead,
    Organisation,
    Party,
    PartyName,
    Role,
    Status,
    Wall,
)
from intake.register_search import Needle, Where
from jobs.models import Job
from tests import factories, racing
from tests.briefs.subscribed import run_all
from tests.intake.likenames import OTHERS, SAME
from tests.intake.registered import CLIENT, COUNTERPARTY, engagement

pytestmark = pytest.mark.django_db
SUBJECT, PARENT = "Zambezia Example Ports", "Omegatel Example Group"


@pytest.fixture
def desk():
    factories.DeskFactory()
    return factories.AdviserFactory()


@pytest.fixture
def rosa():
    return factories.UserFactory(full_name="Rosa Review", roles=["desk lead"])


def checked(**content) -> Hold | None:
    """The hold of a new lead with this content, if there is one."""
    content = {"organisation": "Quiet Example Trust", "needs": "A route assessment."} | content
    return conflict_checks.check_lead(lead_id=factories.new_lead(**content).pk)


def near(hold: Hold | None) -> list[tuple[str, str, str]]:
    """Where, which party, in which engagement."""
    return (
        [(m["where"], m["party_name"], m["engagement_name"]) for m in hold.matches] if hold else []
    )


# --- Roles reversed

_WHO = {"organisation": COUNTERPARTY}
_SAYS = "We need to know whom {} works with in Mali."


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"organisation": COUNTERPARTY.upper()}, [("requester", COUNTERPARTY)]),
        ({"organisation": SUBJECT}, [("requester", SUBJECT)]),
        ({"full_name": "Dr. Amina Exemple Person"}, [("requester", "Amina Exemple Person")]),
        ({"needs": _SAYS.format(CLIENT)}, [("text", CLIENT)]),
        ({"needs": _SAYS.format(CLIENT.lower())}, [("text", CLIENT)]),
        ({"needs": _SAYS.format(SUBJECT)}, [("text", SUBJECT)]),
        ({"needs": _SAYS.format(COUNTERPARTY)}, []),  # whom we act against they may act against too
        ({"organisation": CLIENT}, []),  # our own client again
        ({"organisation": CLIENT, "needs": _SAYS.format(f"{COUNTERPARTY} and {SUBJECT}")}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_roles_are_reversed(content, found):
    engagement(
        (Role.CLIENT, CLIENT), (Role.COUNTERPARTY, COUNTERPARTY), (Role.SUBJECT, SUBJECT),
        (Role.SUBJECT, "Amina Exemple Person"), name="Project Baobab",
    )  # fmt: skip

    assert near(checked(**content)) == [(*one, "Project Baobab") for one in found]


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("On cherche à savoir avec qui Baobab Logistics Exemple travaille.", True),
        ("Procuramos saber com quem a Zambézia Exemplo Portos trabalha.", True),
        ("من هم شركاء زامبيزيا المثالية؟", False),
        ("ونريد معرفة شركاء البوباب المثالي في مالي", True),
        ("The baobab is an example of a tree; logistics are hard.", False),
        ("BAOBAB LOGISTICS EXEMPLE LTD has trucks in Gao.", True),
        ("Trucks of Baobab, logistics for example.", False),
    ],
)
def test_parties_are_found_in_the_clients_text_in_any_language(text, is_named):
    made = engagement((Role.CLIENT, "Baobab Logistics Exemple"), (Role.SUBJECT, "Zambezia Exemplo Portos"))  # fmt: skip
    Party.objects.create(engagement=made, role=Role.CLIENT, name="البوباب المثالي")
    registering.keep_register(made)

    assert bool(near(checked(needs=text))) is is_named


def test_parents_count_both_ways():
    first = engagement((Role.CLIENT, CLIENT), (Role.COUNTERPARTY, COUNTERPARTY), name="First")
    owner = Party.objects.create(engagement=first, role=Role.PARENT, name=PARENT)
    first.parties.filter(role=Role.COUNTERPARTY).update(parent=owner)
    registering.keep_register(first)
    # Elsewhere we know another company of that parent.
    second = engagement((Role.CLIENT, "Acacia Example Fund"), name="Second")
    again = Party.objects.create(engagement=second, role=Role.PARENT, name=PARENT)
    Party.objects.create(
        engagement=second, role=Role.COUNTERPARTY, name="Lumen Example Power", parent=again
    )
    registering.keep_register(second)

    up = checked(organisation="Omegatel Example Kenya Ltd")
    down = checked(organisation="Lumen Example Power SARL")

    assert ("requester", PARENT, "First") in near(up)
    assert ("requester", "Lumen Example Power", "Second") in near(down)
    assert ("requester", PARENT, "First") in near(down)
    (through,) = [m for m in down.matches if m["engagement_name"] == "First"]
    assert "parent or subsidiary" in through["why"]


def test_an_organisation_linked_by_hand_is_found_whatever_it_is_called():
    lead = factories.matched_lead(status=Status.ROUTED, organisation="Brand New Name Example")
    made = engagement()
    made.parties.filter(role=Role.COUNTERPARTY).update(organisation=lead.organisation)

    hold = conflict_checks.check_lead(lead_id=lead.pk)

    assert near(hold) == [("requester", COUNTERPARTY, made.name)]
    assert hold.matches[0]["why"].startswith("the same organisation")


def test_what_ended_long_ago_counts_no_more_and_what_ended_lately_does():
    today = timezone.localdate()
    engagement(starts_on=today - timedelta(days=2000), ends_on=today - timedelta(days=800))
    assert checked(**_WHO) is None

    made = engagement(starts_on=today - timedelta(days=900), ends_on=today - timedelta(days=30))
    assert near(checked(**_WHO)) == [("requester", COUNTERPARTY, made.name)]


# --- What a hit does


def test_a_hit_holds_the_lead_before_it_is_routed_and_walls_the_other_side(desk, rosa):
    bruno = factories.AdviserFactory(user__full_name="Bruno")
    made = engagement(people=(bruno.user,), name="Project Baobab")
    lead = factories.new_lead(organisation="KIBALI Example Mines S.A.", needs="A route.")

    run_all("intake.read_needs", "intake.route_lead")

    lead.refresh_from_db()
    assert (lead.status, lead.owner) == ("new", None)
    hold = lead.holds.get()
    assert hold.found == (
        "The requester, “KIBALI Example Mines S.A.”, is near to “Kibali Example Mines”, counterparty in "
        "“Project Baobab”: the same name, 100 of 100."
    )
    assert (hold.reviewer, list(hold.concerned.all())) == (rosa, [bruno.user])
    wall = lead.walls.get()
    assert (wall.user, wall.by, wall.hold) == (bruno.user, None, hold)
    assert made.name not in wall.reason
    kinds = set(lead.activities.values_list("kind", flat=True))
    assert {Activity.Kind.HELD, Activity.Kind.WALL_RAISED} <= kinds
    holding.decide(hold=hold, by=rosa, decision=Hold.Decision.PROCEED, reason="Both agreed.")
    run_all("intake.route_lead")
    lead.refresh_from_db()
    assert lead.owner == desk  # the fallback, since Bruno must not have it
    (decision,) = lead.routing_decisions.all()
    barred = {c["name"]: c["exclusions"] for c in decision.candidates}
    assert "stands behind a wall" in barred["Bruno"]


def test_where_nothing_was_in_it_the_walls_are_lifted_again(desk, rosa):
    bruno = factories.AdviserFactory().user
    engagement(people=(bruno,))
    hold = checked(**_WHO)

    holding.decide(hold=hold, by=rosa, decision=Hold.Decision.UNFOUNDED, reason="Another body.")

    assert not Wall.objects.standing().exists()
    wall = Wall.objects.get()
    assert (wall.lifted_by, wall.lifted_because) == (rosa, "Another body.")


def test_going_on_without_some_walls_them_too(desk, rosa):
    engagement()
    hold = checked(**_WHO)

    holding.decide(
        hold=hold, by=rosa, decision=Hold.Decision.WITHOUT, reason="Knows them.", without=[desk.user]
    )  # fmt: skip

    wall = Wall.objects.get()
    assert (wall.user, wall.lead, wall.by, wall.reason) == (desk.user, hold.lead, rosa, "Knows them.")  # fmt: skip


def test_what_came_near_is_kept_and_does_not_hold(desk):
    engagement((Role.COUNTERPARTY, "Kivu Example Mines"))

    lead = factories.new_lead(**_WHO)
    run_all("intake.route_lead")

    lead.refresh_from_db()
    assert lead.status == "routed"
    (near_miss,) = lead.conflict_check.near
    assert near_miss["party_name"] == "Kivu Example Mines"
    assert near_miss["score"] < conflict_checks.LINE


# --- Once more


def test_open_leads_are_checked_again_when_the_register_grows(desk, rosa, monkeypatch):
    monkeypatch.setattr(conflict_checks, "_AT_ONCE", 2)
    mine = factories.lead_of(desk, organisation=COUNTERPARTY)
    closed = factories.lead_of(status=Status.DISQUALIFIED, organisation=COUNTERPARTY)
    for _ in range(4):
        factories.lead_of(desk)

    made = engagement(people=(desk.user,))
    run_all("intake.check_open_leads")

    assert list(Hold.objects.values_list("lead", flat=True)) == [mine.pk]
    assert not closed.holds.exists()
    assert ConflictCheck.objects.count() == 5
    # Who works for the other side loses it.
    run_all("intake.clear_wall")
    mine.refresh_from_db()
    assert mine.owner not in (None, desk)
    late = factories.AdviserFactory().user
    made.people.add(late)
    registering.keep_register(made)
    assert set(mine.walls.values_list("user", flat=True)) == {desk.user_id, late.pk}


def test_a_lead_is_checked_again_when_its_client_tells_more_or_is_recognised():
    engagement()
    added, renamed = factories.lead_of(), factories.lead_of()
    after_sending.add_information(
        lead=added, text=f"It is about {CLIENT}.", files=(), form_id=added.link_seed
    )
    engagement((Role.SUBJECT, "Amina Exemple Person"))
    details = ContactDetails(full_name="Amina Exemple Person", email=renamed.enquiry.email, phone="")  # fmt: skip
    after_sending.correct_contact(lead=renamed, details=details)
    # One who wrote for the counterparty before, and now gives no organisation.
    factories.matched_lead(organisation=COUNTERPARTY, email="a@kibali-mines.example")
    silent = factories.lead_of(organisation="", email="b@kibali-mines.example")
    matching.match_people(lead_id=silent.pk)

    run_all("intake.check_conflicts")

    assert {hold.lead for hold in Hold.objects.all()} == {added, renamed, silent}
    silent.refresh_from_db()
    assert silent.organisation == Organisation.objects.get(name=COUNTERPARTY)


def test_what_the_client_of_a_merged_request_adds_holds_what_does_its_work(rosa):
    anna = factories.UserFactory(full_name="Anna")
    engagement(people=(anna,))
    source, target = factories.lead_of(), factories.lead_of()
    merge = merging.merge_records(
        kind="lead", source_pk=source.pk, target_pk=target.pk, choices={}, by=rosa
    )

    after_sending.add_information(
        lead=source, text=f"It is about {CLIENT}.", files=(), form_id=source.link_seed
    )
    run_all("intake.check_conflicts")
    (hold,) = Hold.objects.all()
    assert (hold.lead, near(hold)[0][:2]) == (target, ("text", CLIENT))
    assert Wall.objects.get().lead == target

    merging.undo_merge(merge=merge, by=rosa)
    run_all("intake.check_conflicts")

    assert list(Hold.objects.order_by("pk").values_list("lead", flat=True)) == [
        target.pk,
        source.pk,
    ]


def test_a_merged_lead_s_own_engagement_is_no_conflict_for_what_is_part_of_it(rosa):
    source, target = factories.lead_of(), factories.lead_of()
    made = engagement()
    made.lead = target
    made.save()
    merging.merge_records(
        kind="lead", source_pk=source.pk, target_pk=target.pk, choices={}, by=rosa
    )

    after_sending.add_information(
        lead=source, text=f"It is about {CLIENT}.", files=(), form_id=source.link_seed
    )
    run_all("intake.check_conflicts")

    assert not Hold.objects.exists()


def test_leads_are_looked_at_again_when_their_clients_are_merged_and_when_that_is_undone():
    by = factories.UserFactory(roles=["desk lead"])
    engagement((Role.SUBJECT, "Amina Exemple Person"))
    mine = factories.matched_lead(full_name="A. Person", email="a@client.example")
    closed = factories.matched_lead(full_name="A. Person", email="a@client.example")
    Lead.objects.filter(pk=closed.pk).update(closed_at=timezone.now(), status=Status.DISQUALIFIED)
    other = factories.matched_lead(full_name="Amina Exemple Person", email="b@client.example")
    Lead.objects.filter(pk=other.pk).update(erased_at=timezone.now())

    merge = merging.merge_records(
        kind="contact", source_pk=other.contact_id, target_pk=mine.contact_id,
        choices={"full_name": "source"}, by=by,
    )  # fmt: skip
    run_all("intake.check_conflicts")

    assert {hold.lead for hold in Hold.objects.all()} == {mine}
    merging.undo_merge(merge=merge, by=by)
    asked = Job.objects.filter(key__startswith="merge:").order_by("pk").values_list("kind", "key")
    assert list(asked) == [
        (kind, key)
        for key in (f"merge:{merge.pk}:{mine.pk}", f"merge:{merge.pk}:undone:{mine.pk}")
        for kind in ("intake.check_conflicts", "intake.screen_sanctions")
    ]


def test_what_was_decided_is_not_asked_again_and_a_new_party_is(desk, rosa):
    made = engagement()
    hold = checked(**_WHO)
    holding.decide(hold=hold, by=rosa, decision=Hold.Decision.PROCEED, reason="Fine.")

    assert conflict_checks.check_lead(lead_id=hold.lead_id) is None
    Party.objects.create(engagement=made, role=Role.SUBJECT, name=COUNTERPARTY)
    registering.keep_register(made)
    again = conflict_checks.check_lead(lead_id=hold.lead_id)

    assert again not in (None, hold)


@pytest.mark.parametrize("status", [Status.QUARANTINED, Status.DISQUALIFIED, Status.WON])
def test_what_is_closed_or_spam_is_left_alone(status):
    engagement()
    lead = factories.lead_of(status=status, **_WHO)

    assert conflict_checks.check_lead(lead_id=lead.pk) is None
    assert not Hold.objects.exists()


def test_a_won_lead_becomes_an_engagement_with_one_click_and_is_no_conflict_with_itself():
    lead = factories.matched_lead(status=Status.WON, organisation="Acacia Example Fund")

    made = registering.engage(lead=lead, by=lead.owner.user)

    party = made.parties.get()
    assert (party.role, party.name) == ("client", "Acacia Example Fund")
    assert party.organisation == lead.organisation
    assert (list(made.people.all()), made.name) == ([lead.owner.user], lead.reference)
    assert registering.engage(lead=lead, by=lead.owner.user) == made
    assert checked(organisation="Acacia Example Fund") is None
    assert near(checked(needs="Who owns Acacia Example Fund?")) == [
        ("text", "Acacia Example Fund", made.name)
    ]


# --- How well names are told


def test_the_labelled_names_are_told_as_well_as_the_docs_say():
    """Through the database: every right-hand name stands in one register, beside the wrong ones."""
    made = engagement((Role.CLIENT, "Nobody Else Example"))
    for name in {name for _, name in [*SAME, *OTHERS]}:
        Party.objects.create(engagement=made, role=Role.SUBJECT, name=name)
    registering.keep_register(made)

    def is_found(given: str, name: str) -> bool:
        found = register_search.search([Needle(given, Where.REQUESTER)], Text(""), organisation_id=None)  # fmt: skip
        return any(one.party == name and one.score >= conflict_checks.LINE for one in found)

    hits = [pair for pair in SAME if is_found(*pair)]
    false = [pair for pair in OTHERS if is_found(*pair)]

    assert false == []
    assert (len(hits), len(SAME)) == (28, 30)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Kibali Example SA", "Kibali Example Ltd", "the same name with another legal form"),
        ("Example Kibali", "Kibali Example", "the same words"),
        ("محمد المثالي", "Mohamed al-Mithali", "the same name in another script"),
        ("CEPL", "Compagnie Exemplaire des Ports de Lomé", "the initials of the name"),
        ("", "Kibali", ""),
        ("!!!", "???", ""),
    ],
)
def test_it_says_why(one, other, why):
    assert closeness.compare(one, other).why == why


def test_a_large_register_is_searched_by_its_indexes_in_one_statement():
    made = engagement()
    names = [f"Filler{n:05} Brand{n % 97} House{n % 89} Works" for n in range(10_000)]
    parties = Party.objects.bulk_create(
        Party(engagement=made, role=Role.SUBJECT, name=name) for name in names
    )
    PartyName.objects.bulk_create(
        PartyName(party=party, name=party.name, **PartyName.keys_of(party.name))
        for party in parties
    )
    Organisation.objects.bulk_create(
        Organisation(name=name, **Organisation.keys_of(name)) for name in names[:1000]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE intake_partyname, intake_party, intake_organisation")
    lead = factories.new_lead(organisation="KIBALI EXAMPLE MINES", needs=f"About {CLIENT}. " * 40)

    with CaptureQueriesContext(connection) as queries:
        hold = conflict_checks.check_lead(lead_id=lead.pk)

    assert {m["party_name"] for m in hold.matches} == {COUNTERPARTY, CLIENT}
    searches = [q["sql"] for q in queries if "intake_partyname pn" in q["sql"]]
    assert len(searches) == 2  # names, and groups of what was found
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {searches[0]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on intake_partyname" not in plan, plan


def test_two_checks_at_once_hold_it_once(transactional_db):

    engagement()
    lead = factories.new_lead(**_WHO)

    racing.race(*[lambda: conflict_checks.check_lead(lead_id=lead.pk)] * 2)

    assert lead.holds.count() == 1
