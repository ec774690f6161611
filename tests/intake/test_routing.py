from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import credit, routing
from intake.models import Absence, Activity, Adviser, Assignment, CreditEntry, Lead, RoutingDecision
from intake.needs import gazetteer
from jobs import working
from jobs.kinds import JobError
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.noticing import write_notices


def adviser(name: str, **fields) -> Adviser:
    """An adviser of this name for English, Mali and route assessments, unless told otherwise."""
    return factories.AdviserFactory(user__full_name=name, **fields)


def absent(person: Adviser, first: int, last: int) -> None:
    """Away from `first` to `last`, in days from today."""
    today = timezone.localdate()
    Absence.objects.create(
        adviser=person,
        starts_on=today + timedelta(days=first),
        ends_on=today + timedelta(days=last),
    )


def fill(person: Adviser, number: int, status: str = "routed") -> None:
    """Give leads to an adviser by hand."""
    for _ in range(number):
        factories.lead_of(person, status=status)


def reasons(decision: RoutingDecision) -> dict[str, list[str]]:
    """By name, why each candidate could not take the lead."""
    return {c["name"]: c["exclusions"] for c in decision.candidates}


def changed() -> dict[str, int]:
    """How many rows there are of what a routing writes."""
    models = (RoutingDecision, Assignment, CreditEntry, Activity)
    notices = Job.objects.filter(kind="intake.notify_owner").count()
    return {model.__name__: model.objects.count() for model in models} | {"Message": notices}


# --- The ordinary case


@pytest.mark.django_db
def test_the_lead_goes_to_the_one_who_can_take_it_and_everything_is_recorded(settings):
    awa = adviser("Awa", credit=Decimal("0.50"))
    bruno = adviser("Bruno", countries=["SN"], weight=Decimal("0.5"))
    lead = factories.new_lead(full_name="Secret Client", needs="Secret needs")

    decision = routing.route_lead(lead_id=lead.pk)

    lead.refresh_from_db()
    assert (lead.status, lead.owner) == ("routed", awa)
    assert decision == RoutingDecision.objects.get()
    assert (decision.lead, decision.chosen, decision.is_fallback) == (lead, awa, False)
    assert decision.reason == "Awa is the only adviser who can take it."
    assert decision.engine == credit.ENGINE
    facts = decision.inputs["facts"]
    assert (facts["language"], facts["countries"]) == ("en", ["ML"])
    assert facts["services"] == ["route-assessment"]
    assert [{k: v for k, v in c.items() if k != "state"} for c in decision.candidates] == [
        {
            "adviser": awa.pk,
            "name": "Awa",
            "is_available": True,
            "is_eligible": True,
            "exclusions": [],
            "weight": "1.00",
            "credit_before": "0.50",
            "credit_after": "0.00",
        },
        {
            "adviser": bruno.pk,
            "name": "Bruno",
            "is_available": True,
            "is_eligible": False,
            "exclusions": ["does not cover Mali"],
            "weight": "0.50",
            "credit_before": "0.00",
            "credit_after": "0.50",
        },
    ]
    ledger = CreditEntry.objects.order_by("adviser").values_list("adviser", "amount")
    assert list(ledger) == [(awa.pk, Decimal("-0.50")), (bruno.pk, Decimal("0.50"))]
    credits = Adviser.objects.order_by("pk").values_list("credit", flat=True)
    assert list(credits) == [Decimal("0.00"), Decimal("0.50")]
    assignment = Assignment.objects.get()
    assert (assignment.lead, assignment.adviser, assignment.decision) == (lead, awa, decision)
    assert (assignment.ended_at, assignment.by) == (None, None)
    activity = Activity.objects.get()
    assert (activity.lead, activity.kind, activity.text) == (lead, "routed", decision.reason)


