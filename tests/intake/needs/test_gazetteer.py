import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from briefs.models import Actor, Place
from intake.needs import Kind, gazetteer, read_needs


def town(name: str, **fields) -> Place:
    return Place.objects.create(name=name, country="ML", latitude=16, longitude=0, **fields)


def names(text: str) -> list[str]:
    found = read_needs(text, gazetteer.current())
    return [one.name for one in found if one.kind in (Kind.PLACE, Kind.ACTOR)]


@pytest.mark.django_db
def test_actors_and_places_of_the_house_are_found_by_every_name():
    town("Gao", aliases=["Kawkaw"])
    Actor.objects.create(name="JNIM", slug="jnim", kind="armed_group", aliases=["GSIM"])

    assert names("JNIM in Gao") == ["JNIM", "Gao, Mali"]
    gazetteer.forget()
    assert names("le GSIM à Kawkaw") == ["JNIM", "Gao, Mali"]


@pytest.mark.django_db
def test_it_asks_the_database_once_and_looks_again_after_a_while(monkeypatch):
    place = town("Gao")
    assert names("in Gao") == ["Gao, Mali"]
    with CaptureQueriesContext(connection) as queries:
        names("in Gao")
    assert len(queries) == 0

    monkeypatch.setattr(gazetteer, "LOOK_AGAIN_SECONDS", -1)
    with CaptureQueriesContext(connection) as queries:
        names("in Gao")
    assert len(queries) == 1  # nothing has changed

    Place.objects.filter(pk=place.pk).update(aliases=["Kawkaw"])
    assert names("in Kawkaw") == ["Gao, Mali"]
    Place.objects.all().delete()
    assert names("in Kawkaw") == []


@pytest.mark.django_db
def test_it_holds_so_many_names_and_no_more(monkeypatch):
    monkeypatch.setattr(gazetteer, "MOST_NAMES", 2)
    for size, name in enumerate(("Aaaaa", "Bbbbb", "Ccccc")):
        town(name, population=200_000 + size)

    assert names("in Aaaaa, in Bbbbb, in Ccccc") == ["Bbbbb, Mali", "Ccccc, Mali"]
