"""Engagements of the demo's register, entered as staff enter them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from intake import registering
from intake.models import Engagement, Party


def load_engagements(
    rows: Iterable[Mapping[str, Any]], users: Mapping[str, User], by: User
) -> None:
    """Those that are not there yet, with their parties."""
    for row in rows:
        _load(row, users, by)


@transaction.atomic
def _load(row: Mapping[str, Any], users: Mapping[str, User], by: User) -> None:
    if Engagement.objects.filter(name=row["name"]).exists():
        return
    made = Engagement.objects.create(name=row["name"], subject=row["subject"], created_by=by)
    made.people.set(users[email] for email in row["people"])
    for party in row["parties"]:
        Party.objects.create(engagement=made, **party)
    registering.keep_register(made)
