"""Checks asked together say what Django says when it asks for each, in fewer statements."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from briefs.models import Brief
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db


def wrong(verb: Any, brief: Brief, exclude: set[str] | None = None) -> list[str]:
    """What is said of it."""
    try:
        verb(brief, exclude)
    except ValidationError as refusal:
        return refusal.messages
    return []


def draft(**changes: Any) -> Brief:
    brief = BriefFactory.create(is_published=False)
    for name, value in changes.items():
        setattr(brief, name, value)
    return brief


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 0),
        ({"title": "A 'quote', 100 % and \\"}, 0),
        ({"tlp": "purple"}, 1),
        ({"kind": "rumour", "countries": ["FR"]}, 2),
        ({"published_at": timezone.now()}, 2),  # neither marked clear nor published
    ],
)
def test_all_that_is_wrong_is_said_as_django_says_it(changes: dict[str, Any], count: int) -> None:
    brief = draft(**({"tlp": "amber"} | changes))

    said = wrong(Brief.validate_constraints, brief)

    assert said == wrong(models.Model.validate_constraints, brief)
    assert len(said) == count


def test_a_check_of_a_field_that_is_left_out_is_not_made() -> None:
    brief = draft(kind="rumour", language="xx")

    assert len(wrong(Brief.validate_constraints, brief, {"kind"})) == 1
    assert wrong(Brief.validate_constraints, brief, {"kind", "language"}) == []


def test_what_must_be_the_only_one_is_looked_for_too() -> None:
    brief = draft()
    second = Brief(translation_key=brief.translation_key, created_by=UserFactory.create())

    said = wrong(Brief.validate_constraints, second)
    assert any("brief_one_translation_a_language" in one for one in said)


def test_a_row_that_keeps_all_costs_few_statements() -> None:
    brief = draft()
    checks = [one for one in Brief._meta.constraints if isinstance(one, models.CheckConstraint)]

    with CaptureQueriesContext(
        connection,
    ) as together:
        Brief.validate_constraints(brief)
    with CaptureQueriesContext(connection) as one_by_one:
        models.Model.validate_constraints(brief)

    assert len(one_by_one) - len(together) == 3 * (len(checks) - 1)


def test_what_the_database_cannot_answer_is_left_to_django() -> None:
    brief = draft(summary="\0", kind="rumour")

    assert wrong(Brief.validate_constraints, brief) == wrong(
        models.Model.validate_constraints, brief
    )
