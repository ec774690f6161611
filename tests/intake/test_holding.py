import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import User
from intake import alerting, holding, leads, measuring, routing, watching
from intake.models import Activity, Hold, HoldKind, Lead, Status
from jobs.models import Job
from mail.models import Message
from proposals import sending
from tests import factories, racing
from tests.briefs.subscribed import run_all
from tests.intake.clockwork import HOUR
from tests.proposals import making

Decision = Hold.Decision


def held(lead: Lead | None = None, keys=("a",), concerned=(), kind=HoldKind.CONFLICT):
    """A lead held for these matches."""
    return holding.hold(
        lead=lead or factories.new_lead(),
        kind=kind,
        found=f"Found {', '.join(keys)}.",
        matches=[{"key": key} for key in keys],
        concerned=[user.pk for user in concerned],
    )


def reviewer(name: str = "Rosa") -> User:
    return factories.UserFactory(full_name=f"{name} Review", roles=["desk lead"])


@pytest.fixture
def desk(db):
    factories.DeskFactory()
    return factories.AdviserFactory()


def route(lead: Lead) -> None:
    """Do every routing that was asked for."""
    run_all("intake.route_lead")
    lead.refresh_from_db()


def test_a_held_lead_is_not_routed_and_somebody_is_asked_by_reference_only(desk):
    rosa = reviewer()
    lead = factories.new_lead(organisation="Xylo Holding Example")

    hold = held(lead)
    route(lead)
    run_all("intake.tell_reviewer", "intake.keep_deadline")

    assert (hold.reviewer, hold.decision, hold.found) == (rosa, "open", "Found a.")
    assert (lead.status, lead.owner, lead.routing_decisions.count()) == ("new", None, 0)
    job = Job.objects.get(kind="intake.route_lead")
    assert (job.state, job.attempts, job.last_error) == ("done", 1, "")
    letter = Message.objects.get(template="intake/mail/held")
    assert (letter.to_email, letter.reference) == (rosa.email, lead.reference)
    assert f"/staff/intake/lead/{lead.pk}/" in letter.text
    assert not {"Xylo", "conflict"} & set(letter.text.split())
    assert lead.deadlines.running().exists()  # the client's clock runs on


@pytest.mark.parametrize("decision", [Decision.UNFOUNDED, Decision.PROCEED])
def test_who_lets_it_go_on_asks_for_the_routing_again(desk, decision):
    rosa = reviewer()
    lead = factories.new_lead()
    hold = held(lead)
    route(lead)

    holding.decide(hold=hold, by=rosa, decision=decision, reason=" Another body. ")
    route(lead)

    assert (lead.status, lead.owner) == ("routed", desk)
    hold.refresh_from_db()
    assert (hold.decision, hold.decided_by, hold.reason) == (decision, rosa, "Another body.")
    done = Activity.objects.filter(lead=lead).exclude(kind="matched").order_by("pk")
    done = done.values_list("kind", "by")
    assert [*done] == [("held", None), ("hold_decided", rosa.pk), ("routed", None)]


def test_it_goes_on_when_the_last_hold_is_decided(desk):
    rosa = reviewer()
    lead = factories.new_lead()
    one, other = held(lead), held(lead, kind=HoldKind.SANCTIONS)

    holding.decide(hold=one, by=rosa, decision=Decision.PROCEED, reason="Fine.")
    route(lead)
    assert lead.status == "new"
    holding.decide(hold=other, by=rosa, decision=Decision.UNFOUNDED, reason="Fine.")
    route(lead)

    assert lead.status == "routed"


def test_a_refused_lead_is_closed_and_its_other_holds_are_over(desk):
    rosa = reviewer()
    lead = factories.new_lead()
    hold, other = held(lead), held(lead, kind=HoldKind.SANCTIONS)

    holding.decide(hold=hold, by=rosa, decision=Decision.REFUSE, reason="We act for the other.")
    route(lead)

    assert (lead.status, lead.owner) == ("disqualified", None)
    assert lead.closing_reason == "Possible conflict of interest: We act for the other."
    other.refresh_from_db()
    assert (other.decision, other.decided_by) == ("over", rosa)


def test_the_same_find_is_one_hold_and_what_was_decided_is_not_asked_again(desk):
    rosa = reviewer()
    lead = factories.new_lead()
    first = held(lead, ("a",))

    second = held(lead, ("a", "b"))

    assert second == first
    assert [each["key"] for each in second.matches] == ["a", "b"]
    holding.decide(hold=first, by=rosa, decision=Decision.PROCEED, reason="Fine.")
    assert held(lead, ("b",)) is None
    third = held(lead, ("b", "c"))
    assert third not in (None, first)
    assert Hold.objects.filter(lead=lead).count() == 2


def test_what_is_closed_is_not_held_and_closing_ends_a_hold(desk):
    lead = factories.lead_of(status=Status.ROUTED)
    hold = held(lead)

    leads.disqualify_lead(lead=lead, by=lead.owner.user, reason="A student.")

    hold.refresh_from_db()
    assert (hold.decision, hold.decided_by) == ("over", lead.owner.user)
    assert held(lead, ("new",)) is None


