"""Which rule a lead meets, and what is wrong with a set of rules: pure."""

import pytest

from intake import conditions, rule_checks, rules
from intake.eligibility import Standing
from intake.facts import Facts
from intake.rules import Rule

LEAD = Facts(
    language="fr",
    countries=("ML", "ZA"),
    services=("route-assessment",),
    topics=("road-movement", "crime"),
    timeframe="weeks",
    budget="none",
    brief="fuel-convoy",
    organisation="known",
    score=45,
    keywords=("pipelin*",),
)


def rule(number: int, given: dict, **fields) -> Rule:
    return Rule(rule_id=number, name=f"R{number}", desk_id=1, conditions=given, **fields)


def wrong(*given: dict, team=(), **fields) -> dict[int, list[str]]:
    """What is wrong with rules of these conditions, in this order."""
    return rule_checks.findings(
        [rule(n, one, **fields) for n, one in enumerate(given, start=1)], team
    )


@pytest.mark.parametrize(
    ("given", "is_met"),
    [
        ({}, True),
        ({"country": ["ML"]}, True),
        ({"country": ["NE", "ML"]}, True),
        ({"country": ["NE"]}, False),
        ({"region": ["western"]}, True),
        ({"region": ["eastern"]}, False),
        ({"country": ["ML"], "region": ["southern"]}, False),  # not of one and the same country
        ({"country": ["ML"], "region": ["southern", "western"]}, True),
        ({"service": ["route-assessment", "due-diligence"]}, True),
        ({"service": ["due-diligence"]}, False),
        ({"topic": ["crime"]}, True),
        ({"topic": ["mining"]}, False),
        ({"language": ["fr"]}, True),
        ({"language": ["en", "pt"]}, False),
        ({"timeframe": ["weeks"]}, True),
        ({"timeframe": ["none"]}, False),
        ({"budget": ["none"]}, True),
        ({"budget": ["over-100k"]}, False),
        ({"brief": ["fuel-convoy"]}, True),
        ({"brief": ["other"]}, False),
        ({"organisation": ["known"]}, True),
        ({"organisation": ["new", "none"]}, False),
        ({"priority": ["normal"]}, True),
        ({"priority": ["urgent"]}, False),
        ({"keyword": ["pipelin*", "mine"]}, True),
        ({"keyword": ["mine"]}, False),
        ({"score": 45}, True),
        ({"score": 46}, False),
        ({"country": ["ML"], "language": ["en"]}, False),  # every condition must hold
    ],
)
def test_each_condition_of_the_vocabulary(given, is_met):
    assert rules.matches(given, LEAD) is is_met
    assert conditions.faults(given) == []


def test_the_first_match_wins_and_those_before_it_were_tried():
    house = [rule(1, {"language": ["pt"]}), rule(2, {"country": ["ML"]}), rule(3, {})]

    found = rules.first_match(house, LEAD)

    assert found == house[1]
    assert rules.up_to(house, found) == house[:2]
    assert rules.first_match(house[:1], LEAD) is None
    assert rules.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"colour": ["red"]}, "“colour” is no condition."),
        ({"country": ["FR"]}, "Country: “FR” is not of the list."),
        ({"country": []}, "“country” needs at least one value."),
        ({"country": "ML"}, "“country” needs at least one value."),
        ({"score": 0}, "a whole number from 1 to 100"),
        ({"score": "9"}, "a whole number from 1 to 100"),
        ({"keyword": ["of"]}, "“of” is too short for a keyword"),
        ({"keyword": ["***"]}, "too short"),
        ({"keyword": [f"word{n}" for n in range(31)]}, "at most 30 keywords; these are 31"),
        ([], "Conditions are a mapping"),
    ],
)
def test_what_is_not_of_the_vocabulary_is_said(given, says):
    (said,) = conditions.faults(given)
    assert says in said


def test_conditions_in_words():
    given = {"country": ["ML", "NE"], "organisation": ["new"], "score": 40, "keyword": ["mine"]}

    assert conditions.in_words(given) == [
        "Country: Mali or Niger",
        "Organisation: new to the house",
        "Score: at least 40",
        "Words in the text: mine",
    ]


# --- Never


@pytest.mark.parametrize(
    "given",
    [
        {"country": ["ML"], "region": ["eastern"]},
        {"score": 99},  # the published sum gives 100 only with everything
        {"score": 61, "budget": ["under-5k"]},
        {"score": 90, "priority": ["normal"], "organisation": ["new"]},
    ],
)
def test_a_rule_that_can_never_match_is_pointed_out(given):
    said = wrong(given).get(1, [])

    assert [text.partition(":")[0] for text in said] == (
        [] if given == {"score": 99} else ["Can never match"]
    )


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({}, {"language": ["fr"]}),
        ({"country": ["ML", "NE"]}, {"country": ["ML"]}),
        ({"region": ["western"]}, {"country": ["ML", "SN"], "language": ["fr"]}),
        ({"language": ["en", "fr"]}, {"language": ["fr"], "service": ["due-diligence"]}),
        ({"language": ["en", "fr", "pt", "ar"]}, {"service": ["due-diligence"]}),  # all there are
        ({"score": 20}, {"score": 30}),
        ({"keyword": ["mine"]}, {"keyword": ["gold mine"]}),
        ({"keyword": ["min*"]}, {"keyword": ["mining", "mines"]}),
        ({"organisation": ["known", "new", "none"]}, {"country": ["ML"]}),
    ],
)
def test_a_rule_behind_one_that_takes_all_of_its_leads_is_pointed_out(earlier, later):
    assert wrong(earlier, later) == {
        2: ["Never reached: “R1” comes first and takes every lead that this one would match."]
    }


def test_two_that_together_take_everything_leave_nothing():
    said = wrong({"priority": ["urgent"]}, {"priority": ["normal"]}, {"country": ["ML"]})

    assert said == {
        3: ["Never reached: “R1” and “R2” come first and together take every lead that it would match."]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"country": ["ML"]}, {"country": ["ML", "NE"]}),
        ({"country": ["ML"]}, {}),
        ({"country": ["ML"]}, {"region": ["western"]}),
        ({"service": ["due-diligence"]}, {"language": ["fr"]}),
        ({"score": 30}, {"score": 20}),
        ({"keyword": ["mine"]}, {"keyword": ["mines"]}),
        ({"keyword": ["gold mine"]}, {"keyword": ["mine"]}),
        ({"timeframe": ["days", "weeks", "months", "open"]}, {"country": ["ML"]}),  # none said
        ({"priority": ["urgent"]}, {"country": ["ML"]}),
    ],
)
def test_nothing_is_said_of_a_rule_that_still_gets_leads(earlier, later):
    assert wrong(earlier, later) == {}


def test_a_rule_that_nobody_could_serve_is_pointed_out():
    team = [
        Standing(1, "Awa", levels={"country:ML": 2}),
        Standing(2, "Gone", levels={"country:ML": 3}, is_active=False),
    ]

    assert wrong({}, team=team, required={"country:ML": 2}) == {}
    assert wrong({}, team=team, required={"country:ML": 3}) == {
        1: ["Nobody of its target knows all that it asks: Mali (expert)."]
    }
    assert wrong({"country": ["NE"]}, team=team, levels={"country": 2}) == {
        1: ["Nobody of its target knows all that it asks: Niger (good)."]
    }
    assert wrong({}, team=team, adviser_id=2) == {
        1: ["Nobody of its target takes leads: everything falls to the desk's fallback owner."]
    }
