"""Many rows in one statement: in their order, with every type that our columns have."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import many
from accounts.many import Many
from briefs.models import Place

PLACES = Many(
    Place,
    ("country", "name", "kind", "latitude", "longitude", "precision", "aliases", "population"),
)


def place(name: str, **values: object) -> Place:
    values = {"aliases": [], "population": None} | values
    return Place(
        country="ML",
        name=name,
        kind="town",
        latitude=16.5,
        longitude=-0.25,
        precision="exact",
        **values,
    )


@pytest.mark.django_db
def test_rows_are_stored_as_they_are_and_know_their_numbers() -> None:
    text = 'N\u2019Djaména\n"%s" \\ %(rows)s 100 %'
    places = [place(text, aliases=["a, b", "{c}", 'd"e'], population=7), place("Second")]

    with CaptureQueriesContext(connection) as queries:
        PLACES.store(places)
    with CaptureQueriesContext(connection) as fifty:
        PLACES.store(place(f"Town {number}") for number in range(50))

    assert (len(queries), len(fifty)) == (1, 1)
    first, second = Place.objects.filter(pk__in=[one.pk for one in places]).order_by("pk")
    assert [first.pk, second.pk] == [one.pk for one in places]
    assert (first.name, first.aliases, first.population) == (text, ["a, b", "{c}", 'd"e'], 7)
    assert (second.name, second.aliases, second.population) == ("Second", [], None)
    assert places[0] == first
    assert not places[0]._state.adding


@pytest.mark.django_db
def test_no_rows_are_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        PLACES.store([])

    assert len(queries) == 0


def test_what_no_column_takes_is_refused() -> None:
    with pytest.raises(TypeError, match="No column takes a set"):
        many.sent([{"name": {"a", "b"}}])
