"""What others changed since a page was shown stays, whatever else of it is saved."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from intake import policies, retaining
from intake.models import Desk, Engagement, RoutingRule
from intake.sanctions import lists
from tests import factories
from tests.intake.admin.screens import client_of

NO_ROW = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
ROWS = {
    f"{rows}-{name}": value for rows in ("required", "parties") for name, value in NO_ROW.items()
}


def untouched(client: Client, address: str) -> dict[str, Any]:
    """What a browser sends of this page when nothing was touched."""
    form = client.get(address).context["adminform"].form
    values = {field.name: field.value() for field in form}
    shown = {f"initial-{name}": "" if value is None else value for name, value in values.items()}
    full = {name: v for name, v in values.items() if v is not False and v not in (None, [])}
    return full | shown | ROWS


def _policy() -> Model:
    return policies.current()["normal", "first_answer"]


def _desk() -> Desk:
    desk = Desk.objects.create(name="Sahel", fallback_owner=factories.AdviserFactory())
    desk.members.add(desk.fallback_owner)
    return desk


def _rule() -> Model:
    return RoutingRule.objects.create(
        name="Mali", desk=_desk(), position=10, is_live=True, conditions={"country": ["ML"]}
    )


def _engagement() -> Engagement:
    eve = factories.UserFactory()
    made = Engagement.objects.create(name="Mine", starts_on=date(2026, 1, 1), created_by=eve)
    made.people.add(eve)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "theirs", "mine"),
    [
        (_policy, {"escalate_every": 30, "is_promised": False}, {"minutes": 240}),
        (lambda: retaining.rules()[0], {"is_on": True}, {"days": 700}),
        (lambda: lists.all_lists()[0], {"is_used": False}, {"max_age_days": 9}),
        (_rule, {"conditions": {"country": ["NE", "BF"]}, "is_live": False}, {"note": "Mine"}),
        (_desk, {"members": 2}, {"name": "Sahel desk"}),
        (_engagement, {"people": 2, "ends_on": date(2026, 12, 1)}, {"name": "Ours"}),
    ],
)
def test_saving_a_page_of_an_hour_ago_undoes_nothing_that_others_changed(
    make: Callable[[], Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    row = make()
    address = f"/staff/intake/{row._meta.model_name}/{row.pk}/change/"
    client = client_of(factories.UserFactory(is_superuser=True))
    shown = untouched(client, address)

    for name, value in theirs.items():
        if name == "members":
            row.members.set(factories.AdviserFactory() for _ in range(value))
        elif name == "people":
            row.people.set(factories.UserFactory() for _ in range(value))
        else:
            setattr(row, name, value)
    row.save()
    many = {name: set(getattr(row, name).all()) for name in theirs if name in ("members", "people")}
    answer = client.post(address, shown | mine)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    now = type(row).objects.get(pk=row.pk)
    assert {name: set(getattr(now, name).all()) for name in many} == many
    expected = mine | {name: value for name, value in theirs.items() if name not in many}
    assert {name: getattr(now, name) for name in expected} == expected