@pytest.mark.parametrize(
    ("who", "decision", "reason", "code"),
    [
        ("adviser", Decision.PROCEED, "Fine.", "forbidden"),
        ("concerned", Decision.PROCEED, "Fine.", "forbidden"),
        ("gone", Decision.PROCEED, "Fine.", "forbidden"),
        ("desk lead", Decision.PROCEED, "  ", "required"),
        ("desk lead", Decision.OPEN, "Fine.", "required"),
        ("desk lead", Decision.OVER, "Fine.", "required"),
    ],
)
def test_who_may_not_decide_changes_nothing(desk, who, decision, reason, code):
    people = {
        "adviser": desk.user,
        "concerned": reviewer("Party"),
        "gone": factories.UserFactory(roles=["desk lead"], is_active=False),
        "desk lead": reviewer(),
    }
    hold = held(concerned=[people["concerned"]])
    jobs = Job.objects.count()

    with pytest.raises(ValidationError) as refused:
        holding.decide(hold=hold, by=people[who], decision=decision, reason=reason)

    assert refused.value.code == code
    hold.refresh_from_db()
    assert (hold.decision, hold.decided_by, Job.objects.count()) == ("open", None, jobs)
    assert hold.reviewer == people["desk lead"]


def test_it_is_decided_once_also_by_two_at_once(desk, transactional_db):
    rosa, omar = reviewer(), reviewer("Omar")
    hold = held()

    def deciding(by, decision):
        def run() -> str:
            try:
                return holding.decide(hold=hold, by=by, decision=decision, reason="So.").decision
            except ValidationError as error:
                return str(error.code)

        return run

    found = racing.race(deciding(rosa, Decision.PROCEED), deciding(omar, Decision.UNFOUNDED))

    assert sorted(found) in (["conflict", "proceed"], ["conflict", "unfounded"])


def test_a_lead_with_a_proposal_is_not_refused_and_nothing_is_sent_while_it_is_held(desk):
    rosa = reviewer()
    version = making.make_draft()
    lead = version.proposal.lead
    hold = held(lead)

    with pytest.raises(ValidationError, match="held until somebody"):
        sending.send_version(version=version, by=lead.owner.user)
    with pytest.raises(ValidationError, match="Withdraw that"):
        holding.decide(hold=hold, by=rosa, decision=Decision.REFUSE, reason="No.")

    hold.refresh_from_db()
    assert hold.decision == "open"


def test_the_one_with_the_fewest_to_decide_is_asked_and_nobody_is_better_than_a_party(desk):
    rosa, omar = reviewer(), reviewer("Omar")

    assert [held().reviewer for _ in range(3)] == [rosa, omar, rosa]
    hold = held(concerned=[rosa, omar])
    assert hold.reviewer is None
    run_all("intake.tell_reviewer")
    assert Message.objects.filter(template="intake/mail/held").count() == 3


# --- What the database holds


def test_the_database_refuses_what_the_verbs_never_do(desk):
    rosa = reviewer()
    lead = factories.new_lead()
    hold, other = held(lead), factories.new_lead()

    with pytest.raises(IntegrityError, match="lead_held_is_not_routed"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(status="routed", owner=desk)
    with pytest.raises(IntegrityError, match="hold_one_open"), transaction.atomic():
        Hold.objects.create(lead=lead, kind="conflict", found="Again.")
    with pytest.raises(IntegrityError, match="for_a_reason"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(decision="proceed")
    with pytest.raises(ProgrammingError, match="lead"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(lead=other)
    holding.decide(hold=hold, by=rosa, decision=Decision.PROCEED, reason="Fine.")
    with pytest.raises(ProgrammingError, match="hold_frozen"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(reason="Because.")
    with pytest.raises(ProgrammingError, match="hold_kept"), transaction.atomic():
        Hold.objects.all()._raw_delete("default")


# --- Watching


def test_what_is_held_counts_as_held_not_as_unrouted_and_is_told_when_it_is_old(desk):
    rosa = reviewer()
    lead = factories.new_lead()
    Lead.objects.filter(pk=lead.pk).update(created_at=lead.created_at - 5 * HOUR)
    hold = held(lead)

    measures = measuring.measure(hold.opened_at + 3 * HOUR)
    assert (measures.held, measures.unrouted["any"], measures.oldest_unrouted) == (1, 0, None)
    assert "held" not in {one.name for one in watching.readings(measures) if one.is_over}
    alerting.watch_house(now=hold.opened_at + 5 * HOUR)

    told = Message.objects.filter(template="intake/mail/alert", to_email=rosa.email)
    assert any("Oldest held for a decision: 5 h (limit 4 h)" in one.text for one in told)


def test_routing_and_holding_at_once_never_route_what_is_held(desk, transactional_db):
    lead = factories.new_lead()

    racing.race(lambda: held(lead), lambda: routing.route_lead(lead_id=lead.pk))

    lead.refresh_from_db()
    decisions = lead.routing_decisions.count()
    assert (lead.status, decisions) in (("new", 0), ("routed", 1))
    assert lead.holds.count() == 1


def test_a_hold_whose_job_runs_twice_tells_once(desk):
    reviewer()
    hold = held()
    run_all("intake.tell_reviewer")
    holding.tell_reviewer(hold_id=hold.pk)

    assert Message.objects.filter(template="intake/mail/held").count() == 1
