"""For the erasure map: rows that belong to a person's leads, and why staff's notes are not in their copy."""

from typing import Any

from django.db.models import QuerySet

from accounts.erasure_map import Person

NOTES = (
    "Staff's own notes on the work. Ask the house: a person takes out what is about others first."
)


def of_leads(model: type[Any], path: str = "lead") -> Any:
    """The rows of a model that belong to the person's leads."""

    def rows(person: Person) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.filter(**{f"{path}__in": person.leads})
        return found

    return rows
