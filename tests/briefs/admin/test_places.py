"""Staff find places among twelve thousand, tell namesakes apart, and add what is missing."""

import pytest
from django.test import Client

from briefs import tasks
from briefs.models import Brief, Place
from jobs.models import Job
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db

AUTOCOMPLETE = "/staff/autocomplete/?app_label=briefs&model_name=incident&field_name=place&term="


@pytest.fixture
def staff(client: Client) -> Client:
    """Logged in as an analyst."""
    client.force_login(UserFactory.create(roles=["analyst"]))
    return client


def town(name: str, country: str, **fields) -> Place:
    row = {"latitude": 14.4, "longitude": -11.4, "note": "GeoNames"}
    return Place.objects.create(name=name, country=country, **row | fields)


def labels(client: Client, term: str) -> list[str]:
    return [row["text"] for row in client.get(AUTOCOMPLETE + term).json()["results"]]


def test_namesakes_are_told_apart_and_the_larger_comes_first(staff: Client) -> None:
    town("Kayes", "CG", admin1="Bouenza", population=58_737, geonames_id=1)
    town("Kayes", "ML", admin1="Kayes", population=194_716, geonames_id=2)

    assert labels(staff, "kayes") == [
        "Kayes (Kayes, Mali)",
        "Kayes (Bouenza, Republic of the Congo)",
    ]
    assert labels(staff, "kayes+cg") == ["Kayes (Bouenza, Republic of the Congo)"]


@pytest.mark.parametrize("term", ["menaka", "MÉNAKA", "Menaca", "منكا", "mena"])
def test_a_place_is_found_by_any_name_without_accents(staff: Client, term: str) -> None:
    town("Ménaka", "ML", aliases=["Menaca", "منكا"])

    assert labels(staff, term) == ["Ménaka (Mali)"]


@pytest.mark.parametrize("count", [1, 30])
def test_a_keystroke_takes_the_same_statements(
    staff: Client, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        town(f"Town {number}", "ML")

    with django_assert_num_queries(6):  # session, user, permissions twice, how many, which
        assert len(labels(staff, "town")) == min(count, 20)


def post(client: Client, **changed: str):
    row = {
        "name": "Diboli",
        "country": "ML",
        "admin1": "Kayes",
        "kind": "border_post",
        "latitude": "14.4667",
        "longitude": "-12.2",
        "precision": "near",
        "note": "Placed by hand, facing Kidira.",
    }
    return client.post("/staff/briefs/place/add/", row | changed)


def test_staff_add_what_the_gazetteer_lacks(staff: Client) -> None:
    response = post(staff)

    assert response.status_code == 302
    place = Place.objects.get()
    assert (str(place), place.geonames_id) == ("Diboli (Kayes, Mali)", None)


def test_a_place_says_where_its_position_comes_from(staff: Client) -> None:
    response = post(staff, note="")

    assert "Say where the position comes from." in response.content.decode()
    assert 'value="Diboli"' in response.content.decode()
    assert not Place.objects.exists()


def test_a_town_of_the_gazetteer_is_not_added_again(staff: Client) -> None:
    town("Diboli", "ML", admin1="Kayes", geonames_id=7)

    response = post(staff)

    assert "Diboli (Kayes, Mali) is there already, at 14.40, -11.40." in response.content.decode()
    assert Place.objects.count() == 1


def test_a_place_of_staff_is_added_once(staff: Client) -> None:
    post(staff)

    response = post(staff)

    assert "Diboli (Kayes, Mali) is there already, at 14.47, -12.20." in response.content.decode()
    assert Place.objects.count() == 1


def test_a_new_name_finds_the_briefs_of_the_place(staff: Client) -> None:
    place = town("Nioro", "ML")
    brief = BriefFactory.create(is_published=False)
    brief.places.add(place)
    publish(brief)
    row = {"name": "Nioro", "aliases": "Nioro du Sahel", "country": "ML", "kind": "town"}
    row |= {"latitude": "14.4", "longitude": "-11.4", "precision": "exact", "note": "GeoNames"}

    staff.post(f"/staff/briefs/place/{place.pk}/change/", row)
    tasks.refresh_place_names(Job.objects.get(kind="briefs.refresh_place_names"))

    assert "Nioro du Sahel" in Brief.objects.get().names_text


def test_who_may_not_add_may_not(client: Client) -> None:
    assert client.get("/staff/briefs/place/add/").status_code == 302
    client.force_login(UserFactory.create(roles=["auditor"]))
    assert client.get("/staff/briefs/place/add/").status_code == 403
    assert client.get("/staff/briefs/place/").status_code == 200
