"""The briefs of the demo, loaded once."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import User
from briefs import scoring
from briefs.models import Actor, Brief, Correction
from seeds import briefs_loading
from tests import worlds
from tests.factories import UserFactory

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
        yield load()


@pytest.fixture(autouse=True)
def first(loaded: tuple[int, int], django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[int, int]]:
    """What the first load said; its rows as they were, whatever the tests do."""
    with worlds.taken_back(django_db_blocker):
        yield loaded


def test_every_seed_brief_loads_and_its_page_opens(first: tuple[int, int]) -> None:
    assert first == (len(FILES), 0)
    assert len(FILES) >= 12
    withdrawn = {"kasumbalesa-copperbelt-truck-queue"}
    assert {b.slug for b in Brief.objects.public()} == FILES - withdrawn
    for brief in Brief.objects.public():
        assert Client().get(brief.get_absolute_url()).status_code == 200


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
