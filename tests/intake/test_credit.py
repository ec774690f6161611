from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import credit
from intake.credit import Candidate, Pick

AMOUNTS = st.decimals(min_value=-500, max_value=500, places=2)
WEIGHTS = st.decimals(min_value="0.01", max_value="99.99", places=2)
ROWS = st.tuples(
    WEIGHTS, AMOUNTS, st.booleans(), st.sampled_from([(), ("does not work in Arabic",)])
)
TEAMS = st.lists(ROWS, max_size=12).map(
    lambda rows: [Candidate(number, *row) for number, row in enumerate(rows, start=1)]
)


def candidate(adviser_id: int, before: str = "0", weight: str = "1", **more) -> Candidate:
    """An adviser who is there and can take it."""
    fields = {"is_available": True} | more
    return Candidate(adviser_id, Decimal(weight), Decimal(before), **fields)


def test_most_credit_after_the_hand_out_wins_and_pays_everybody():
    team = [candidate(1, "0.50"), candidate(2, "-0.25", weight="2"), candidate(3, "1")]

    assert credit.pick(team) == Pick(
        chosen_id=3, changes={1: Decimal(1), 2: Decimal(2), 3: Decimal(-3)}
    )


def test_equal_credit_goes_to_the_lower_id():
    assert credit.pick([candidate(9), candidate(4), candidate(7)]).chosen_id == 4


def test_who_is_there_but_cannot_take_it_still_earns():
    pick = credit.pick([candidate(1), candidate(2, exclusions=("does not cover Mali",))])

    assert pick == Pick(chosen_id=1, changes={1: Decimal(-1), 2: Decimal(1)})


def test_who_is_absent_earns_nothing():
    pick = credit.pick([candidate(1), candidate(2, "100", is_available=False)])

    assert pick == Pick(chosen_id=1, changes={1: Decimal(0)})


@pytest.mark.parametrize(
    "team",
    [[], [candidate(1, is_available=False)], [candidate(1, exclusions=("no",)), candidate(2, exclusions=("no",))]],
)  # fmt: skip
def test_when_nobody_can_take_it_nobodys_credit_changes(team):
    assert credit.pick(team) == Pick(chosen_id=None, changes={})


@given(TEAMS, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(team, random):
    shuffled = random.sample(team, len(team))

    assert credit.pick(shuffled) == credit.pick(team)


@given(TEAMS)
def test_only_an_eligible_one_is_chosen_whenever_there_is_one(team):
    eligible = {c.adviser_id for c in team if c.is_available and not c.exclusions}

    chosen = credit.pick(team).chosen_id

    assert chosen in eligible if eligible else chosen is None


@given(TEAMS)
def test_changes_add_up_to_zero_and_reach_exactly_those_who_are_there(team):
    pick = credit.pick(team)

    there = {c.adviser_id for c in team if c.is_available}
    assert sum(pick.changes.values()) == 0
    assert set(pick.changes) == (there if pick.chosen_id else set())


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), max_size=60))
def test_credit_stays_within_what_a_day_can_hand_out(days):
    """However people come and go, nobody runs away with a debt or a claim: the pick does not flood who returns."""
    credits = dict.fromkeys(range(4), Decimal(0))
    for there in days:
        team = [Candidate(i, Decimal(1), credits[i], there[i]) for i in range(4)]
        for adviser_id, change in credit.pick(team).changes.items():
            credits[adviser_id] += change

    assert sum(credits.values()) == 0
    assert all(abs(amount) <= 4 for amount in credits.values())


def test_shares_follow_the_weights():
    credits = {1: Decimal(0), 2: Decimal(0), 3: Decimal(0)}
    weights = {1: Decimal(1), 2: Decimal(1), 3: Decimal("0.5")}
    taken = dict.fromkeys(credits, 0)
    for _ in range(100):
        pick = credit.pick([Candidate(i, weights[i], credits[i], True) for i in credits])
        taken[pick.chosen_id] += 1
        credits = {i: credits[i] + pick.changes[i] for i in credits}

    assert taken == {1: 40, 2: 40, 3: 20}
