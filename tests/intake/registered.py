"""Engagements of the register, made as staff make them."""

from typing import Any

from accounts.models import User
from intake import registering
from intake.models import Engagement, Party, Role
from tests import factories

CLIENT, COUNTERPARTY = "Baobab Logistics Example", "Kibali Example Mines"


def engagement(
    *parties: tuple[str, str] | tuple[str, str, tuple[str, ...]],
    people: tuple[User, ...] = (),
    name: str = "",
    **fields: Any,
) -> Engagement:
    """An engagement with these parties, (role, name, aliases); else for a client against a counterparty."""
    given = parties or ((Role.CLIENT, CLIENT), (Role.COUNTERPARTY, COUNTERPARTY))
    made = Engagement.objects.create(
        name=name or f"Project {Engagement.objects.count() + 1}",
        created_by=factories.UserFactory(),
        **fields,
    )
    made.people.set(people)
    for role, party, *aliases in given:
        Party.objects.create(
            engagement=made, role=role, name=party, aliases=list(aliases[0]) if aliases else []
        )
    registering.keep_register(made)
    return made
