"""The decision on plain values: filters, targets, who is soon enough, fallback; and its laws over long histories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from intake import credit, deciding, eligibility, rules
from intake.deciding import House, Verdict
from intake.eligibility import Standing
from intake.facts import Facts
from intake.rules import DeskFacts, Rule

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
LEAD = Facts(language="en", countries=("ML",), services=("route-assessment",))
KNOWS = {"language:en": 2, "country:ML": 2, "service:route-assessment": 2}
HOURS = timedelta(hours=1)


def person(number: int, **fields) -> Standing:
    """An adviser who is at work and knows what the lead asks."""
    return Standing(
        **{"adviser_id": number, "name": f"A{number}", "levels": KNOWS, "works_next": NOW} | fields
    )


def desk(number: int = 1, fallback: int = 9, members=(), is_default: bool = True) -> DeskFacts:
    return DeskFacts(number, f"Desk {number}", fallback, tuple(members), is_default)


def decide(team, *, given=(), desks=None, lead=LEAD) -> Verdict:
    house = House(tuple(given), tuple(desks if desks is not None else [desk()]))
    return deciding.decide(lead, None, house, team)


def against(verdict: Verdict) -> dict[int, tuple[str, ...]]:
    return {c.adviser_id: c.exclusions for c in verdict.candidates}


# --- Levels and targets


def test_levels_that_a_rule_asks_are_said_where_they_are_missed():
    strict = Rule(
        1, "Experts", 1, levels={"country": 3, "language": 1}, required={"topic:mining": 2}
    )
    expert = KNOWS | {"country:ML": 3, "topic:mining": 2}
    team = [person(1), person(2, levels=expert), person(9, takes_leads=False)]

    verdict = decide(team, given=[strict])

    assert verdict.chosen.adviser_id == 2
    assert against(verdict)[1] == ("does not know the topic: mining", "Mali: good, expert is asked")


@pytest.mark.parametrize(
    ("target", "eligible"),
    [
        ({}, [1, 2]),
        ({"pool": (2, 3)}, [2, 3]),
        ({"adviser_id": 3}, [3]),
    ],
)
def test_a_rule_names_a_desk_a_pool_or_one(target, eligible):
    of_desk = Rule(1, "R", 2, **target)
    desks = [desk(), desk(2, members=(1, 2), is_default=False)]
    team = [person(1), person(2), person(3), person(9, takes_leads=False)]

    verdict = decide(team, given=[of_desk], desks=desks)

    assert [c.adviser_id for c in verdict.candidates if c.is_eligible] == eligible
    assert verdict.desk == desks[1]


def test_whoever_stands_in_is_meant_while_the_named_one_is_away():
    named = Rule(1, "R", 1, adviser_id=1)
    away = {"away_until": NOW + 9 * HOURS}
    team = [
        person(1, delegate_id=2, **away),
        person(2, delegate_id=3, **away),
        person(3),
        person(4),
    ]

    assert decide(team, given=[named]).chosen.adviser_id == 3
    assert decide([person(1, delegate_id=2), *team[1:]], given=[named]).chosen.adviser_id == 1


# --- Soon enough


def test_soon_is_counted_from_the_first_who_could():
    monday = NOW + 70 * HOURS
    weekend = [person(1, works_next=monday), person(2, works_next=monday + 72 * HOURS)]

    assert against(decide(weekend)) == {
        1: (),
        2: ("works next on 2 December, 08:00 UTC, others sooner",),
    }
    first = person(3, works_next=NOW, levels={})  # could not take it, so does not count
    assert decide([*weekend, first]).chosen.adviser_id == 1


def test_an_urgent_lead_waits_four_hours_at_most():
    team = [person(1, works_next=NOW + 5 * HOURS, credit=Decimal(50)), person(2)]

    assert decide(team).chosen.adviser_id == 1
    assert decide(team, lead=replace(LEAD, priority="urgent")).chosen.adviser_id == 2


def test_who_comes_too_late_earns_no_credit():
    verdict = decide([person(1), person(2, works_next=NOW + 30 * HOURS), person(3)])

    assert set(verdict.pick.changes) == {1, 3}


# --- Fallback, and who must not have it


def test_the_fallback_owner_s_delegate_has_it_while_they_are_away():
    away = {"away_until": NOW + 9 * HOURS, "takes_leads": False}
    owner = person(9, delegate_id=8, **away)

    assert decide([owner, person(8, takes_leads=False)]).chosen.adviser_id == 8
    assert (
        decide([owner, person(8, **away)]).chosen.adviser_id == 9
    )  # all are away: it waits for them
    circle = [owner, person(8, delegate_id=9, **away)]
    assert decide(circle).chosen.adviser_id == 9


def test_who_is_barred_never_has_it_not_even_as_the_last_resort():
    barred = {"barred": "acts for the other side"}
    own, default = desk(2, fallback=9, members=(1,), is_default=False), desk(1, fallback=7)
    team = [
        person(1, **barred),
        person(7, takes_leads=False),
        person(9, takes_leads=False, **barred),
    ]
    of_desk = [Rule(1, "R", 2)]

    verdict = decide(team, given=of_desk, desks=[own, default])
    assert (verdict.chosen.adviser_id, against(verdict)[1]) == (7, ("acts for the other side",))

    nobody = [team[0], person(7, takes_leads=False, **barred), team[2]]
    assert decide(nobody, given=of_desk, desks=[own, default]).chosen is None


def test_without_a_desk_nobody_is_the_last_resort():
    assert decide([person(1, levels={})], desks=[]).chosen is None


# --- Credit within a desk, and never more than three leads saved


def test_only_members_of_the_desk_are_paid():
    desks = [desk(members=(1, 2))]

    assert decide([person(1), person(2), person(3)], desks=desks).pick.changes == {1: -1, 2: 1}


def test_nobody_saves_more_than_three_leads():
    specialist, other = person(1), person(2, levels={})
    for _ in range(50):
        verdict = decide([specialist, other])
        specialist, other = (
            replace(one, credit=deciding.credit_after(verdict, one)) for one in (specialist, other)
        )

    assert (specialist.credit, other.credit) == (Decimal(-6), Decimal(6))


# --- Laws


class Desk(RuleBasedStateMachine):
    """A team over a long time: people come and go, fill up, are barred; leads of all kinds arrive."""

    @initialize(weights=st.lists(st.sampled_from(["0.5", "1", "2"]), min_size=2, max_size=6))
    def hire(self, weights) -> None:
        self.team = [person(n, weight=Decimal(w)) for n, w in enumerate(weights, start=1)]
        self.team[0] = replace(self.team[0], levels=KNOWS | {"language:fr": 1})
        self.last: Verdict | None = None

    def change(self, place: int, **fields) -> None:
        place %= len(self.team)
        self.team[place] = replace(self.team[place], **fields)

    @rule(place=st.integers(0, 5), hours=st.one_of(st.none(), st.integers(1, 300)))
    def leave_or_return(self, place, hours) -> None:
        self.change(place, away_until=NOW + hours * HOURS if hours else None)

    @rule(place=st.integers(0, 5), number=st.integers(0, 12))
    def fill(self, place, number) -> None:
        self.change(place, open_leads=number)

    @rule(place=st.integers(0, 5), hours=st.integers(0, 60))
    def sleep(self, place, hours) -> None:
        self.change(place, works_next=NOW + hours * HOURS)

    @rule(place=st.integers(0, 5), reason=st.sampled_from(["", "walled off"]))
    def bar(self, place, reason) -> None:
        self.change(place, barred=reason)

    @rule(language=st.sampled_from(["en", "en", "fr"]), members=st.booleans())
    def route(self, language, members) -> None:
        ids = tuple(one.adviser_id for one in self.team[:2]) if members else ()
        lead = replace(LEAD, language=language)
        verdict = decide(self.team, lead=lead, desks=[desk(fallback=1, members=ids)])
        assert decide(self.team, lead=lead, desks=[desk(fallback=1, members=ids)]) == verdict
        shuffled = decide(self.team[::-1], lead=lead, desks=[desk(fallback=1, members=ids)])
        assert (shuffled.chosen, shuffled.pick) == (verdict.chosen, verdict.pick)
        self.team = [replace(one, credit=deciding.credit_after(verdict, one)) for one in self.team]
        self.last = verdict

    @invariant()
    def credit_adds_up_to_zero(self) -> None:
        assert sum(one.credit for one in getattr(self, "team", ())) == 0

    @invariant()
    def nobody_gets_what_speaks_against_them(self) -> None:
        verdict = getattr(self, "last", None)
        if verdict is None or verdict.chosen is None:
            return
        chosen = verdict.chosen
        assert not chosen.barred
        if not verdict.is_fallback:
            assert not chosen.away_until
            assert chosen.open_leads < chosen.capacity
            assert verdict.asked.scope is None or chosen.adviser_id in verdict.asked.scope
            assert chosen.levels.get(f"language:{verdict.facts.language}")

    @invariant()
    def nobody_absent_is_paid_and_savings_are_bounded(self) -> None:
        verdict = getattr(self, "last", None)
        if verdict is None:
            return
        there = {c.adviser_id for c in verdict.candidates if c.is_available}
        assert set(verdict.pick.changes) <= there
        weights = sum(one.weight for one in self.team)
        assert all(one.credit <= credit.MOST_SAVED_LEADS * weights for one in self.team)


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def run(team: list[Standing], number: int, away: dict[int, range] | None = None) -> list[int]:
    """Who got each of so many leads, one after the other; `away` by adviser."""
    got = []
    for turn in range(number):
        there = [
            replace(
                one,
                away_until=NOW + HOURS if turn in (away or {}).get(one.adviser_id, ()) else None,
            )
            for one in team
        ]
        verdict = decide(there)
        got.append(verdict.chosen.adviser_id)
        team = [replace(one, credit=deciding.credit_after(verdict, one)) for one in there]
    return got


@pytest.mark.parametrize("weights", [("1",) * 7, ("1", "1", "0.5", "0.25", "2"), ("3", "1")])
def test_shares_stay_within_one_lead_of_weight_over_five_hundred_leads(weights):
    team = [person(n, weight=Decimal(w)) for n, w in enumerate(weights, start=1)]
    total = sum(one.weight for one in team)

    got = run(team, 500)

    for upto in (50, 137, 500):
        for one in team:
            assert abs(got[:upto].count(one.adviser_id) - upto * one.weight / total) <= 1


def test_nobody_is_flooded_on_return_from_leave():
    got = run([person(n) for n in range(1, 7)], 300, away={1: range(60, 130)})

    assert got[60:130].count(1) == 0
    assert got[130:142].count(1) in (2, 3)  # two of twelve are a sixth
    assert abs(got[130:].count(1) - 170 / 6) <= 2


# --- Made again


def test_a_standing_is_read_back_as_it_was_recorded():
    one = person(1, away_until=NOW, delegate_id=3, barred="walled", levels=KNOWS)
    recorded = {
        "adviser": 1, "name": "A1", "weight": "1", "credit_before": "0", "state": one.as_json(KNOWS),
    }  # fmt: skip

    assert eligibility.from_json(recorded) == one
    assert rules.desk_from_json(desk(members=(1, 2)).as_json()) == desk(members=(1, 2))
