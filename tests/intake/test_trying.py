"""Dry run, simulator and replay, against the database: nothing is written, and the record gives the same answer."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import explaining, matching, replaying, routing, suggesting, trying
from intake.models import (
    Absence,
    Activity,
    Adviser,
    Assignment,
    CreditEntry,
    Desk,
    Lead,
    NeedSuggestion,
    RequiredSkill,
    RoutingDecision,
    RoutingRule,
)
from intake.needs import gazetteer
from jobs.models import Job
from tests import factories

EVERYTHING = (
    *(Activity, Adviser, Assignment, CreditEntry, Job, Lead, NeedSuggestion, RoutingDecision),
)


def adviser(name: str, **fields) -> Adviser:
    return factories.AdviserFactory(user__full_name=name, **fields)


def rule(name: str = "Mali", position: int = 10, is_live: bool = True, **fields) -> RoutingRule:
    """A rule for Mali on the default desk, unless told otherwise."""
    given = {"conditions": {"country": ["ML"]}} | fields
    if "desk" not in given:
        given["desk"] = Desk.objects.filter(is_default=True).first() or factories.DeskFactory()
    return RoutingRule.objects.create(name=name, position=position, is_live=is_live, **given)


def database() -> dict[str, list]:
    """Every row of what a decision could write."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in EVERYTHING}


# --- Rules in force


@pytest.mark.django_db
def test_the_first_rule_in_force_decides_and_is_on_record():
    awa, bruno = adviser("Awa"), adviser("Bruno")
    rule("Draft", 1, is_live=False, adviser=awa)
    rule("Niger", 2, conditions={"country": ["NE"]}, adviser=awa)
    mine = rule("Mali", 3)
    mine.pool.set([bruno])
    RequiredSkill.objects.create(rule=mine, kind="language", value="en", level=2)
    rule("All", 4, conditions={}, adviser=awa)
    lead = factories.new_lead()

    decision = routing.route_lead(lead_id=lead.pk)

    assert (decision.chosen, decision.rule, decision.desk) == (bruno, mine, mine.desk)
    assert decision.reason.startswith("By the rule “Mali”: Bruno is the only adviser ")
    assert [one["name"] for one in decision.inputs["rules"]] == ["Niger", "Mali"]
    assert decision.inputs["rules"][1]["required"] == {"language:en": 2}
    by_name = {c["name"]: c["exclusions"] for c in decision.candidates}
    assert by_name["Awa"] == ["is not of the pool of the rule “Mali”"]


@pytest.mark.django_db
def test_who_asked_before_is_known_and_a_word_of_the_text_is_found():
    awa, bruno, carla = adviser("Awa"), adviser("Bruno"), adviser("Carla")
    rule("Known", 1, conditions={"organisation": ["known"]}, adviser=awa)
    rule("Word", 2, conditions={"keyword": ["Pipelin*"]}, adviser=bruno)
    rule("New", 3, conditions={"organisation": ["new"], "score": 5}, adviser=carla)
    needs = "A route along the pipelines."

    owners = [
        routing.route_lead(lead_id=factories.new_lead(organisation=name, needs=text).pk).chosen
        for name, text in (
            ("Example Ltd", "A route."),
            (" example  LTD", "A route."),
            ("Other Ltd", needs),
        )
    ]

    assert owners == [carla, awa, bruno]
    word = RoutingDecision.objects.latest("pk")
    assert word.inputs["facts"]["keywords"] == ["Pipelin*"]
    assert "pipelines" not in str(word.inputs) + str(word.candidates) + word.reason


@pytest.mark.django_db
def test_absent_named_adviser_and_fallback_owner_are_stood_in_for():
    desk = factories.DeskFactory(fallback_owner__user__full_name="Lindiwe")
    awa, bruno = adviser("Awa"), adviser("Bruno", languages=["fr"])
    today = timezone.localdate()
    for who, delegate in ((awa, bruno), (desk.fallback_owner, awa)):
        Absence.objects.create(
            adviser=who, starts_on=today, ends_on=today + timedelta(days=2), delegate=delegate
        )
    rule(adviser=awa)

    decision = routing.route_lead(lead_id=factories.new_lead().pk)

    # Bruno stands in for Awa and does not work in English; Lindiwe is away, and so is Awa, for whom Bruno stands in.
    assert (decision.chosen, decision.is_fallback) == (bruno, True)
    assert "Lindiwe, for whom Bruno stands in" in decision.reason


# --- What it costs


@pytest.mark.django_db
def test_twelve_statements_whatever_the_number_of_advisers_and_rules():
    gazetteer.current()
    desk = factories.DeskFactory()
    counts = []
    for number in (1, 9, 90):
        for n in range(number):
            adviser(f"One of {number}, {n}")
        RoutingRule.objects.bulk_create(
            RoutingRule(
                name=f"{number} {n}", desk=desk, is_live=True, position=n,
                conditions={"country": ["SN"], "organisation": ["known"]},
            )
            for n in range(number)
        )  # fmt: skip
        lead = factories.new_lead()
        matching.match_people(lead_id=lead.pk)
        suggesting.read_lead(lead_id=lead.pk)
        with CaptureQueriesContext(connection) as queries:
            routing.route_lead(lead_id=lead.pk)
        counts.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))

    assert max(counts) <= 12  # one of them asks for holds and walls
    assert counts[1] == counts[2]


