"""Seed briefs come in through the verbs, once."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from briefs import scoring
from briefs.models import Actor, Brief, Correction, Incident
from seeds import briefs_loading
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

HEADER = """---
title: "Towns held"
language: fr
kind: flash
is_sample: true
published_at: 2026-01-09T14:00:00Z
data_cutoff: 2026-01-08T10:00:00Z
countries: [ML, SN]
topics: [armed-conflict]
summary: "Deux villes."
actors:
  - {name: "Example Front", aliases: [EXF], kind: armed_group}
places:
  - {name: Douentza, country: ML, latitude: 15.0, longitude: -2.95}
incidents:
  - {occurred_on: 2025-12-31, precision: week, place: Douentza, event_type: battles,
     title: "Attaque", actors: ["Example Front"], fatalities: null}
judgements:
  - {text: "Encore une.", likelihood: likely, confidence: low, horizon_on: 2026-04-30}
---
"""


def load(folder: Path) -> None:
    author, approver = UserFactory.create_batch(2)
    briefs_loading.load_briefs(author=author, approver=approver, folder=folder)


def test_every_seed_brief_loads_and_its_page_opens() -> None:
    author, approver = UserFactory.create_batch(2)

    counts = briefs_loading.load_briefs(author=author, approver=approver)

    files = list(briefs_loading.FOLDER.glob("*.md"))
    assert counts == (len(files), 0)
    assert len(files) >= 12
    withdrawn = {"kasumbalesa-copperbelt-truck-queue"}
    assert {b.slug for b in Brief.objects.public()} == {path.stem for path in files} - withdrawn
    for brief in Brief.objects.public():
        assert Client().get(brief.get_absolute_url()).status_code == 200


def test_the_demo_shows_what_can_become_of_a_brief() -> None:
    author, approver = UserFactory.create_batch(2)

    briefs_loading.load_briefs(author=author, approver=approver)

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
    author, approver = UserFactory.create_batch(2)
    first = briefs_loading.load_briefs(author=author, approver=approver)
    Actor.objects.update(note="Changed by staff.")

    second = briefs_loading.load_briefs(author=author, approver=approver)

    assert second == (0, first.loaded)
    assert set(Actor.objects.values_list("note", flat=True)) == {"Changed by staff."}


def test_file_becomes_a_brief_with_all_its_facts(tmp_path: Path) -> None:
    (tmp_path / "towns-held.md").write_text(HEADER + "Le *calme* tient.\n")

    load(tmp_path)

    brief = Brief.objects.public().get(slug="towns-held")
    assert (brief.title, brief.language, brief.kind) == ("Towns held", "fr", "flash")
    assert (brief.reference, brief.body) == (
        "DR-2026-0001",
        "<p>Le <em>calme</em> tient.</p>",
    )
    assert Actor.objects.get().aliases == ["EXF"]
    incident = Incident.objects.get()
    assert (incident.place.name, incident.fatalities) == ("Douentza", None)
    assert list(incident.actors.all()) == list(brief.actors.all())


def test_actors_places_and_incidents_are_shared_between_briefs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.md").write_text(HEADER + "Texte.\n")

    load(tmp_path)

    assert Incident.objects.get().briefs.count() == 2
    assert Actor.objects.get().briefs.count() == 2


def test_damaged_header_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("no header at all")

    with pytest.raises(ValueError, match=r"broken\.md"):
        load(tmp_path)


def test_incomplete_brief_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "thin.md").write_text(HEADER.replace("countries: [ML, SN]", "countries: []"))

    with pytest.raises(ValidationError, match="Name at least one country"):
        load(tmp_path)

    assert not Brief.objects.exists()
    assert not Actor.objects.exists()
