from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from intake import (
    conflicts,
    handing_over,
    holding,
    merging,
    presence,
    quarantine,
    routing,
    trying,
    walls,
)
from intake.models import Activity, Contact, Hold, Lead, Organisation, RoutingRule, Status, Wall
from jobs import working
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.briefs.subscribed import run_all
from tests.intake.clockwork import HOUR
from tests.intake.registered import engagement

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    return factories.UserFactory(full_name="Rosa Review", roles=["desk lead"])


@pytest.fixture
def eve():
    """Sees every lead, but for walls."""
    return factories.UserFactory(full_name="Eve Walled", roles=["desk lead"])


def wall(user, before, **fields) -> Wall:
    return walls.raise_wall(user=user, before=before, reason="So.", by=None, **fields)


def sees(user, lead: Lead) -> bool:
    return Lead.objects.visible_to(user).filter(pk=lead.pk).exists()


# --- What a wall hides


def test_a_wall_hides_the_lead_from_whoever_may_see_all_and_from_superusers(eve, rosa):
    root = factories.UserFactory(is_superuser=True)
    lead, other = factories.lead_of(), factories.lead_of()

    wall(eve, lead)
    wall(root, lead)

    assert [sees(user, lead) for user in (eve, root, rosa)] == [False, False, True]
    assert [sees(user, other) for user in (eve, root)] == [True, True]


def test_a_wall_before_an_organisation_is_one_before_its_requests_and_people(eve):
    lead = factories.matched_lead(organisation="Acacia Example")
    later = factories.matched_lead(organisation="ACACIA EXAMPLE LTD")
    wall(eve, lead.organisation)

    assert not sees(eve, lead)
    assert not sees(eve, later)
    assert not Organisation.objects.visible_to(eve).exists()
    assert not Contact.objects.visible_to(eve).exists()


def test_a_wall_before_an_engagement_is_one_before_its_request_and_its_clients_requests(eve):
    grew_from = factories.lead_of(status=Status.WON)
    of_client = factories.matched_lead(organisation="Acacia Example")
    made = engagement(("client", "Acacia Example"), ("subject", "Lumen"), lead=grew_from)
    made.parties.filter(role="client").update(organisation=of_client.organisation)
    of_subject = factories.matched_lead(organisation="Lumen")
    made.parties.filter(role="subject").update(organisation=of_subject.organisation)

    wall(eve, made)

    found = [sees(eve, lead) for lead in (grew_from, of_client, of_subject)]
    assert found == [False, False, True]
    assert not type(made).objects.visible_to(eve).exists()


def test_what_was_merged_is_one_for_walls(eve, rosa):
    first, second, third = (factories.matched_lead(status=Status.ROUTED) for _ in range(3))
    for source, target in ((first, second), (second, third)):
        merging.merge_records(
            kind="lead", source_pk=source.pk, target_pk=target.pk, choices={}, by=rosa
        )
    company = factories.matched_lead(organisation="Acacia Example")
    same = factories.matched_lead(organisation="Akazia Sample")
    merging.merge_records(
        kind="organisation", source_pk=same.organisation_id, target_pk=company.organisation_id,
        choices={}, by=rosa,
    )  # fmt: skip

    wall(eve, first)
    wall(eve, same.organisation)

    assert [sees(eve, lead) for lead in (first, second, third)] == [False] * 3
    assert [sees(eve, lead) for lead in (company, same)] == [False] * 2
    assert conflicts.walled_users([third.pk, company.pk]) == {third.pk: {eve.pk}, company.pk: {eve.pk}}  # fmt: skip
    assert not Organisation.objects.visible_to(eve).filter(name__contains="a").exists()


def test_a_wall_stands_from_its_beginning_to_its_end(eve):
    lead = factories.lead_of()
    made = wall(eve, lead, ends_at=timezone.now() + timedelta(days=1))

    assert not sees(eve, lead)
    Wall.objects.filter(pk=made.pk).update(ends_at=timezone.now())
    assert sees(eve, lead)