# --- The ledger


@pytest.mark.django_db
def test_lines_that_do_not_add_up_to_zero_are_refused_and_balances_follow_the_lines():
    awa, bruno = adviser("Awa"), adviser("Bruno")
    decision = routing.route_lead(lead_id=factories.new_lead().pk)
    balances = dict(Adviser.objects.values_list("pk", "credit"))
    assert balances == {awa.pk: Decimal(-1), bruno.pk: Decimal(1)}
    other = routing.route_lead(lead_id=factories.new_lead().pk)

    with pytest.raises(IntegrityError, match="add up to zero"), transaction.atomic():
        CreditEntry.objects.create(decision=other, adviser=adviser("Carla"), amount=Decimal(1))

    assert Adviser.objects.aggregate(sum=Sum("credit"))["sum"] == 0
    assert decision.credit_entries.aggregate(sum=Sum("amount"))["sum"] == 0


# --- Replay


@pytest.mark.django_db
def test_a_decision_is_made_again_whatever_has_changed_since():
    awa, bruno = adviser("Awa"), adviser("Bruno", capacity=0)
    mine = rule(country_level=2)
    mine.pool.set([awa, bruno])
    decision = routing.route_lead(lead_id=factories.new_lead().pk)

    awa.skills.all().delete()
    Adviser.objects.update(is_taking_leads=False, weight=3, credit=9)
    RoutingRule.objects.update(is_live=False, conditions={})
    decision = RoutingDecision.objects.get(pk=decision.pk)

    assert replaying.replay(decision) == replaying.Replay(awa.pk, ())


@pytest.mark.django_db
def test_a_record_that_does_not_explain_the_decision_says_where():
    awa, bruno = adviser("Awa"), adviser("Bruno")
    decision = routing.route_lead(lead_id=factories.new_lead().pk)

    decision.chosen = bruno
    decision.candidates[0]["state"]["capacity"] = 0

    again = replaying.replay(decision)
    assert not again.agrees
    assert [text.partition(":")[0] for text in again.differences] == [
        "reasons against Awa", "credit of Awa", "credit of Bruno",
    ]  # fmt: skip
    decision.chosen = awa
    assert replaying.replay(decision).differences[0].startswith(f"adviser: {awa.pk} on record")


@pytest.mark.django_db
def test_a_decision_of_the_first_engine_is_still_made_again():
    awa, bruno = adviser("Awa"), adviser("Bruno")
    old = RoutingDecision.objects.create(
        lead=factories.new_lead(), chosen=bruno, reason="Bruno has the most credit.",
        engine="credit-while-present/1",
        inputs={"language": "en", "countries": ["ML"], "services": ["route-assessment"]},
        candidates=[
            {"adviser": awa.pk, "name": "Awa", "is_available": True, "is_eligible": True,
             "exclusions": [], "weight": "1.00", "credit_before": "-1.00", "credit_after": "0.00"},
            {"adviser": bruno.pk, "name": "Bruno", "is_available": True, "is_eligible": True,
             "exclusions": [], "weight": "1.00", "credit_before": "1.00", "credit_after": "0.00"},
        ],
    )  # fmt: skip

    assert replaying.replay(old) == replaying.Replay(bruno.pk, ())
    old.candidates[0]["credit_before"] = "5.00"
    assert not replaying.replay(old).agrees
    old.engine = "credit-while-present/0"
    with pytest.raises(LookupError, match="credit-while-present/0"):
        replaying.replay(old)


# --- Dry run


@pytest.mark.django_db
def test_a_dry_run_gives_the_answer_of_routing_and_writes_nothing():
    adviser("Awa", credit=Decimal("0.5"))
    adviser("Bruno")
    rule()
    lead = factories.new_lead(needs="We may need help: somebody was kidnapped.")
    before = database()

    tried = trying.dry_run(lead=lead)

    assert database() == before
    decision = routing.route_lead(lead_id=lead.pk)
    assert decision.chosen_id == tried.verdict.chosen.adviser_id
    for candidate in (*decision.candidates, *tried.candidates):
        del candidate["state"]["works_next"]  # the one is a moment later
    assert (decision.reason, decision.candidates) == (tried.reason, tried.candidates)
    assert decision.inputs | {"at": ""} == tried.inputs | {"at": ""}


@pytest.mark.django_db
def test_a_dry_run_of_a_lead_that_has_an_owner_leaves_it_out_of_their_load():
    awa = adviser("Awa", capacity=1)
    lead = factories.lead_of(awa)

    assert trying.dry_run(lead=lead).verdict.chosen.adviser_id == awa.pk


