"""How lists are narrowed."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from briefs import geography, hits, publishing
from briefs.facets import facets_of
from briefs.finding import Wish, wish_from
from tests.briefs.facts import add_actor
from tests.factories import BriefFactory

pytestmark = pytest.mark.django_db


def as_dict(wish: Wish) -> dict[str, list[tuple[str, int]]]:
    return {f.title: [(o.label, o.count) for o in f.options] for f in facets_of(wish).narrower}


@pytest.fixture
def three_briefs() -> None:
    first = BriefFactory.create(countries=["ML", "SN"], topics=["ports"])
    second = BriefFactory.create(countries=["ML"], topics=["crime", "ports"], language="fr")
    BriefFactory.create(countries=["KE"], topics=["ports"])
    BriefFactory.create(countries=["NG"], topics=["mining"], is_published=False)
    second.actors.add(add_actor(first, "Example Front"))
    add_actor(first, "Other Front")


@pytest.mark.usefixtures("three_briefs")
def test_counts_are_those_of_the_public_briefs() -> None:
    assert as_dict(Wish()) == {
        "Country": [("Mali", 2), ("Kenya", 1), ("Senegal", 1)],
        "Topic": [("Ports", 3), ("Crime", 1)],
        "Actor": [("Example Front", 2), ("Other Front", 1)],
        "Language": [("English", 2), ("Français", 1)],
    }
    assert facets_of(Wish()).total == 3


@pytest.mark.usefixtures("three_briefs")
def test_counts_are_those_within_the_filters_in_use() -> None:
    found = facets_of(Wish(actor="example-front", country="ML"))

    assert {f.title for f in found.narrower} == {"Topic", "Language"}
    assert [(o.label, o.url) for o in found.chosen] == [
        ("Mali", "/briefs/?actor=example-front"),
        ("Example Front", "/briefs/?country=ML"),
    ]
    assert found.total == 2


@pytest.mark.usefixtures("three_briefs")
def test_each_count_is_what_its_link_shows() -> None:
    for facet in facets_of(Wish()).narrower:
        for option in facet.options:
            wish = wish_from(QueryDict(option.url.partition("?")[2]))
            assert facets_of(wish).total == option.count


def test_counting_stops_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "LOOKED_AT", 2)
    BriefFactory.create_batch(3)

    found = facets_of(Wish())

    assert (found.total, found.is_capped) == (2, True)


def test_commonest_values_of_a_facet_are_shown() -> None:
    codes = list(geography.AFRICAN_COUNTRIES)[:14]
    for n in range(len(codes), 0, -1):
        BriefFactory.create(countries=codes[:n])

    (countries, *_) = facets_of(Wish()).narrower

    assert [option.count for option in countries.options] == [14 - n for n in range(12)]


@pytest.mark.django_db(transaction=True)
def test_facets_are_counted_once_until_readers_see_something_else() -> None:
    brief = BriefFactory.create(countries=["ML"], topics=["ports"])
    BriefFactory.create(countries=["ML", "KE"], topics=["ports"])
    with CaptureQueriesContext(connection) as first:
        found = hits.hits_of(Wish(topic="ports"))
    with CaptureQueriesContext(connection) as second:
        again = hits.hits_of(Wish(topic="ports"))

    assert again == found
    assert ["unnest" in query["sql"] for query in (*first, *second)] == [True, False]
    publishing.withdraw_brief(brief=brief, by=brief.created_by, reason="Wrong.")
    after = hits.hits_of(Wish(topic="ports"))
    assert [(row.value, row.count) for row in after.counts["country"]] == [("KE", 1), ("ML", 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_one_statement_whatever_the_number(count: int, django_assert_num_queries) -> None:
    BriefFactory.create_batch(count)

    with django_assert_num_queries(1):
        facets_of(Wish(topic="road-movement"))
    # One more asks how many may hold the words.
    with django_assert_num_queries(2):
        facets_of(Wish(q="brief", topic="road-movement"))


def test_impossible_wish_has_no_facets() -> None:
    BriefFactory.create()

    found = facets_of(Wish(country="XX", topic="x" * 60))

    assert (found.narrower, found.total) == ([], 0)
    assert [o.label for o in found.chosen] == ["XX", "x" * 60]