def test_the_list_costs_no_statement_more(eve, django_assert_num_queries):
    wall(eve, factories.lead_of())
    eve.has_perm("intake.view_lead")

    with django_assert_num_queries(1):
        list(Lead.objects.visible_to(eve))


# --- Raising and lifting


def test_once_is_enough_and_it_is_on_the_timeline(eve, rosa):
    lead = factories.lead_of()

    first = walls.raise_wall(user=eve, before=lead, reason=" Kin. ", by=rosa)

    assert walls.raise_wall(user=eve, before=lead, reason="Again.", by=rosa) == first
    assert (first.reason, first.by) == ("Kin.", rosa)
    line = Activity.objects.get(kind=Activity.Kind.WALL_RAISED)
    assert (line.text, line.by) == ("Before Eve Walled.", rosa)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": "  "}, "required"),
        ({"by": "adviser"}, "forbidden"),
        ({"ends_at": timezone.now() - HOUR}, "past"),
    ],
)
def test_who_may_not_raise_one_raises_none(eve, rosa, fields, code):
    if fields.get("by"):
        fields = fields | {"by": factories.UserFactory(roles=["adviser"])}
    lead = factories.lead_of()

    with pytest.raises(ValidationError) as refused:
        walls.raise_wall(**{"user": eve, "before": lead, "reason": "So.", "by": rosa} | fields)

    assert refused.value.code == code
    assert not Wall.objects.exists()


def test_lifting_lets_in_again_on_record(eve, rosa):
    lead = factories.lead_of()
    made = wall(eve, lead)

    walls.lift_wall(wall=made, by=rosa, reason="The sale is off.")

    assert sees(eve, lead)
    made.refresh_from_db()
    assert (made.lifted_by, made.lifted_because) == (rosa, "The sale is off.")
    line = Activity.objects.get(kind=Activity.Kind.WALL_LIFTED)
    assert (line.text, line.by) == ("Before Eve Walled.", rosa)
    with pytest.raises(ValidationError, match="stands no more"):
        walls.lift_wall(wall=made, by=rosa, reason="Again.")


@pytest.mark.parametrize(
    ("who", "reason", "code"),
    [("itself", "Let me.", "forbidden"), ("adviser", "So.", "forbidden"), ("rosa", " ", "required")],
)  # fmt: skip
def test_nobody_lifts_their_own_wall_nor_without_leave_and_reason(eve, rosa, who, reason, code):
    lead = factories.lead_of()
    made = wall(eve, lead)
    by = {"itself": eve, "adviser": factories.UserFactory(roles=["adviser"]), "rosa": rosa}[who]

    with pytest.raises(ValidationError) as refused:
        walls.lift_wall(wall=made, by=by, reason=reason)

    assert refused.value.code == code
    assert not sees(eve, lead)


def test_two_at_once_raise_one_and_lift_it_once(eve, rosa, transactional_db):
    lead = factories.lead_of()
    racing.race(*[lambda: wall(eve, lead)] * 2)
    made = Wall.objects.get()

    def lift() -> str:
        try:
            walls.lift_wall(wall=made, by=rosa, reason="Off.")
        except ValidationError as error:
            return str(error.code)
        return "lifted"

    assert sorted(racing.race(lift, lift)) == ["conflict", "lifted"]


