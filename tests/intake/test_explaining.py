"""Why not me? Each reason that speaks against somebody, said to them."""

from typing import Any

import pytest

from intake import conflicts, eligibility, explaining
from intake.eligibility import Asked
from intake.models import RoutingDecision
from tests.intake.test_deciding import HOURS, NOW, person

ASKED = Asked(
    wanted={"language:fr": 3, "country:ML": 1, "topic:mining": 1, "service:route-assessment": 1},
    members=None,
    scope=frozenset({9}),
    target="the Sahel desk",
)


def for_you(reasons: list[str]) -> str:
    """What an adviser against whom these speak reads of the decision."""
    others = {"is_eligible": True, "weight": "1", "credit_before": "0.00", "credit_after": "0.00"}
    candidates: list[dict[str, Any]] = [
        {"adviser": 1, "name": "Awa", "exclusions": reasons, **others},
        {"adviser": 2, "name": "Bruno", "exclusions": [], **others},
    ]
    made = RoutingDecision(chosen_id=2, inputs={}, candidates=candidates)
    return explaining.explain(made, viewer_id=1).for_you


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"takes_leads": False}, "You take no leads at present."),
        ({"away_until": NOW}, "You are away until 26 November, 10:00 UTC."),
        (
            {"open_leads": 12, "capacity": 12},
            "You have 12 open leads, the most you take is 12.",
        ),
        ({"works_next": None}, "You have no working hours in the next two years."),
    ],
)
def test_whoever_is_not_there_is_told_so(fields, said):
    assert for_you(eligibility.why_absent(person(1, **fields))) == f"Why not you? {said}"


def test_whoever_does_not_fit_is_told_all_of_it():
    fits_not = person(1, barred=conflicts.BARRED, levels={"language:fr": 1})
    late = eligibility.why_late(person(1, works_next=NOW + 9 * HOURS), NOW)

    assert for_you([*eligibility.why_unfit(fits_not, ASKED), *late]) == (
        "Why not you? You stand behind a wall; are not of the Sahel desk; do not cover Mali; "
        "do not know the topic: mining; do not give: route and journey assessment; "
        "work next on 26 November, 19:00 UTC, others sooner. Français: basic, expert is asked."
    )


def test_whoever_gave_it_back_is_told_so():
    assert for_you(["had it and gave it back"]) == "Why not you? You had it and gave it back."
