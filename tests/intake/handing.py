"""Leads that change hands in these tests: who gives them, who gets them, who was told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from intake import conflicts, handing_over
from intake.models import Absence, Adviser, Lead
from mail.models import Message
from tests import factories
from tests.intake.test_leads import state


def desk_lead() -> User:
    """Somebody who gives leads to others."""
    user: User = factories.UserFactory(roles=["desk lead"])
    return user


def adviser(name: str, **fields) -> Adviser:
    """An adviser of this name, whom the routing may choose."""
    return factories.AdviserFactory(user__full_name=name, **fields)


def away(person: Adviser, **fields) -> Absence:
    """Away since yesterday, for a week."""
    today = timezone.localdate()
    span = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=6)}
    return Absence.objects.create(adviser=person, **span | fields)


def bar(monkeypatch, person: Adviser) -> None:
    """A conflict stands between this adviser and every lead."""
    barred = {person.pk: "acts for the other side"}
    monkeypatch.setattr(conflicts, "barred_because", lambda lead: barred)


def told() -> list[tuple[str, str]]:
    """Who was told that leads changed hands, and the first line about them."""
    rows = Message.objects.filter(template="intake/mail/hand_over").order_by("pk")
    return [(row.to_name, row.text.partition("\n")[0]) for row in rows]


def refused(lead: Lead, verb, **given) -> ValidationError:
    """Try; the refusal, after which nothing has changed and nothing was sent."""
    before, mails = state(lead), Message.objects.count()
    with pytest.raises(ValidationError) as refusal:
        verb(lead=lead, **given)
    assert (state(lead), Message.objects.count()) == (before, mails)
    return refusal.value


def give(lead: Lead, to: Adviser, by: User | None = None, **given) -> Lead:
    """Reassign for a reason."""
    given = {"reason": "Cover.", **given}
    return handing_over.reassign_lead(lead=lead, to=to, by=by or desk_lead(), **given)


def give_back(lead: Lead, by: User, reason: str = "No time.", seen: str = "") -> Lead:
    """Give it back to the desk."""
    return handing_over.release_lead(lead=lead, by=by, reason=reason, seen=seen)


def refusal(verb) -> str:
    """What the verb says no with."""
    with pytest.raises(ValidationError) as error:
        verb()
    return error.value.messages[0]