def test_the_database_keeps_walls_and_gives_no_lead_to_who_is_walled(eve, rosa):
    factories.DeskFactory()
    owner, lead = factories.AdviserFactory(), factories.lead_of()
    made = wall(owner.user, lead)

    with pytest.raises(IntegrityError, match="lead_owner_not_walled"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(owner=owner)
    with pytest.raises(ProgrammingError, match="wall_kept"), transaction.atomic():
        Wall.objects.all()._raw_delete("default")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Wall.objects.filter(pk=made.pk).update(user=rosa)
    with pytest.raises(IntegrityError, match="one_thing"), transaction.atomic():
        Wall.objects.create(user=eve, reason="So.")


# --- Routing, dry run, simulator, deadlines


def test_a_walled_adviser_is_given_nothing_not_even_as_the_last_resort(rosa):
    desk = factories.DeskFactory()
    only = desk.fallback_owner
    lead, free = factories.new_lead(), factories.new_lead()
    wall(only.user, lead)

    assert conflicts.barred_because(lead) == {only.pk: "stands behind a wall"}
    with pytest.raises(Exception, match="Nobody may have this lead"):
        routing.route_lead(lead_id=lead.pk)
    assert trying.dry_run(lead=lead).verdict.chosen is None
    assert routing.route_lead(lead_id=free.pk).chosen == only


def test_the_simulator_keeps_to_walls(rosa):
    desk = factories.DeskFactory()
    awa = factories.AdviserFactory(user__full_name="Awa")
    lead = factories.new_lead()
    routing.route_lead(lead_id=lead.pk)
    lead.refresh_from_db()
    assert lead.owner == awa
    wall(awa.user, lead)

    (outcome,) = trying.simulate(rule_ids=[], visible=Lead.objects.visible_to(rosa)).outcomes

    assert (outcome.happened, outcome.would) == ("Awa", desk.fallback_owner.user.full_name)
    assert not trying.simulate(rule_ids=[], visible=Lead.objects.visible_to(awa.user)).outcomes
    assert not RoutingRule.objects.exists()


def test_who_owns_what_a_new_wall_stands_before_loses_it(rosa):
    factories.DeskFactory()
    awa, bruno = factories.AdviserFactory(), factories.AdviserFactory()
    lead, closed = factories.lead_of(awa), factories.lead_of(awa, status=Status.LOST)

    for before in (lead, closed):
        walls.raise_wall(user=awa.user, before=before, reason="Kin.", by=rosa)
    run_all("intake.clear_wall")

    lead.refresh_from_db()
    closed.refresh_from_db()
    assert (lead.owner, closed.owner) == (bruno, awa)
    assert not sees(awa.user, closed)
    job = Job.objects.filter(kind="intake.clear_wall").first()
    working.run_job(job.pk)
    assert lead.assignments.count() == 2


def test_reminders_and_escalations_pass_over_who_is_walled(eve, rosa):
    owner = factories.AdviserFactory()
    lead, other = factories.lead_of(owner), factories.lead_of(owner)
    wall(eve, lead)
    wall(owner.user, lead)

    staff = presence.Staff(timezone.now())

    def told(one: Lead) -> set[str]:
        return {user.full_name for rung in staff.ladder(one) for user in rung}

    assert told(other) == {"Eve Walled", "Rosa Review", owner.user.full_name}
    assert told(lead) == {"Rosa Review"}


def test_urgent_ones_in_quarantine_and_holds_are_told_to_others(eve, rosa):
    lead = factories.lead_of(status=Status.QUARANTINED)
    wall(eve, lead)

    quarantine.tell_of_urgent(lead_id=lead.pk)

    assert list(Message.objects.values_list("to_email", flat=True)) == [rosa.email]
    new = factories.new_lead()
    wall(eve, new)
    hold = holding.hold(lead=new, kind="conflict", found="X.", matches=[{"key": "x"}])
    assert hold.reviewer == rosa
    with pytest.raises(ValidationError, match="You are walled"):
        holding.decide(hold=hold, by=eve, decision=Hold.Decision.PROCEED, reason="So.")


def test_giving_a_lead_by_hand_to_who_is_walled_is_refused(rosa):
    lead, awa = factories.lead_of(), factories.AdviserFactory()
    wall(awa.user, lead)

    with pytest.raises(ValidationError) as refused:
        handing_over.reassign_lead(lead=lead, to=awa, by=rosa, reason="Please.")

    assert refused.value.code == "barred"
