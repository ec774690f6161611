"""Rows that hang on a brief, for these tests."""

from datetime import date
from typing import Any

from briefs.models import Actor, Brief, Incident, Judgement, Place


def add_actor(brief: Brief, name: str = "Example Front", **fields: Any) -> Actor:
    """An armed group that the brief names."""
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    actor = Actor.objects.create(name=name, slug=slug, kind="armed_group", **fields)
    brief.actors.add(actor)
    return actor


def add_place(
    brief: Brief, name: str = "Douentza", latitude: float = 15.0, longitude: float = -2.95
) -> Place:
    """A place in Mali that the brief names."""
    place = Place.objects.create(name=name, country="ML", latitude=latitude, longitude=longitude)
    brief.places.add(place)
    return place


def add_incident(brief: Brief, place: Place, **fields: Any) -> Incident:
    """An incident of 31 December 2024 that the brief relies on."""
    row = {
        "occurred_on": date(2024, 12, 31),
        "event_type": "battles",
        "title": "Two checkpoints attacked",
        "place": place,
    }
    incident = Incident.objects.create(**row | fields)
    brief.incidents.add(incident)
    return incident


def add_judgement(brief: Brief, position: int, **fields: Any) -> Judgement:
    """A further judgement; the factory gives each brief one at position 1."""
    row = {
        "text": f"Claim {position}",
        "likelihood": "very_likely",
        "confidence": "moderate",
        "horizon_on": date(2099, 4, 30),
    }
    return Judgement.objects.create(brief=brief, position=position, **row | fields)
