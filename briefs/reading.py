"""One brief as its page shows it: the approved text, frozen in its revision, and what came of it since."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    CharField,
    F,
    QuerySet,
    Value,
)
from django.utils import timezone

from briefs import page_lines, page_rows, prepared, snapshots
from briefs.models import Brief, BriefQuerySet, CorrectionKind, Edition
from briefs.models.brief_queryset import region_of

_TO_DISCOVER = 3
_KEPT = tuple(
    f"kept_{name}" for name in ("digest", "until", "version", "related", "token", "packed")
)
_OWN = (
    *("slug", "reference", "uid", "status", "published_at", "modified_at", "expires_at"),
    *("translation_key", "translated_from", "live_revision", "language", "title"),
    *("countries", "topics"),
)


@dataclass(frozen=True)
class BriefPage:
    """A brief with all that hangs on it. `brief` wears the text shown: its own, or an older one's."""

    brief: Brief
    judgements: list[page_lines.JudgementLine]
    incidents: list[page_lines.IncidentLine]
    actors: list[page_lines.ActorLine]
    places: list[page_lines.PlacePoint]
    citations: list[page_lines.CitationLine]
    grades: list[tuple[str, int]]
    corrections: list[page_lines.CorrectionLine] = field(default_factory=list)
    versions: list[page_lines.Version] = field(default_factory=list)
    translations: list[dict[str, Any]] = field(default_factory=list)
    successor: dict[str, str] | None = None
    # The number of the version shown, when it is not the newest.
    old_version: int | None = None

    @property
    def citation_count(self) -> int:
        """How many citations it rests on, named or not."""
        return sum(count for _, count in self.grades)

    @property
    def number(self) -> int:
        """Of the version shown; 0 while readers have none."""
        return self.old_version or (self.versions[0].number if self.versions else 0)

    @property
    def horizon(self) -> date | None:
        """The last day of its judgements; None without any."""
        return max((line.horizon_on for line in self.judgements), default=None)

    @property
    def is_past_horizon(self) -> bool:
        """Whether the day of every judgement has gone by."""
        return self.horizon is not None and self.horizon < timezone.now().date()


@dataclass(frozen=True)
class Kept:
    """The page of a brief as it was kept, and until when."""

    digest: str
    until: date | None  # the last day on which it reads so
    version: int
    related: str  # the digest of the briefs next to it as they were
    token: str  # under which these were found
    packed: bytes

    def is_of(self, digest: str) -> bool:
        """Whether it was made of what has this digest, and reads so today."""
        return self.digest == digest and (not self.until or timezone.now().date() <= self.until)


@dataclass(frozen=True)
class Found:
    """The row of a public brief with all that its page shows, and its page if one was kept."""

    row: prepared.Rows
    kept: Kept | None

    @cached_property
    def digest(self) -> str:
        """The same for the same row, whatever was kept."""
        return self.row.digest_without(*_KEPT)


def find_brief(slug: str) -> Found:
    """The public brief at this address. Raises Brief.DoesNotExist."""
    row = _FOUND.read(slug=slug, now=timezone.now())
    if not row.rows:
        raise Brief.DoesNotExist
    kept = row.first(*_KEPT)
    return Found(row, Kept(*kept) if kept[0] else None)


def page_of(found: prepared.Rows) -> BriefPage:
    """The page of the brief found."""
    (brief,) = found.objects()
    return _page(brief, brief.live_revision.snapshot)


def find_related(brief: Brief) -> prepared.Rows:
    """The rows of the few public briefs next to this one, without their texts."""
    return _find_related(_ties_of(brief))


def find_related_to(found: Found) -> prepared.Rows:
    """As `find_related`, of the brief found."""
    pk, language, countries, topics = found.row.first("id", "language", "countries", "topics")
    region = tuple(region_of(countries))
    return _find_related(_Ties(pk, language, tuple(countries), region, tuple(topics)))


def _find_related(ties: "_Ties") -> prepared.Rows:
    values = ties._asdict()
    lists = {name: list(values.pop(name)) for name in ("countries", "region", "topics")}
    return _RELATED.read(now=timezone.now(), **values, **lists)


class _Ties(NamedTuple):
    """What ties a brief to others."""

    pk: int
    language: str
    countries: tuple[str, ...]
    region: tuple[str, ...]
    topics: tuple[str, ...]


def _ties_of(brief: Brief) -> _Ties:
    lists = (brief.countries, region_of(brief.countries), brief.topics)
    return _Ties(brief.pk, brief.language, *(tuple(each) for each in lists))


def read_newest(newest: BriefQuerySet, limit: int) -> list[BriefPage]:
    """The first of these public briefs, newest first, as their pages show them, in one statement."""
    keys = newest.values("pk")[:limit]  # found first: their texts are read for these alone
    rows = Brief.objects.filter(pk__in=keys).newest().select_related("live_revision")
    found: Any = rows.only(*_OWN, "live_revision__snapshot").annotate(**page_rows.around())
    return [_page(brief, brief.live_revision.snapshot) for brief in found]


