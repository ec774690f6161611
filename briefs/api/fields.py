"""What the API says of a brief: for each field the columns that it needs, and how it is made of them.

Texts come out of the live revision: frozen, and approved. Only what readers did to it since (outcomes, corrections,
translations) is read from the rows, in the same statement.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone

from briefs.likelihood import RANGES
from briefs.models import Brief, BriefQuerySet, Correction, Edition, Judgement, Tlp

Row = Mapping[str, Any]
_SNAPSHOT = "live_revision__snapshot"


@dataclass(frozen=True)
class Field:
    """A field of the answer: what is read for it, and what is made of that."""

    columns: tuple[str, ...]
    make: Callable[[Row], Any]


def select(briefs: BriefQuerySet, names: Iterable[str], *more: str) -> QuerySet[Any, Any]:
    """The rows with the columns that these fields need, and no others but `more`."""
    columns = {column for name in names for column in FIELDS[name].columns} | {*more}
    around = {name: make() for name, make in _AROUND.items() if name in columns}
    return briefs.annotate(**around).values(*sorted(columns))


def ask_for_the_moment(names: Iterable[str]) -> bool:
    """Whether what is read for these fields hangs on the moment of reading, and on more than the brief's own row."""
    return any(column in _AROUND for name in names for column in FIELDS[name].columns)


