"""Seed briefs: Markdown files with a data header, loaded through the same verbs that staff use."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from django.db import transaction
from django.db.models import F, Model, Q
from django.utils.text import slugify

from accounts.models import User
from briefs import publishing, rendering, reviewing, revising, translating
from briefs.models import Actor, Brief, Incident, Judgement, Place
from seeds import brief_history, reading

FOLDER = Path(__file__).parent / "briefs"
_NEAR = 0.25  # degrees; towns of one name so near to each other are one
_PLAIN = ("title", "language", "kind", "is_sample", "data_cutoff", "countries", "topics", "summary")


class Counts(NamedTuple):
    """How many briefs a load made, and how many were there already."""

    loaded: int
    kept: int


def load_briefs(*, author: User, approver: User, folder: Path = FOLDER) -> Counts:
    """Write, approve and publish every brief in the folder that is not in the database yet, oldest first.

    A brief whose slug exists is left as it is, so that a second start keeps what staff changed.
    Raises ValueError naming the file whose header cannot be read, and ValidationError for what
    no editor could publish either.
    """
    files = sorted(
        (_read(path) for path in folder.glob("*.md")), key=lambda file: file.published_at
    )
    known = set(Brief.objects.values_list("slug", flat=True))
    new = [file for file in files if file.slug not in known]
    # At once: what readers see changes once, and not with each of them.
    with transaction.atomic():
        for file in new:
            _load(file, author, approver)
        if folder == FOLDER:
            slugs = [file.slug for file in new]
            brief_history.load_history(author=author, approver=approver, slugs=slugs)
    return Counts(loaded=len(new), kept=len(files) - len(new))


class _File(NamedTuple):
    slug: str
    header: dict[str, Any]
    body: str

    @property
    def published_at(self) -> datetime:
        return self.header["published_at"]


def _read(path: Path) -> _File:
    try:
        _, header, body = path.read_text(encoding="utf-8").split("---\n", 2)
        return _File(path.stem, reading.read(header), body.strip())
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(
            f"{path.name}: the header between the two --- lines is damaged."
        ) from error


def _load(file: _File, author: User, approver: User) -> None:
    header = file.header
    if source := header.get("translation_of"):
        brief = _translation(file, Brief.objects.get(slug=source), author)
    else:
        brief = _original(file, author)
    revising.record_revision(brief=brief, by=author)
    reviewing.submit_brief(brief=brief, by=author, moment=file.published_at)
    reviewing.approve_brief(brief=brief, by=approver, moment=file.published_at)
    publishing.publish_brief(brief=brief, by=approver, published_at=file.published_at)


def _translation(file: _File, source: Brief, author: User) -> Brief:
    """The source's facts and ratings with the words of the file."""
    header = file.header
    brief = translating.start_translation(brief=source, by=author, language=header["language"])
    brief.slug = file.slug
    brief.title, brief.summary = header["title"], header["summary"]
    brief.body = rendering.render_markdown(file.body)
    _store(brief)
    for position, row in enumerate(header["judgements"], start=1):
        brief.judgements.filter(position=position).update(text=row["text"])
    return brief


def _original(file: _File, author: User) -> Brief:
    header = file.header
    brief = Brief(slug=file.slug, created_by=author, tlp="clear")
    brief.body = rendering.render_markdown(file.body)
    for name in _PLAIN:
        setattr(brief, name, header[name])
    _store(brief)
    actors = {row["name"]: _actor(row) for row in header["actors"]}
    places = {row["name"]: _place(row) for row in header["places"]}
    brief.actors.set(actors.values())
    brief.places.set(places.values())
    brief.incidents.set([_incident(row, actors, places) for row in header["incidents"]])
    for position, row in enumerate(header["judgements"], start=1):
        judgement = Judgement(brief=brief, position=position, **row)
        _store(judgement)
    brief_history.cite(brief)
    return brief


def _store(row: Model) -> None:
    """Checked and saved. What the database checks itself is left to it: asking it first is half the time of a load."""
    others = [field.name for field in row._meta.fields if field.is_relation]
    row.full_clean(exclude=others, validate_unique=False, validate_constraints=False)
    row.save()


def _actor(row: dict[str, Any]) -> Actor:
    known = Actor.objects.filter(name=row["name"]).first()
    if known:
        return known
    actor = Actor(**row, slug=slugify(row["name"]))
    _store(actor)
    return actor


def _place(row: dict[str, Any]) -> Place:
    """The place there, under one of its names; the house's name for it if that is another. Else a new one."""
    near = Place.objects.filter(
        country=row["country"],
        latitude__range=(row["latitude"] - _NEAR, row["latitude"] + _NEAR),
        longitude__range=(row["longitude"] - _NEAR, row["longitude"] + _NEAR),
    )
    known = near.filter(Q(name=row["name"]) | Q(aliases__contains=[row["name"]]))
    place = known.order_by(F("population").desc(nulls_last=True), "pk").first()
    if place is None:
        place = Place(**row)
    elif row["name"] != place.name_in(_language_of(row["name"])):
        place.aliases = [place.name, *(name for name in place.aliases if name != row["name"])]
        place.name = row["name"]
    _store(place)
    return place


def _language_of(name: str) -> str:
    """Arabic letters are a name for Arabic texts, others for all."""
    return "ar" if name[0] >= "\u0600" else "en"


def _incident(row: dict[str, Any], actors: dict[str, Actor], places: dict[str, Place]) -> Incident:
    plain = {name: value for name, value in row.items() if name not in ("actors", "place")}
    place = places[row["place"]]
    known = Incident.objects.filter(
        occurred_on=row["occurred_on"], place=place, title=row["title"]
    ).first()
    if known:
        return known
    incident = Incident(**plain, place=place)
    _store(incident)
    incident.actors.set([actors[name] for name in row["actors"]])
    return incident
