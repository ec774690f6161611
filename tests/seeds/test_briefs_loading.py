"""Files become briefs through the verbs; those of the demo are in test_demo_briefs.py."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from briefs.models import Actor, Brief, Incident
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
