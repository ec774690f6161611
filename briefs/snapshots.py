"""Everything that a brief says, as plain data: what a revision keeps and what a page shows.

Nothing private goes in: no source's name unless it is named in public, no note of a source or citation.
"""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from briefs.models import Brief, Citation, Incident, Judgement, Place

_OWN = (
    *("title", "language", "kind", "tlp", "is_sample", "summary", "body", "countries", "topics"),
    *("data_cutoff", "word_count", "reading_minutes"),
)
_JUDGEMENT = ("key", "position", "text", "scale", "likelihood", "confidence", "horizon_on")
_INCIDENT = ("id", "occurred_on", "precision", "title", "event_type", "sub_type", "fatalities")
_ACTOR = ("id", "name", "slug", "aliases", "kind")
# With the name as the brief's language writes it.
_PLACE = ("id", "country", "admin1", "kind", "latitude", "longitude", "precision")

Snapshot = dict[str, Any]


def snapshot_of(brief: Brief) -> Snapshot:
    """What the brief says now, in six statements: its own fields and all that hangs on it."""
    made = {
        **_fields(brief, _OWN),
        "judgements": [_judgement(row) for row in _judgements(brief)],
        "incidents": [_incident(row, brief.language) for row in _incidents(brief)],
        "actors": [_fields(row, _ACTOR) for row in brief.actors.order_by("name", "pk")],
        "places": [_place(row, brief.language) for row in brief.places.order_by("name", "pk")],
        "citations": [_citation(row) for row in _citations(brief)],
    }
    # As it will come out of the database: dates and keys are text.
    plain: Snapshot = json.loads(json.dumps(made, cls=DjangoJSONEncoder))
    return plain


def digest_of(snapshot: Snapshot) -> str:
    """SHA-256 of a snapshot, in hex; equal for equal content."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _judgements(brief: Brief) -> list[Judgement]:
    standing = brief.judgements.filter(position__isnull=False)
    return list(standing.select_related("revises__brief").order_by("position"))


def _judgement(row: Judgement) -> dict[str, Any]:
    earlier = row.revises
    return {
        **_fields(row, _JUDGEMENT),
        "change_reason": row.change_reason,
        "revises": earlier
        and {
            "id": earlier.pk,
            "likelihood": earlier.likelihood,
            "slug": earlier.brief.slug,
            "reference": earlier.brief.reference,
        },
    }


def _incidents(brief: Brief) -> list[Incident]:
    rows = brief.incidents.select_related("place").prefetch_related("actors")
    return list(rows.order_by("occurred_on", "pk"))


def _place(row: Place, language: str) -> dict[str, Any]:
    return {"name": row.name_in(language), **_fields(row, _PLACE)}


def _incident(row: Incident, language: str) -> dict[str, Any]:
    return {
        **_fields(row, _INCIDENT),
        "place": _place(row.place, language),
        "actors": sorted(_actor_names(row.actors.all())),
    }


def _actor_names(actors: Any) -> list[str]:
    return [actor.name for actor in actors]


def _citations(brief: Brief) -> list[Citation]:
    return list(brief.citations.select_related("source").order_by("position"))


def _citation(row: Citation) -> dict[str, Any]:
    is_named = row.source.is_named
    return {
        "source_id": row.source_id,
        "position": row.position,
        "reliability": row.source.reliability,
        "credibility": row.credibility,
        "name": row.source.name if is_named else "",
        "title": row.title if is_named else "",
        "url": row.url if is_named else "",
        "published_on": row.published_on if is_named else None,
    }
