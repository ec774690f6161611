"""Finding people and organisations by what staff type, by indexes alone."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from intake import addresses, names
from intake.models import Contact, Organisation

_MOST_HOUSES = 200  # of one name, whose people are found with them
_MANY = 10_000
_TRIGRAM = 3


def find(rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
    """Those in whose name, in whatever script it is typed, each word is found; people by their organisation, too."""
    typed = typed.replace("\0", "").strip()
    if "@" in typed and rows.model is Contact:
        return rows.filter(email_key__startswith=addresses.email_key(typed))
    words = names.latin_key(names.person_key(typed)).split()
    if not words:
        return rows.none() if typed else rows
    named = holding(words)
    if rows.model is Organisation:
        return rows.filter(named)
    # In an order that no index has: else those of a rare name are looked for in all of them, one by one.
    houses = Organisation.objects.filter(named).order_by("latin_key", "pk")
    near = list(houses.values_list("pk", flat=True)[:_MOST_HOUSES])
    few = _few(named, near)
    # Of many each page meets some soon in the order of the list. Few would be looked for among all.
    return (
        rows.filter(pk__in=few)
        if few is not None
        else rows.filter(named | Q(organisation__in=near))
    )


def _few(named: Q, houses: Collection[int]) -> set[int] | None:
    """The people of these names and houses, each by an index of its own; None where they are many."""
    people = Contact.objects.order_by().values_list("pk", flat=True)
    found = {
        *people.filter(named)[: _MANY + 1],
        *people.filter(organisation__in=houses)[: _MANY + 1],
    }
    return found if len(found) <= _MANY else None


def holding(words: Iterable[str]) -> Q:
    """That each of these words is in the name."""
    found = Q()
    for word in words:
        found &= _holds(word)
    return found


def _holds(word: str) -> Q:
    """A part of the name; what has no three letters, and so no trigram, the beginning of a word of it."""
    if len(word) >= _TRIGRAM:
        return Q(latin_key__contains=word)
    return Q(latin_key__startswith=word) | Q(latin_key__contains=f" {word}")
