"""What the page of a copy says in place of codes, lists and tables."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from briefs.models import Subscription
from intake import copy_words
from intake.models import Deadline, Enquiry, Lead, Likeness, RoutingDecision, Screening
from mail.models import Message
from proposals.models import LineItem, ProposalVersion
from tests import factories

AT = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


def said(model: type[Any], name: str, value: Any) -> str:
    (words,) = copy_words.in_words(model._meta.get_field(name), [value])
    return words


@pytest.mark.parametrize(
    ("model", "name", "value", "words"),
    [
        (Enquiry, "countries_of_interest", ["ML", "BF"], "Mali, Burkina Faso"),
        (Enquiry, "country", "AO", "Angola"),
        (Subscription, "country", "XX", "XX"),
        (Enquiry, "services", ["due-diligence"], "Due diligence on partners"),
        (Enquiry, "timeframe", "months", "Within months"),
        (Enquiry, "needs", "None", "None"),
        (Enquiry, "needs", "2026-03-01", "2026-03-01"),
        (Enquiry, "as_sent", {"country": "ml", "phone": " 1"}, "Country: Mali\nPhone:  1"),
        (Subscription, "topic", "fuel-supply", "Fuel supply"),
        (Subscription, "languages", ["fr", "ar"], "Français, العربية"),
        (Message, "language", "pt", "Português"),
        (Message, "may_be_double", False, "No"),
        (Message, "is_forced", True, "Yes"),
        (Lead, "closed_at", AT, "1 March 2026, 09:05 UTC"),
        (Lead, "closed_at", None, ""),
        (Lead, "countries", [], ""),
        (Deadline, "time_left", timedelta(days=1, hours=2, minutes=1), "1 day, 2 hours, 1 minute"),
        (Deadline, "time_left", timedelta(0), "0 minutes"),
        (Deadline, "step", 0, "0"),
        (LineItem, "unit_price", Decimal("1200.50"), "1200.50"),
        (ProposalVersion, "valid_until", date(2026, 3, 1), "1 March 2026"),
        (ProposalVersion, "content", '{"lines": [{"unit": "day"}], "tax": null}', "Lines:\n    – Unit: day"),
        (Likeness, "reasons", [["same_name", 100], ["name", 68], ["gone", 1]], "the same name, names alike (68%)"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_a_value_is_said_in_words(model: type[Any], name: str, value: Any, words: str) -> None:
    assert said(model, name, value) == words


def test_tables_in_a_column_are_lines_without_what_is_empty() -> None:
    inputs = {
        "at": "2026-03-01T09:05:00.608528+00:00",
        "facts": {"brief": "", "score": 13, "countries": ["AO"], "topics": []},
        "rules": [
            {"name": "Sahel", "adviser_id": None, "conditions": {"country": ["ML", "NE"]}},
            {"name": "People in danger", "required": {"service:crisis-planning": 2}},
        ],
        "wanted": {"country:AO": 1},
    }

    assert said(RoutingDecision, "inputs", inputs).split("\n") == [
        "At: 1 March 2026, 09:05 UTC",
        "Facts:",
        "    Score: 13",
        "    Countries: Angola",
        "Rules:",
        "    – Name: Sahel",
        "      Conditions:",
        "          Country: Mali, Niger",
        "    – Name: People in danger",
        "      Required:",
        "          crisis and evacuation planning: 2",
        "Wanted:",
        "    Angola: 1",
    ]
    items = [{"what": "links", "points": 10, "on": "2026-03-01", "day": "2026-99-01"}]
    assert said(Screening, "items", items) == (
        "– What: links\n  Points: 10\n  On: 1 March 2026\n  Day: 2026-99-01"
    )


@pytest.mark.django_db
def test_another_row_is_named_where_its_name_says_something_and_is_nobody_elses() -> None:
    lead = factories.new_lead()
    of_lead = Screening._meta.get_field("lead")
    of_decision = Lead._meta.get_field("contact")

    assert copy_words.in_words(of_lead, [lead.pk, None, 0]) == [lead.reference, "", "Id 0"]
    assert copy_words.in_words(of_decision, [7]) == ["Id 7"]
