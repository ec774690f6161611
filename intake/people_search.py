"""Finding people and organisations by what staff type, by indexes alone."""

from typing import Any

from django.db.models import Q, QuerySet

from intake import addresses, names
from intake.models import Contact, Organisation

_MOST_HOUSES = 200  # of one name, whose people are found with them


def find(rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
    """Those in whose name, in whatever script it is typed, each word is found; people by their organisation, too."""
    typed = typed.replace("\0", "").strip()
    if "@" in typed and rows.model is Contact:
        return rows.filter(email_key__startswith=addresses.email_key(typed))
    words = names.latin_key(names.person_key(typed)).split()
    if not words:
        return rows.none() if typed else rows
    named = Q()
    for word in words:
        named &= Q(latin_key__contains=word)
    if rows.model is Organisation:
        return rows.filter(named)
    houses = Organisation.objects.filter(named).values("pk")[:_MOST_HOUSES]
    people = Contact.objects.order_by().values("pk")
    # Each by its own index: joined by OR they would read everybody.
    return rows.filter(
        pk__in=people.filter(named).union(people.filter(organisation__in=houses), all=True)
    )
