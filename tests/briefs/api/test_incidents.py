"""`/api/v1/incidents/`: what public briefs say has happened, and nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from briefs import publishing, revising
from briefs.models import Actor, Brief, Incident, Place, ToldIncident
from tests.briefs.facts import add_actor, add_incident, add_place
from tests.factories import BriefFactory, UserFactory, approve, publish

pytestmark = pytest.mark.django_db
LIST = "/api/v1/incidents/"
GEOJSON = "/api/v1/incidents.geojson"


def told_brief(slug: str = "towns", **incident: Any) -> Brief:
    """A published brief with one incident at Douentza."""
    brief = BriefFactory.create(slug=slug, is_published=False)
    place = Place.objects.filter(name="Douentza").first() or add_place(brief)
    add_incident(brief, place, **incident)
    return publish(brief)


def titles(client: Client, query: str = "") -> list[str]:
    return [row["title"] for row in client.get(LIST + query).json()["results"]]


def test_an_incident_says_what_the_approved_text_says_and_who_tells_it(client: Client) -> None:
    brief = told_brief(sub_type="armed_clash")
    brief.refresh_from_db()
    incident = Incident.objects.get()

    (row,) = client.get(LIST).json()["results"]

    assert row == {
        "id": incident.pk, "occurred_on": "2024-12-31", "precision": "day", "title": "Two checkpoints attacked",
        "event_type": "battles", "sub_type": "armed_clash", "fatalities": None,
        "place": {
            "name": "Douentza", "country": "ML", "admin1": "", "kind": "town", "latitude": 15.0,
            "longitude": -2.95, "precision": "exact",
        },
        "actors": [],
        "url": f"{settings.SITE_URL}{LIST}{incident.pk}/",
        "briefs": [{
            "reference": brief.reference, "slug": "towns", "title": brief.title, "language": "en",
            "url": settings.SITE_URL + brief.get_absolute_url(),
        }],
    }  # fmt: skip
    assert client.get(f"{LIST}{incident.pk}/").json() == row


def test_none_dead_is_another_thing_than_not_known(client: Client) -> None:
    told_brief("a", title="None", fatalities=0)
    told_brief("b", title="Not known", fatalities=None)

    rows = client.get(LIST).json()["results"]

    assert {row["title"]: row["fatalities"] for row in rows} == {"None": 0, "Not known": None}


def test_what_staff_write_into_the_row_is_told_by_nobody_until_it_is_approved(
    client: Client,
) -> None:
    brief = told_brief()
    draft = BriefFactory.create(slug="draft", is_published=False)
    incident = Incident.objects.get()
    draft.incidents.add(incident)
    elsewhere = add_place(draft, "Secret town", latitude=1.0, longitude=1.0)
    incident.actors.add(add_actor(draft, "Secret Front"))
    Incident.objects.update(
        title="Secret title", place=elsewhere, fatalities=7654321, event_type="riots",
        sub_type="mob_violence", occurred_on=date(2025, 1, 1),
    )  # fmt: skip

    for address in (
        LIST,
        GEOJSON,
        f"{LIST}{incident.pk}/",
        f"/api/v1/briefs/{brief.slug}/geojson/",
    ):
        answer = client.get(address).content.decode()
        assert "Two checkpoints attacked" in answer
        assert "Secret" not in answer
        assert "7654321" not in answer
        assert "draft" not in answer
    for query in (
        "?event_type=riots", "?sub_type=mob_violence", "?actor=secret-front", "?occurred_after=2025-01-01",
        "?bbox=0,0,2,2", "?near=1,1,50", "?brief=draft",
    ):  # fmt: skip
        assert titles(client, query) == []

    approve(draft)
    assert titles(client) == ["Two checkpoints attacked"]
    publish_approved(draft)

    assert titles(client, "?event_type=riots") == ["Secret title"]
    assert titles(client, "?event_type=battles") == []
    (row,) = client.get(LIST).json()["results"]
    assert [each["slug"] for each in row["briefs"]] == ["draft", "towns"]


def publish_approved(brief: Brief) -> None:
    publishing.publish_brief(brief=Brief.objects.get(pk=brief.pk), by=UserFactory.create())


def test_an_incident_goes_with_the_last_public_brief_that_tells_it(client: Client) -> None:
    brief = told_brief()
    key = Incident.objects.get().pk
    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Wrong.")

    assert titles(client) == []
    assert client.get(f"{LIST}{key}/").status_code == 404
    assert client.get(GEOJSON).json() == {"type": "FeatureCollection", "next": None, "features": []}


def test_a_scheduled_telling_waits_for_its_hour(client: Client) -> None:
    told_brief()
    later = BriefFactory.create(slug="later", is_published=False)
    later.incidents.add(Incident.objects.get())
    Incident.objects.update(title="Told later")
    publish(later, timezone.now() + timedelta(hours=1))

    assert titles(client) == ["Two checkpoints attacked"]

    Brief.objects.filter(slug="later").update(published_at=timezone.now() - timedelta(seconds=1))
    assert titles(client) == ["Told later"]


def test_a_revision_tells_anew_and_a_deleted_row_is_still_told(client: Client) -> None:
    brief = told_brief()
    by = UserFactory.create()
    pending = revising.open_pending(brief=brief, by=by)
    Incident.objects.update(title="Three checkpoints attacked")
    approved = approve(pending)
    assert titles(client) == ["Two checkpoints attacked"]

    publishing.publish_revision(
        pending=approved, by=UserFactory.create(), kind="factual", text="Three, not two."
    )
    Incident.objects.all().delete()

    assert titles(client) == ["Three checkpoints attacked"]


def test_nobody_but_the_database_writes_what_is_told() -> None:
    told_brief()

    for write in (
        lambda: ToldIncident.objects.update(country="NE"),
        lambda: ToldIncident.objects.all().delete(),
    ):
        with (
            pytest.raises(DatabaseError, match="Cannot insert or update or delete"),
            transaction.atomic(),
        ):
            write()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=ML", 1), ("country=NE", 0), ("region=western", 1), ("region=southern", 0),
        ("actor=example-front", 1), ("actor=nobody", 0), ("event_type=battles", 1), ("event_type=riots", 0),
        ("sub_type=armed_clash", 1), ("sub_type=attack", 0), ("occurred_after=2024-12-31", 1),
        ("occurred_after=2025-01-01", 0), ("occurred_before=2024-12-31", 0), ("occurred_before=2025-01-01", 1),
        ("bbox=-3,14,-2,16", 1), ("bbox=-2,14,3,16", 0), ("bbox=170,14,-2,16", 1),
        ("near=15,-2,103", 1), ("near=15,-2,100", 0), ("brief=towns", 1), ("brief=other", 0),
    ],
)  # fmt: skip
def test_filters_narrow(client: Client, query: str, found: int) -> None:
    brief = BriefFactory.create(slug="towns", is_published=False)
    incident = add_incident(brief, add_place(brief), sub_type="armed_clash")
    incident.actors.add(add_actor(brief))
    publish(brief)
    Actor.objects.update(name="Front of today", aliases=["Example Front"])

    assert len(titles(client, f"?{query}")) == found
    assert len(client.get(f"{GEOJSON}?{query}").json()["features"]) == found


def test_pages_follow_each_other_and_keep_to_their_list(client: Client) -> None:
    for number in range(5):
        told_brief(f"b{number}", title=str(number), occurred_on=date(2025, 1, 1 + number // 2))

    found, address = [], f"{LIST}?page_size=2"
    while address:
        page = client.get(address).json()
        found += [row["title"] for row in page["results"]]
        address = (page["next"] or "").removeprefix(settings.SITE_URL)

    assert found == ["4", "3", "2", "1", "0"]
    cursor = client.get(f"{LIST}?page_size=2").json()["next"].partition("cursor=")[2]
    refused = client.get(f"{GEOJSON}?page_size=2&cursor={cursor}")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "other_filters")


def test_geojson_is_longitude_first_with_ids_and_a_box(client: Client) -> None:
    told_brief()
    brief = BriefFactory.create(slug="south", is_published=False)
    add_incident(brief, add_place(brief, "Sikasso", latitude=11.3, longitude=-5.7), title="Other")
    publish(brief)

    response = client.get(GEOJSON)

    assert response["Content-Type"] == "application/geo+json"
    data = response.json()
    assert (data["type"], data["bbox"]) == ("FeatureCollection", [-5.7, 11.3, -2.95, 15.0])
    first = data["features"][1]
    assert first["id"] == f"incident-{Incident.objects.get(place__name='Douentza').pk}"
    assert first["geometry"] == {"type": "Point", "coordinates": [-2.95, 15.0]}
    assert first["properties"]["place"] == "Douentza"
    assert first["properties"]["fatalities"] is None


@pytest.mark.parametrize("number", [1, 30])
def test_statements_are_two_whatever_the_number(
    client: Client, number: int, django_assert_num_queries: Any
) -> None:
    brief = BriefFactory.create(is_published=False)
    place = add_place(brief)
    for each in range(number):
        add_incident(brief, place, title=str(each)).actors.add(add_actor(brief, f"Front {each}"))
    publish(brief)
    other = BriefFactory.create(is_published=False)
    other.incidents.set(Incident.objects.all())
    publish(other)

    for address in (LIST, GEOJSON, f"{LIST}{Incident.objects.first().pk}/"):
        with django_assert_num_queries(2) as seen:
            assert client.get(address).status_code == 200
        assert not [query for query in seen.captured_queries if "COUNT(" in query["sql"]]