@pytest.mark.django_db
def test_the_notice_holds_the_reference_and_no_word_of_the_client(settings):
    awa = adviser("Awa")
    words = {
        "full_name": "Xanthippe",
        "email": "xanthippe@client.example",
        "needs": "Zanzibar",
        "organisation": "Quixotic",
        "job_title": "Wizard",
        "phone": "+2250102030405",
    }
    lead = factories.new_lead(**words)

    decision = routing.route_lead(lead_id=lead.pk)
    assert Message.objects.count() == 0  # routing waits for no letter
    write_notices()

    message = Message.objects.get()
    assert (message.to_email, message.to_name) == (awa.user.email, "Awa")
    assert message.key == f"notice:lead:{lead.pk}:assignment:{decision.assignment.pk}"
    assert (message.reference, message.template) == (lead.reference, "intake/mail/notice")
    assert message.subject == f"A lead for you: {lead.reference}"
    address = f"{settings.SITE_URL}/staff/intake/lead/{lead.pk}/change/"
    everything = " ".join([message.subject, message.text, message.html])
    assert address in message.text
    assert address in message.html
    assert not [word for word in words.values() if word in everything]
    assert Job.objects.get(kind="mail.deliver").subject_id == message.pk


@pytest.mark.django_db
def test_services_that_the_client_is_not_sure_of_exclude_nobody():
    awa = adviser("Awa", services=[])
    lead = factories.new_lead(services=("not-sure",), countries_of_interest=())

    routing.route_lead(lead_id=lead.pk)

    lead.refresh_from_db()
    assert lead.owner == awa


# --- Who cannot take it, and why


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "content", "reason"),
    [
        ({"is_taking_leads": False}, {}, "takes no leads at present"),
        ({"user__is_active": False}, {}, "takes no leads at present"),
        ({"capacity": 0}, {}, "has 0 open leads, the most they take is 0"),
        ({"languages": ["fr", "pt"]}, {}, "does not work in English"),
        ({}, {"language": "ar"}, "does not work in العربية"),
        ({"countries": []}, {"countries_of_interest": ("ML", "NE")}, "does not cover Mali, Niger"),
        ({}, {"countries_of_interest": ("ML", "NE")}, "does not cover Niger"),
        (
            {},
            {"services": ("daily-monitoring", "route-assessment", "due-diligence")},
            "does not give: daily monitoring, due diligence on partners",
        ),
    ],
)
def test_each_exclusion_is_said_in_words(fields, content, reason):
    desk = factories.DeskFactory(fallback_owner__user__full_name="Fallback")
    adviser("Awa", **fields)
    lead = factories.new_lead(**content)

    decision = routing.route_lead(lead_id=lead.pk)

    assert reasons(decision)["Awa"] == [reason]
    assert decision.chosen == desk.fallback_owner


@pytest.mark.django_db
def test_every_reason_is_named_not_only_the_first():
    factories.DeskFactory()
    awa = adviser(
        "Awa", is_taking_leads=False, capacity=0, languages=["fr"], countries=[], services=[]
    )
    absent(awa, 0, 0)

    decision = routing.route_lead(lead_id=factories.new_lead().pk)

    until = timezone.localdate() + timedelta(days=1)
    assert reasons(decision)["Awa"] == [
        "takes no leads at present",
        f"is away until {until.day} {until:%B}, 00:00 UTC",
        "has 0 open leads, the most they take is 0",
        "does not work in English",
        "does not cover Mali",
        "does not give: route and journey assessment",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "is_away"),
    [(0, 0, True), (-3, 0, True), (0, 3, True), (-3, 3, True), (-3, -1, False), (1, 3, False)],
)
def test_an_absence_counts_from_its_first_to_its_last_day(first, last, is_away):
    factories.DeskFactory()
    awa = adviser("Awa")
    absent(awa, first, last)

    decision = routing.route_lead(lead_id=factories.new_lead().pk)

    told = [reason.partition(" until ")[0] for reason in reasons(decision)["Awa"]]
    assert told == (["is away"] if is_away else [])
    awa.refresh_from_db()
    assert awa.credit == 0  # away: earns nothing; there: gets the lead and pays what it earned


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("routed", True), ("contacted", True), ("qualified", True), ("proposal", True),
        ("won", False), ("lost", False), ("disqualified", False),
    ],
)  # fmt: skip
def test_only_open_leads_count_against_the_capacity(status, counts):
    factories.DeskFactory()
    awa = adviser("Awa", capacity=2)
    fill(awa, 2, status=status)

    decision = routing.route_lead(lead_id=factories.new_lead().pk)

    full = ["has 2 open leads, the most they take is 2"]
    assert reasons(decision)["Awa"] == (full if counts else [])


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [[""] * 7, ["nine to five"] * 7])
def test_who_has_no_hours_gets_nothing_and_stops_nobody(hours):
    adviser("Awa", hours=hours)
    bruno = adviser("Bruno")

    decision = routing.route_lead(lead_id=factories.new_lead().pk)

    assert decision.chosen == bruno
    assert reasons(decision)["Awa"] == ["has no working hours in the next two years"]