def brief_as_data(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """The fields asked for, out of a row of `select()`."""
    return {name: FIELDS[name].make(row) for name in names}


def page_url(slug: str) -> str:
    """The address of a brief's page, for people."""
    return settings.SITE_URL + reverse("briefs:brief", args=[slug])


def api_url(name: str, *args: Any) -> str:
    """An address of the API."""
    return settings.SITE_URL + reverse(name, args=args)


def incident_as_data(row: Row) -> dict[str, Any]:
    """An incident of a snapshot. `fatalities` null is not known, 0 is none."""
    names = ("id", "occurred_on", "precision", "title", "event_type", "sub_type", "fatalities")
    return {
        **{name: row.get(name) for name in names},
        "place": place_as_data(row["place"]),
        "actors": list(row.get("actors", [])),
    }


def place_as_data(row: Row) -> dict[str, Any]:
    """A place of a snapshot, in degrees."""
    names = ("name", "country", "admin1", "kind", "latitude", "longitude", "precision")
    return {name: row.get(name) for name in names}


def judgement_as_data(row: Row, came: Row | None = None) -> dict[str, Any]:
    """A judgement of a snapshot, with what came of it."""
    names = ("position", "text", "likelihood", "scale", "confidence")
    came = came or {}
    return {
        **{name: row[name] for name in names},
        "range": list(RANGES[row["likelihood"]]),
        "horizon": row["horizon_on"],
        "outcome": came.get("outcome", "open"),
        "resolved_at": came.get("resolved_at"),
        "revises": came.get("revises"),
        "change_reason": row.get("change_reason", "") if came.get("revises") else "",
    }


def source_as_data(row: Row) -> dict[str, Any]:
    """A citation of a snapshot: its grade, and its name when the source may be named."""
    return {
        "position": row["position"],
        "grade": row["reliability"] + row["credibility"],
        "name": row["name"],
        "title": row["title"],
        "url": row["url"],
        "published_on": row["published_on"],
    }


def actor_as_data(row: Row) -> dict[str, Any]:
    """An actor of a snapshot."""
    return {name: row[name] for name in ("slug", "name", "aliases", "kind")}


def version_as_data(row: Row, slug: str) -> dict[str, Any]:
    """An edition: its number, its moment and where it is."""
    return {
        "number": row["number"],
        "published_at": row["published_at"],
        "url": api_url("briefs-api:version", slug, row["number"]),
    }


def text_as_data(snapshot: Row) -> dict[str, Any]:
    """What one version of a brief says, without anything that was added later."""
    names = ("title", "language", "kind", "summary", "countries", "topics", "data_cutoff")
    return {
        **{name: snapshot[name] for name in names},
        "body_html": snapshot["body"],
        "judgements": [judgement_as_data(row) for row in snapshot["judgements"]],
        "incidents": [incident_as_data(row) for row in snapshot["incidents"]],
        "actors": [actor_as_data(row) for row in snapshot["actors"]],
        "places": [place_as_data(row) for row in snapshot["places"]],
        "sources": [source_as_data(row) for row in snapshot["citations"]],
    }


def snapshot(part: str) -> str:
    """The column that holds this part of the approved text."""
    return f"{_SNAPSHOT}__{part}"


def _plain(name: str) -> Field:
    return Field((name,), lambda row: row[name])


def _each(key: str, make: Callable[[Row], Any]) -> Field:
    column = snapshot(key)
    return Field((column,), lambda row: [make(each) for each in row[column] or ()])


def _judgements(row: Row) -> list[dict[str, Any]]:
    came = {each["key"]: each for each in row["judgement_rows"]}
    return [judgement_as_data(each, came.get(each["key"])) for each in row[snapshot("judgements")]]


def _translation(row: Row) -> dict[str, Any]:
    return {**row, "url": page_url(row["slug"])}


def _successor(row: Row) -> dict[str, Any] | None:
    found = row["successor_row"]
    return found and {**found, "url": page_url(found["slug"])}


FIELDS: dict[str, Field] = {
    **{
        name: _plain(name)
        for name in (
            *("reference", "uid", "slug", "title", "language", "kind", "summary", "countries"),
            *("topics", "is_sample", "data_cutoff", "word_count", "reading_minutes"),
            *("published_at", "modified_at"),
        )
    },
    "tlp": Field((), lambda row: Tlp.CLEAR.label),
    "url": Field(("slug",), lambda row: page_url(row["slug"])),
    "primary_country": Field(("countries",), lambda row: row["countries"][0]),
    "actors": _each("actors", actor_as_data),
    # A scheduled publication counts as a change at its hour.
    "changed_at": Field(
        ("changed_at", "published_at"), lambda row: max(row["changed_at"], row["published_at"])
    ),
    "body_html": Field((snapshot("body"),), lambda row: row[snapshot("body")]),
    "body_text": _plain("body_text"),
    "judgements": Field(("judgement_rows", snapshot("judgements")), _judgements),
    "incidents": _each("incidents", incident_as_data),
    "places": _each("places", place_as_data),
    "sources": _each("citations", source_as_data),
    "corrections": Field(("correction_rows",), lambda row: row["correction_rows"]),
    "versions": Field(
        ("version_rows", "slug"),
        lambda row: [version_as_data(each, row["slug"]) for each in row["version_rows"]],
    ),
    "translations": Field(
        ("translation_rows",), lambda row: [_translation(each) for each in row["translation_rows"]]
    ),
    "superseded_by": Field(("successor_row",), _successor),
}
IN_LISTS = (
    *("reference", "uid", "slug", "url", "title", "language", "kind", "tlp", "summary"),
    *("countries", "primary_country", "topics", "actors", "is_sample", "data_cutoff"),
    *("word_count", "reading_minutes", "published_at", "modified_at", "changed_at"),
)


def _judgement_rows() -> ArraySubquery:
    rows = Judgement.objects.filter(brief=OuterRef("pk"), position__isnull=False)
    earlier = Brief.objects.public().filter(judgements=OuterRef("revises"))
    named = JSONObject(
        reference="reference", slug="slug", likelihood=OuterRef("revises__likelihood")
    )
    return ArraySubquery(
        rows.order_by("position").values_list(
            JSONObject(
                key="key",
                outcome="outcome",
                resolved_at="resolved_at",
                revises=Subquery(earlier.values_list(named)[:1]),
            )
        )
    )


def correction_rows() -> ArraySubquery:
    """Each correction of a brief, the first first."""
    rows = Correction.objects.filter(brief=OuterRef("pk"), made_at__lte=timezone.now())
    return ArraySubquery(
        rows.order_by("made_at", "pk").values_list(
            JSONObject(kind="kind", text="text", made_at="made_at", version=F("edition__number"))
        )
    )


def version_rows() -> ArraySubquery:
    """Each text that readers were given, the first first."""
    rows = Edition.objects.filter(brief=OuterRef("pk"), published_at__lte=timezone.now())
    return ArraySubquery(
        rows.order_by("number").values_list(
            JSONObject(number="number", published_at="published_at")
        )
    )


def _translation_rows() -> ArraySubquery:
    rows = Brief.objects.public().translations_of(OuterRef("translation_key"))
    named = JSONObject(reference="reference", slug="slug", language="language", title="title")
    return ArraySubquery(rows.exclude(pk=OuterRef("pk")).order_by("language").values_list(named))


def _successor_row() -> Subquery:
    named = JSONObject(reference="reference", slug="slug", title="title")
    found = Brief.objects.public().filter(pk=OuterRef("superseded_by"))
    return Subquery(found.values_list(named)[:1])


_AROUND: dict[str, Callable[[], Any]] = {
    "judgement_rows": _judgement_rows,
    "correction_rows": correction_rows,
    "version_rows": version_rows,
    "translation_rows": _translation_rows,
    "successor_row": _successor_row,
}