# --- Simulator


@pytest.mark.django_db
def test_the_simulator_shows_what_a_draft_would_change_and_writes_nothing():
    factories.DeskFactory(fallback_owner__user__full_name="Lindiwe")
    awa, bruno = adviser("Awa", capacity=99), adviser("Bruno", capacity=99)
    for _ in range(4):
        routing.route_lead(lead_id=factories.new_lead().pk)
    unserved = factories.new_lead(language="ar", countries_of_interest=("EG",), services=())
    routing.route_lead(lead_id=unserved.pk)
    draft = rule("All to Bruno", is_live=False, adviser=bruno)
    before = database()

    now = trying.simulate(rule_ids=[], visible=Lead.objects.all())
    then = trying.simulate(rule_ids=[draft.pk], visible=Lead.objects.all())
    two = trying.simulate(rule_ids=[draft.pk], visible=Lead.objects.all(), number=2)

    assert database() == before
    assert (len(now.changed), len(then.changed), len(then.outcomes), len(two.outcomes)) == (
        0,
        2,
        5,
        2,
    )
    loads = [(one.name, one.happened, one.in_force, one.would) for one in then.loads]
    assert loads == [("Awa", 2, 2, 0), ("Bruno", 2, 2, 4), ("Lindiwe", 1, 1, 1)]
    assert then.rules == [("All to Bruno", 4), ("", 1)]
    bruno.user.full_name = "Awa"
    bruno.user.save()
    assert len(trying.simulate(rule_ids=[draft.pk], visible=Lead.objects.all()).changed) == 2
    assert (then.fallbacks, then.gaps) == (1, [(("Egypt", "العربية", "any service"), 1)])
    assert then.outcomes[0].lead == unserved
    assert awa.leads.count() == 2


@pytest.mark.django_db
def test_what_comes_of_even_credit_is_not_taken_for_the_rules():
    factories.DeskFactory()
    adviser("Awa")
    bruno = adviser("Bruno")
    for _ in range(2):
        routing.route_lead(lead_id=factories.new_lead().pk)
    draft = rule("All to Bruno", is_live=False, adviser=bruno)

    # Bruno had the last one since Awa had the first, of which the simulation knows nothing.
    same = trying.simulate(rule_ids=[], visible=Lead.objects.all(), number=1)
    drafted = trying.simulate(rule_ids=[draft.pk], visible=Lead.objects.all(), number=1)

    shown = [(o.happened, o.in_force, o.would, o.is_changed) for o in same.outcomes]
    assert shown == [("Bruno", "Awa", "Awa", False)]
    shown = [(o.happened, o.in_force, o.would, o.is_changed) for o in drafted.outcomes]
    assert shown == [("Bruno", "Awa", "Bruno", True)]


@pytest.mark.django_db
def test_the_simulator_knows_who_was_away_and_who_was_full_then():
    factories.DeskFactory(fallback_owner__user__full_name="Lindiwe")
    awa, bruno = adviser("Awa", capacity=9), adviser("Bruno", capacity=2)
    for _ in range(4):
        routing.route_lead(lead_id=factories.new_lead().pk)
    today = timezone.localdate()
    Absence.objects.create(adviser=awa, starts_on=today, ends_on=today)

    outcomes = trying.simulate(rule_ids=[], visible=Lead.objects.all()).outcomes

    assert [one.would for one in outcomes] == ["Lindiwe", "Lindiwe", "Bruno", "Bruno"]
    assert bruno.leads.count() == 2


@pytest.mark.django_db
def test_the_simulator_shows_only_leads_that_one_may_see_and_costs_the_same_for_many():
    gazetteer.current()
    awa = adviser("Awa")
    factories.DeskFactory()
    counts = []
    for _ in range(2):
        routing.route_lead(lead_id=factories.new_lead().pk)
        with CaptureQueriesContext(connection) as queries:
            trying.simulate(rule_ids=[], visible=Lead.objects.all())
        counts.append(len(queries))

    assert counts[0] == counts[1]
    stranger = factories.AdviserFactory().user
    assert trying.simulate(rule_ids=[], visible=Lead.objects.visible_to(stranger)).outcomes == []
    assert (
        len(trying.simulate(rule_ids=[], visible=Lead.objects.visible_to(awa.user)).outcomes) == 2
    )


def test_of_a_large_house_ten_are_seen_at_once_and_the_others_are_opened():
    rows = tuple(explaining.Row(str(n), "", "", "", is_chosen=n == 0) for n in range(100))

    def seen(count: int) -> tuple[int, int]:
        one = explaining.Explanation("", is_fallback=False, rule=(), asked=(), rows=rows[:count])
        assert one.first_rows + one.other_rows == rows[:count]
        return len(one.first_rows), len(one.other_rows)

    assert [seen(count) for count in (0, 12, 13, 100)] == [(0, 0), (12, 0), (10, 3), (10, 90)]
