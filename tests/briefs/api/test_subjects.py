"""`/api/v1/actors/`, `/api/v1/countries/`, `/api/v1/topics/` and the counts of facets."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from briefs import geography, hits, judging
from briefs.models import Actor, Judgement
from briefs.topics import Topic
from tests.briefs.facts import add_actor
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db
ACTORS = "/api/v1/actors/"
COUNTRIES = "/api/v1/countries/"
FACETS = "/api/v1/briefs/facets/"


@pytest.fixture
def kin() -> None:
    """A front with a public and a hidden part, named by a public brief."""
    brief = BriefFactory.create(slug="towns", is_published=False)
    draft = BriefFactory.create(slug="draft", is_published=False)
    front = add_actor(brief, aliases=["EF"], note="Holds the north.")
    add_actor(brief, "Northern Katiba").parents.add(front)
    add_actor(draft, "Hidden Katiba").parents.add(front)
    front.parents.add(add_actor(draft, "Hidden Head"))
    publish(brief)


@pytest.mark.usefixtures("kin")
def test_actors_are_those_that_public_briefs_name(client: Client) -> None:
    rows = client.get(ACTORS).json()["results"]

    assert [row["slug"] for row in rows] == ["example-front", "northern-katiba"]
    assert rows[0] == {
        "slug": "example-front", "name": "Example Front", "aliases": ["EF"], "kind": "armed_group",
        "brief_count": 1, "about": "Holds the north.", "url": f"{settings.SITE_URL}/actors/example-front/",
    }  # fmt: skip
    assert client.get(ACTORS + "?kind=criminal").json()["results"] == []


@pytest.mark.usefixtures("kin")
def test_an_actor_has_its_public_kin_and_its_newest_briefs(client: Client) -> None:
    response = client.get(f"{ACTORS}example-front/")

    data = response.json()
    assert data["parents"] == []
    assert data["children"] == [
        {"slug": "northern-katiba", "name": "Northern Katiba", "kind": "armed_group"}
    ]
    assert [brief["slug"] for brief in data["briefs"]] == ["towns"]
    assert b"Hidden" not in response.content
    for slug in ("hidden-katiba", "hidden-head", "nobody"):
        assert client.get(f"{ACTORS}{slug}/").status_code == 404


@pytest.mark.usefixtures("kin")
def test_a_name_of_today_is_new_to_who_asks_by_date(client: Client) -> None:
    long_ago = timezone.now() - timedelta(days=1)
    Actor.objects.update(updated_at=long_ago)
    first = client.get(ACTORS)
    Actor.objects.get(slug="example-front").save()
    again = client.get(ACTORS, headers={"If-Modified-Since": first["Last-Modified"]})

    assert again.status_code == 200
    assert again["Last-Modified"] >= first["Last-Modified"]


def test_actors_come_in_pages_by_name(client: Client) -> None:
    brief = BriefFactory.create(is_published=False)
    for name in ("Ce", "Aa", "Be"):
        add_actor(brief, name)
    publish(brief)

    first = client.get(ACTORS + "?page_size=2").json()
    second = client.get(first["next"].removeprefix(settings.SITE_URL)).json()

    assert [row["name"] for row in first["results"] + second["results"]] == ["Aa", "Be", "Ce"]
    assert second["next"] is None


def test_countries_have_codes_names_region_and_counts(client: Client) -> None:
    BriefFactory.create(countries=["ML", "NE"])
    BriefFactory.create(countries=["ML"], is_published=False)

    rows = {row["alpha2"]: row for row in client.get(COUNTRIES).json()["results"]}

    assert len(rows) == len(geography.AFRICAN_COUNTRIES)
    assert rows["CI"]["names"] == {
        "en": "Côte d’Ivoire", "fr": "Côte d’Ivoire", "pt": "Costa do Marfim", "ar": rows["CI"]["names"]["ar"],
    }  # fmt: skip
    assert (rows["ML"]["alpha3"], rows["ML"]["region"]) == (
        "MLI",
        {"slug": "western", "m49": "011"},
    )
    assert [rows[code]["brief_count"] for code in ("ML", "NE", "BF")] == [1, 1, 0]


def test_a_country_has_its_newest_briefs_and_what_they_still_expect(client: Client) -> None:
    brief = BriefFactory.create(slug="towns")
    for title, outcome in (("Told", "occurred"),):
        told = BriefFactory.create(title=title, slug="told")
        judging.resolve_judgement(
            judgement=Judgement.objects.get(brief=told), by=UserFactory.create(), outcome=outcome, note="Seen.",
        )  # fmt: skip
    BriefFactory.create(countries=["NE"])

    data = client.get(f"{COUNTRIES}ml/").json()

    assert (data["alpha2"], data["brief_count"]) == ("ML", 2)
    assert [each["slug"] for each in data["briefs"]] == ["told", "towns"]
    (judgement,) = data["open_judgements"]
    brief.refresh_from_db()
    assert judgement["brief"] == {"reference": brief.reference, "slug": "towns"}
    assert (judgement["outcome"], judgement["likelihood"]) == ("open", "likely")
    assert client.get(f"{COUNTRIES}MLI/").json() == data
    assert client.get(f"{COUNTRIES}bf/").json()["briefs"] == []
    for code in ("fr", "zz", "zzz"):
        assert client.get(f"{COUNTRIES}{code}/").status_code == 404


def test_topics_have_names_and_counts(client: Client) -> None:
    BriefFactory.create(topics=["ports"])

    rows = client.get("/api/v1/topics/").json()["results"]

    assert [row["slug"] for row in rows] == sorted(Topic.values)
    ports = next(row for row in rows if row["slug"] == "ports")
    assert (ports["names"]["fr"], ports["brief_count"]) == ("Ports", 1)


def test_facets_count_what_the_list_holds(client: Client) -> None:
    brief = BriefFactory.create(countries=["ML", "NE"], topics=["ports"], is_published=False)
    add_actor(brief)
    publish(brief)
    BriefFactory.create(countries=["ML"], language="fr", kind="flash", topics=["mining"])
    BriefFactory.create(countries=["KE"], is_published=False)

    assert client.get(FACETS).json() == {
        "total": 2, "is_capped": False,
        "facets": {
            "country": [{"value": "ML", "count": 2}, {"value": "NE", "count": 1}],
            "topic": [{"value": "mining", "count": 1}, {"value": "ports", "count": 1}],
            "actor": [{"value": "example-front", "name": "Example Front", "count": 1}],
            "language": [{"value": "en", "count": 1}, {"value": "fr", "count": 1}],
            "kind": [{"value": "assessment", "count": 1}, {"value": "flash", "count": 1}],
        },
    }  # fmt: skip
    narrowed = client.get(FACETS + "?kind=flash").json()
    assert (narrowed["total"], narrowed["facets"]["actor"]) == (1, [])
    assert client.get(FACETS + "?q=nothing").json()["total"] == 0
    assert client.get(FACETS + "?page_size=2").status_code == 400


def test_counting_stops_at_the_cap(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "LOOKED_AT", 2)
    brief = BriefFactory.create(is_published=False)
    front = add_actor(brief)
    publish(brief)
    for _ in range(2):
        other = BriefFactory.create(is_published=False)
        other.actors.add(front)
        publish(other)

    assert client.get(FACETS).json()["is_capped"] is True
    assert client.get(f"{ACTORS}example-front/").json()["brief_count"] == 2
    assert client.get(f"{COUNTRIES}ml/").json()["brief_count"] == 2
    assert client.get(COUNTRIES).json()["results"][0]["brief_count"] == 0


@pytest.mark.parametrize("number", [1, 30])
def test_statements_are_two_whatever_the_number(
    client: Client, number: int, django_assert_num_queries: Any
) -> None:
    brief = BriefFactory.create(is_published=False)
    front = add_actor(brief)
    for each in range(number):
        add_actor(brief, f"Front {each}").parents.add(front)
    publish(brief)
    BriefFactory.create_batch(number // 10)

    for address in (
        ACTORS, f"{ACTORS}example-front/", COUNTRIES, f"{COUNTRIES}ml/", "/api/v1/topics/", FACETS,
    ):  # fmt: skip
        with django_assert_num_queries(2):
            assert client.get(address).status_code == 200
