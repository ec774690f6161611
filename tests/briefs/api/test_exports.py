"""One brief as STIX 2.1 and as GeoJSON."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import stix2
from django.conf import settings
from django.test import Client
from django.utils import timezone

from briefs import geography, publishing
from briefs.api.stix import CONFIDENCE, TLP_CLEAR
from briefs.likelihood import RANGES
from briefs.models import Brief, Incident, Judgement
from tests.briefs.facts import add_actor, add_incident, add_judgement, add_place
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db
TOWNS = "/api/v1/briefs/towns/"
# STIX 2.1, region-ov, as far as it is Africa's.
REGIONS = {f"{side}-africa" for side in ("northern", "western", "middle", "eastern", "southern")}


@pytest.fixture
def towns() -> Brief:
    """A brief in French with actors of several kinds, an incident, and judgements of every confidence."""
    brief = BriefFactory.create(
        slug="towns", is_published=False, language="fr", countries=["ML", "NE"], title="Deux villes"
    )
    front = add_actor(brief, aliases=["EF", "Le Front"])
    army = add_actor(brief, "Example Army", slug="army")
    add_actor(brief, "Example Gang", slug="gang")
    type(army).objects.filter(slug="army").update(kind="state_force")
    type(army).objects.filter(slug="gang").update(kind="criminal")
    incident = add_incident(brief, add_place(brief), fatalities=0, sub_type="armed_clash")
    incident.actors.add(front, army)
    add_judgement(brief, 2, confidence="high")
    return publish(brief, timezone.now() - timedelta(hours=3))


def objects(client: Client, address: str = f"{TOWNS}stix/") -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for each in client.get(address).json()["objects"]:
        found.setdefault(each["type"], []).append(each)
    return found


@pytest.mark.usefixtures("towns")
def test_a_library_of_others_reads_the_bundle_without_a_complaint(client: Client) -> None:
    response = client.get(f"{TOWNS}stix/")

    assert response["Content-Type"] == "application/stix+json;version=2.1"
    read = stix2.parse(response.content.decode(), allow_custom=False, version="2.1")
    assert {type(each).__name__ for each in read.objects} == {
        "MarkingDefinition", "Identity", "Report", "Location", "ThreatActor", "Incident", "Relationship", "Note",
    }  # fmt: skip


def test_the_bundle_says_what_the_brief_says(client: Client, towns: Brief) -> None:
    towns.refresh_from_db()

    found = objects(client)

    (report,) = found["report"]
    rest = {each["id"] for kind in found.values() for each in kind}
    assert report["id"] == f"report--{towns.uid}"
    assert (report["name"], report["lang"], report["report_types"]) == (
        "Deux villes", "fr", ["threat-actor"],
    )  # fmt: skip
    assert report["confidence"] == CONFIDENCE["low"] == 15
    assert set(report["object_refs"]) == rest - {
        report["id"], TLP_CLEAR["id"], report["created_by_ref"],
    }  # fmt: skip
    assert report["external_references"][0] == {
        "source_name": settings.HOUSE["name"], "external_id": towns.reference,
        "url": settings.SITE_URL + towns.get_absolute_url(),
    }  # fmt: skip
    threats = {each["name"]: each for each in found["threat-actor"]}
    assert threats["Example Front"]["aliases"] == ["EF", "Le Front"]
    assert "threat_actor_types" not in threats["Example Front"]
    assert threats["Example Gang"]["threat_actor_types"] == ["criminal"]
    assert {each["name"] for each in found["identity"]} == {settings.HOUSE["name"], "Example Army"}
    places = {each["name"]: each for each in found["location"]}
    assert (places["Mali"]["country"], places["Mali"]["region"]) == ("ML", "western-africa")
    assert (places["Douentza"]["latitude"], places["Douentza"]["longitude"]) == (15.0, -2.95)
    assert found["incident"][0]["description"] == "2024-12-31 (day), Douentza. Fatalities: 0."
    assert len(found["relationship"]) == 3


def test_confidence_is_ours_and_likelihood_is_never_put_into_it(
    client: Client, towns: Brief
) -> None:
    notes = sorted(objects(client)["note"], key=lambda note: note["confidence"])

    assert [note["confidence"] for note in notes] == [15, 85]
    judgement = Judgement.objects.get(brief=towns, position=2)
    low, high = RANGES["very_likely"]
    assert notes[1]["content"] == "Claim 2"
    assert notes[1]["abstract"] == f"very_likely (ICD 203: {low}–{high} in 100), by 2099-04-30"
    assert notes[1]["labels"] == ["likelihood:very_likely", "outcome:open"]
    assert notes[1]["object_refs"] == [f"report--{towns.uid}"]
    assert uuid.UUID(notes[1]["id"].removeprefix("note--")).version == 5
    assert judgement.text == "Claim 2"


def test_everything_is_marked_clear_and_is_ours(client: Client, towns: Brief) -> None:
    data = client.get(f"{TOWNS}stix/").json()

    assert data["objects"][0] == TLP_CLEAR
    house = data["objects"][1]
    assert (house["type"], house["name"]) == ("identity", settings.HOUSE["name"])
    for each in data["objects"][1:]:
        assert each["object_marking_refs"] == ["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]  # fmt: skip
        assert each["created_by_ref"] == house["id"]
        assert each["created"] <= each["modified"]
    ids = [each["id"] for each in data["objects"]]
    assert len(ids) == len(set(ids))


def test_a_second_import_updates_what_the_first_made(client: Client, towns: Brief) -> None:
    first = client.get(f"{TOWNS}stix/").json()
    again = client.get(f"{TOWNS}stix/").json()
    publishing.correct_brief(brief=towns, by=UserFactory.create(), kind="factual", text="Two.")
    later = client.get(f"{TOWNS}stix/").json()

    assert again == first
    assert [each["id"] for each in later["objects"]] == [each["id"] for each in first["objects"]]
    assert later["id"] != first["id"]
    before, after = (
        next(each for each in data["objects"] if each["type"] == "report")
        for data in (first, later)
    )
    assert before["created"] == after["created"]
    assert before["modified"] < after["modified"]


@pytest.mark.parametrize("part", ["stix", "geojson"])
def test_only_a_public_brief_is_exported(client: Client, towns: Brief, part: str) -> None:
    BriefFactory.create(slug="draft", is_published=False)
    publishing.withdraw_brief(brief=towns, by=UserFactory.create(), reason="Wrong.")

    gone = client.get(f"{TOWNS}{part}/")

    assert (gone.status_code, gone.json()["detail"]) == (410, "Wrong.")
    assert client.get(f"/api/v1/briefs/draft/{part}/").status_code == 404
    assert client.get(f"/api/v1/briefs/nobody/{part}/").status_code == 404


@pytest.mark.usefixtures("towns")
def test_geojson_has_places_and_incidents(client: Client) -> None:
    response = client.get(f"{TOWNS}geojson/")

    assert response["Content-Type"] == "application/geo+json"
    data = response.json()
    assert (data["type"], data["bbox"], data["brief"]["slug"]) == (
        "FeatureCollection", [-2.95, 15.0, -2.95, 15.0], "towns",
    )  # fmt: skip
    place, incident = data["features"]
    assert (place["properties"]["feature"], place["properties"]["name"]) == ("place", "Douentza")
    assert incident["id"] == f"incident-{Incident.objects.get().pk}"
    assert incident["properties"]["fatalities"] == 0
    assert incident["geometry"] == place["geometry"]


@pytest.mark.parametrize("number", [1, 30])
def test_statements_are_two_whatever_the_number(
    client: Client, number: int, django_assert_num_queries: Any
) -> None:
    brief = BriefFactory.create(slug="many", is_published=False)
    place = add_place(brief)
    for each in range(number):
        add_actor(brief, f"Front {each}")
        add_incident(brief, place, title=str(each))
        add_judgement(brief, each + 2)
    publish(brief)

    for part in ("stix", "geojson"):
        with django_assert_num_queries(2):
            assert client.get(f"/api/v1/briefs/many/{part}/").status_code == 200


def test_every_country_lies_in_a_region_of_the_standard() -> None:
    assert {
        f"{geography.region_key(code)}-africa" for code in geography.AFRICAN_COUNTRIES
    } == REGIONS