# --- Nobody can


@pytest.mark.django_db
def test_nobody_eligible_goes_to_the_fallback_owner_and_says_so():
    desk = factories.DeskFactory(fallback_owner__user__full_name="Lindiwe")
    factories.DeskFactory(is_default=False)
    adviser("Awa", languages=["fr"])
    lead = factories.new_lead()

    decision = routing.route_lead(lead_id=lead.pk)

    lead.refresh_from_db()
    assert (decision.is_fallback, lead.owner) == (True, desk.fallback_owner)
    assert decision.reason == (
        "None of 3 advisers can take it, so it goes to the desk's fallback owner, Lindiwe."
    )
    assert CreditEntry.objects.count() == 0
    write_notices()
    assert Message.objects.get().to_email == desk.fallback_owner.user.email


def no_desk() -> None:
    """Nothing is set up."""


def inactive_fallback() -> None:
    """The desk's fallback owner has left the house."""
    factories.DeskFactory(fallback_owner__user__is_active=False)


def other_desk() -> None:
    """There is a desk, not the default one."""
    factories.DeskFactory(is_default=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("set_up", "says"),
    [
        (no_desk, "No desk is the default one."),
        (other_desk, "No desk is the default one."),
        (inactive_fallback, "the fallback owner of the desk “.*” may not log in any more"),
    ],
)
def test_without_anybody_to_fall_back_on_the_job_fails_and_nothing_changes(set_up, says):
    set_up()
    adviser("Awa", languages=["fr"])
    lead = factories.new_lead()

    with pytest.raises(JobError, match=says):
        routing.route_lead(lead_id=lead.pk)

    lead.refresh_from_db()
    assert (lead.status, lead.owner) == ("new", None)
    assert set(changed().values()) == {0}


@pytest.mark.django_db
def test_staff_read_on_the_job_what_to_set_up_and_a_retry_then_works():
    lead = factories.new_lead()
    job = Job.objects.get(kind="intake.route_lead")

    working.run_job(job.pk)
    job.refresh_from_db()
    assert "Add a desk with a fallback owner under Staff, Desks." in job.last_error

    factories.DeskFactory()
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())
    working.run_job(job.pk)
    lead.refresh_from_db()
    assert lead.status == "routed"


# --- Once, and never for a lead that has moved on


@pytest.mark.django_db
def test_routing_twice_is_once():
    adviser("Awa")
    lead = factories.new_lead()
    routing.route_lead(lead_id=lead.pk)
    before = changed()

    assert routing.route_lead(lead_id=lead.pk) is None

    assert changed() == before
    assert before == {
        "RoutingDecision": 1, "Assignment": 1, "CreditEntry": 0, "Activity": 1, "Message": 1,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["quarantined", "contacted", "won", "disqualified"])
