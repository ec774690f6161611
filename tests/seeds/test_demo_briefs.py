"""The briefs of the demo, loaded once."""

import json
from collections.abc import Iterator

import pytest
import stix2
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import User
from briefs import scoring, subjects, topics
from briefs.gazetteer import loading
from briefs.models import Actor, Brief, Correction, Place
from seeds import briefs_loading
from tests import worlds
from tests.briefs.test_pages import PAGES
from tests.factories import UserFactory
from tests.weighing import packed, weight

CORRECTED, WITHDRAWN = "tema-port-delays-cocoa-season", "kasumbalesa-copperbelt-truck-queue"
FILES = {path.stem for path in briefs_loading.FOLDER.glob("*.md")}


def load() -> tuple[int, int]:
    """How many are new, and how many were there."""
    author, approver = User.objects.order_by("pk")
    return briefs_loading.load_briefs(author=author, approver=approver)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[int, int]]:
    """What the first load said."""
    with worlds.kept(django_db_blocker):
        UserFactory.create_batch(2)
        loading.load_gazetteer()
        yield load()


@pytest.fixture(autouse=True)
def first(loaded: tuple[int, int], django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[int, int]]:
    """What the first load said; its rows as they were, whatever the tests do."""
    with worlds.taken_back(django_db_blocker):
        yield loaded


def test_every_seed_brief_loads(first: tuple[int, int]) -> None:
    assert first == (len(FILES), 0)
    assert len(FILES) >= 12
    assert {b.slug for b in Brief.objects.public()} == FILES - {WITHDRAWN}


def test_the_demo_shows_what_can_become_of_a_brief() -> None:
    assert Brief.objects.withdrawn().count() == 1
    assert Brief.objects.filter(revises__isnull=False, status="in_review").count() == 1
    assert sorted(Correction.objects.values_list("kind", flat=True)) == ["factual", "update"]
    assert scoring.scorecard().scored >= scoring.SHOWN_FROM
    french = Brief.objects.public().get(slug="mombasa-malaba-files-de-camions-citernes")
    assert french.translated_from.brief.slug == "mombasa-malaba-fuel-queues"
    changed = Brief.objects.get(slug="gulf-of-guinea-anchorage-theft").judgements.get(position=2)
    assert (changed.revises.likelihood, changed.likelihood) == ("unlikely", "roughly_even")
    assert "Likelier than before:" in (
        Client().get("/briefs/gulf-of-guinea-anchorage-theft/").content.decode()
    )


def test_second_load_keeps_what_staff_changed() -> None:
    Actor.objects.update(note="Changed by staff.")

    assert load() == (0, len(FILES))

    assert set(Actor.objects.values_list("note", flat=True)) == {"Changed by staff."}


def test_seeds_use_the_places_of_the_gazetteer() -> None:
    named = Place.objects.filter(briefs__isnull=False).distinct()
    ours = set(named.filter(geonames_id=None).values_list("name", flat=True))
    assert {"Diboli", "Diboli–Kayes road"} <= ours
    assert ours <= {"Diboli", "Diboli–Kayes road", "Adré", "Noé"}
    assert Place.objects.get(geonames_id=2452651).name == "Nioro du Sahel"
    assert "Nioro" in Place.objects.get(geonames_id=2452651).aliases
    assert Place.objects.get(geonames_id=361058).name == "Alexandria"
    assert named.get(name="Kayes").country == "ML"
    diboli = Place.objects.get(name="Diboli")
    assert (diboli.precision, diboli.note[:15]) == ("near", "Not in GeoNames")


def test_every_page_of_the_seeds_is_light_with_styles_and_map(client: Client) -> None:
    briefs = [b.get_absolute_url() for b in Brief.objects.public()]
    others = [path for path in PAGES if path.endswith("/")] + [
        *(f"/countries/{code.lower()}/" for code in ("ML", "TN", "MZ", "GH", "KE", "NG")),
        *(f"/actors/{slug}/" for slug in subjects.named_actors().values_list("slug", flat=True)),
        *(f"/topics/{slug}/" for slug in topics.Topic.values),
        *(
            "/briefs/?q=example",
            "/subscribe/",
            f"/briefs/{WITHDRAWN}/",
            f"/briefs/{CORRECTED}/versions/1/",
        ),
    ]

    pages = {path: client.get(path).content for path in briefs}
    assert len(pages) > 12
    assert all(b'<svg class="map"' in page for page in pages.values())
    for path in others:
        for address in (path, path + ("&" if "?" in path else "?") + "language=ar"):
            pages[address] = client.get(address).content

    # Nothing compressed, before fonts; and as a house sends them.
    assert {path: weight(page) for path, page in pages.items() if weight(page) > 55_000} == {}
    assert {path: packed(page) for path, page in pages.items() if packed(page) > 20_000} == {}


def test_every_seed_brief_is_a_good_bundle(client: Client) -> None:
    slugs = list(Brief.objects.public().values_list("slug", flat=True))

    for slug in slugs:
        text = client.get(f"/api/v1/briefs/{slug}/stix/").content.decode()
        read = stix2.parse(text, allow_custom=False, version="2.1")
        ids = {each["id"] for each in json.loads(text)["objects"]}
        report = next(each for each in read.objects if each["type"] == "report")
        assert set(report["object_refs"]) <= ids

    assert len(slugs) >= 19