def read_version(slug: str, number: int) -> BriefPage:
    """An older text of a public brief, as it was. Raises Brief.DoesNotExist and Edition.DoesNotExist."""
    brief: Any = Brief.objects.public().only(*_OWN).annotate(**page_rows.around()).get(slug=slug)
    edition = Edition.objects.select_related("revision").get(
        brief=brief, number=number, published_at__lte=timezone.now()
    )
    newest = max(row["number"] for row in brief.version_rows)
    return _page(brief, edition.revision.snapshot, number if number < newest else None)


def preview_brief(pk: int) -> BriefPage:
    """Any brief as its page would look now; for staff only. Raises Brief.DoesNotExist."""
    brief = Brief.objects.get(pk=pk)
    return page_of_snapshot(brief, snapshots.snapshot_of(brief))


def page_of_snapshot(brief: Brief, snapshot: snapshots.Snapshot) -> BriefPage:
    """The page of a brief as one of its revisions said it; for staff and reviewers only."""
    return _page(brief, snapshot)


def with_open_judgement(briefs: QuerySet[Brief], today: Any) -> QuerySet[Brief]:
    """The same briefs, each with its first judgement that can still come true, for the next function."""
    still_open = page_rows.judgements().filter(horizon_on__gte=today, outcome="open")
    return briefs.annotate(judgement_rows=ArraySubquery(still_open[:1]))


def open_judgement(brief: Brief) -> page_lines.JudgementLine | None:
    """The open judgement of a brief out of `with_open_judgement()`."""
    rows: list[dict[str, Any]] = brief.judgement_rows  # type: ignore[attr-defined]  # annotated
    return page_lines.judgement_line(rows[0]) if rows else None


def _page(brief: Any, snapshot: snapshots.Snapshot, old_version: int | None = None) -> BriefPage:
    _wear(brief, snapshot)
    around = vars(brief)
    outcomes = {row["key"]: page_lines.resolution_of(row) for row in around.get("outcome_rows", [])}
    incidents = [page_lines.incident_line(row) for row in snapshot["incidents"]]
    places = {page_lines.place_point(row) for row in snapshot["places"]}
    places |= {line.place for line in incidents}
    return BriefPage(
        brief=brief,
        judgements=[
            page_lines.judgement_line(row, outcomes.get(row["key"]))
            for row in _with_public_earlier(snapshot["judgements"], around.get("earlier_rows"))
        ],
        incidents=incidents,
        actors=[page_lines.actor_line(row) for row in snapshot["actors"]],
        places=sorted(places, key=lambda place: place.name),
        citations=page_lines.citation_lines(snapshot["citations"]),
        grades=page_lines.grades_of(snapshot["citations"]),
        corrections=[_correction(row) for row in around.get("correction_rows", [])],
        versions=[_version(row) for row in around.get("version_rows", [])],
        translations=around.get("translation_rows", []),
        successor=next(iter(around.get("successor_rows", [])), None),
        old_version=old_version,
    )


def _with_public_earlier(
    judgements: list[dict[str, Any]], public: list[dict[str, Any]] | None
) -> Iterator[dict[str, Any]]:
    """The judgements, each naming the brief of the one that it changes only if readers can see that brief now."""
    seen = {row["id"]: row for row in public or []}
    for row in judgements:
        earlier = row.get("revises")
        if earlier and public is not None:
            told = seen.get(earlier["id"], {"slug": "", "reference": ""})
            yield row | {"revises": earlier | told}
        else:
            yield row


def _wear(brief: Brief, snapshot: snapshots.Snapshot) -> None:
    """Put the text of a snapshot on the brief in memory; it is never saved."""
    names = ("title", "language", "kind", "tlp", "is_sample", "summary", "body", "countries")
    for name in (*names, "topics", "word_count", "reading_minutes"):
        setattr(brief, name, snapshot[name])
    cutoff = snapshot["data_cutoff"]
    brief.data_cutoff = cutoff and datetime.fromisoformat(cutoff)


def _correction(row: dict[str, Any]) -> page_lines.CorrectionLine:
    made_at = datetime.fromisoformat(row["made_at"])
    return page_lines.CorrectionLine(CorrectionKind(row["kind"]), row["text"], made_at)


def _version(row: dict[str, Any]) -> page_lines.Version:
    return page_lines.Version(row["number"], datetime.fromisoformat(row["published_at"]))


def _found(slug: str, now: datetime) -> QuerySet[Brief]:
    rows = Brief.objects.public(now).filter(slug=slug).select_related("live_revision")
    kept = {name: F(f"made_page__{name.removeprefix('kept_')}") for name in _KEPT}
    return rows.only(*_OWN, "live_revision__snapshot").annotate(**page_rows.around(now), **kept)


def _related(now: datetime, pk: int, language: str, **lists: list[str]) -> QuerySet[Brief]:
    # As one parameter each: Django would write one for each of their items.
    field = ArrayField(CharField())
    whole: Any = {name: Value(items, output_field=field) for name, items in lists.items()}
    near = Brief.objects.public(now).close_to(pk=pk, language=language, **whole)
    return near.teasers()[:_TO_DISCOVER]


_FOUND = prepared.Prepared(_found, slug="a-slug", now=prepared.A_MOMENT)
_RELATED = prepared.Prepared(
    _related,
    now=prepared.A_MOMENT,
    pk=1 << 60,
    language="a language",
    countries=["a country"],
    region=["a region"],
    topics=["a topic"],
)