def test_a_lead_that_is_not_new_is_left_alone(status):
    adviser("Awa")
    lead = factories.lead_of(status=status)
    owner = lead.owner

    assert routing.route_lead(lead_id=lead.pk) is None

    lead.refresh_from_db()
    assert (lead.status, lead.owner) == (status, owner)
    assert RoutingDecision.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_lead_in_two_workers_at_once_is_routed_once():
    adviser("Awa")
    lead = factories.new_lead()

    decisions = racing.race(*[lambda: routing.route_lead(lead_id=lead.pk)] * 2)

    assert [type(d) for d in sorted(decisions, key=bool)] == [type(None), RoutingDecision]
    assert changed() == {
        "RoutingDecision": 1, "Assignment": 1, "CreditEntry": 0, "Activity": 1, "Message": 1,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_leads_at_once_see_each_other_s_credit_and_capacity():
    desk = factories.DeskFactory()
    awa = adviser("Awa", capacity=1)
    bruno = adviser("Bruno", capacity=1)
    leads = [factories.new_lead() for _ in range(3)]

    racing.race(*[lambda pk=lead.pk: routing.route_lead(lead_id=pk) for lead in leads])

    owners = sorted(Lead.objects.values_list("owner", flat=True))
    assert owners == sorted([desk.fallback_owner.pk, awa.pk, bruno.pk])
    assert RoutingDecision.objects.filter(is_fallback=True).count() == 1
    assert Adviser.objects.aggregate(total=Sum("credit"))["total"] == 0


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_another_routing_before_it_reads_credit():
    awa = adviser("Awa")
    lead = factories.new_lead()

    with transaction.atomic():
        Adviser.objects.select_for_update(no_key=True).get(pk=awa.pk)
        race = racing.Race(lambda: routing.route_lead(lead_id=lead.pk))
        racing.wait_for_blocked(1)
        Adviser.objects.filter(pk=awa.pk).update(credit=Decimal("-7"))
    race.results()

    (candidate,) = RoutingDecision.objects.get().candidates
    assert candidate["credit_before"] == "-7.00"


# --- Fairness over many


@pytest.mark.django_db
def test_over_many_leads_shares_follow_weights_and_the_ledger_adds_up_to_zero():
    people = [adviser("A", capacity=99), adviser("B", capacity=99)]
    people.append(adviser("C", capacity=99, weight=Decimal("0.5")))
    for _ in range(10):
        routing.route_lead(lead_id=factories.new_lead().pk)

    taken = [person.leads.count() for person in people]
    sums = CreditEntry.objects.values("decision").annotate(sum=Sum("amount"))
    by_ledger = Adviser.objects.annotate(sum=Sum("credit_entries__amount"))
    assert taken == [4, 4, 2]
    assert {row["sum"] for row in sums} == {Decimal(0)}
    assert by_ledger.exclude(credit=F("sum")).count() == 0


@pytest.mark.django_db
def test_who_was_away_is_not_flooded_on_return():
    awa, bruno = adviser("Awa"), adviser("Bruno")
    absent(awa, 0, 0)
    for _ in range(4):
        routing.route_lead(lead_id=factories.new_lead().pk)
    Absence.objects.all().delete()

    for _ in range(4):
        routing.route_lead(lead_id=factories.new_lead().pk)

    assert (awa.leads.count(), bruno.leads.count()) == (2, 6)


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_number_of_advisers():
    gazetteer.current()  # loaded by the first reading
    counts = []
    for _ in range(2):
        adviser("One more")
        lead = factories.new_lead()
        with CaptureQueriesContext(connection) as queries:
            routing.route_lead(lead_id=lead.pk)
        counts.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))

    assert counts[0] == counts[1] <= 10


# --- What the database holds


@pytest.mark.django_db
def test_a_lead_has_one_open_assignment():
    lead = factories.lead_of()
    other = factories.AdviserFactory()

    with pytest.raises(IntegrityError, match=r"assignment_(one_open|spans)"), transaction.atomic():
        Assignment.objects.create(lead=lead, adviser=other)

    lead.assignments.update(ended_at=timezone.now())
    Assignment.objects.create(lead=lead, adviser=other)
    assert lead.assignments.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("model", [RoutingDecision, CreditEntry, Activity])
def test_what_was_decided_is_frozen(model):
    adviser("Awa")
    adviser("Bruno")
    routing.route_lead(lead_id=factories.new_lead().pk)

    for change in (lambda rows: rows.update(id=F("id")), lambda rows: rows._raw_delete("default")):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change(model.objects.all())


@pytest.mark.django_db
def test_only_one_desk_is_the_default():
    factories.DeskFactory()

    with pytest.raises(IntegrityError, match="desk_one_default"), transaction.atomic():
        factories.DeskFactory()


@pytest.mark.django_db(transaction=True)
def test_two_workers_drain_a_queue_without_a_double_or_a_deadlock():
    factories.DeskFactory()
    people = [adviser(f"A{n}", capacity=99) for n in range(3)]
    for _ in range(24):
        factories.new_lead()
    waiting = list(Job.objects.filter(kind="intake.route_lead").values_list("pk", flat=True))

    # From both ends, and every job tried by both.
    racing.race(
        lambda: [working.run_job(pk) for pk in waiting],
        lambda: [working.run_job(pk) for pk in reversed(waiting)],
    )

    assert set(Job.objects.filter(pk__in=waiting).values_list("state", "attempts")) == {("done", 1)}
    assert (RoutingDecision.objects.count(), Assignment.objects.count()) == (24, 24)
    assert [person.leads.count() for person in people] == [8, 8, 8]
    assert Adviser.objects.aggregate(total=Sum("credit"))["total"] == 0
