"""`/api/v1/briefs/` and what lies below it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from briefs import changes, made_pages, prepared
from briefs.api import cursors, fields, finding, listing, parameters, reading, schema
from briefs.models import Edition

_LIST = [
    *finding.FILTERS,
    parameters.moment(
        "updated_since",
        "What changed then or later, in that order, with a tombstone for each brief that is gone.",
    ),
    parameters.some_of("fields", fields.FIELDS, "Only these fields."),
    parameters.CURSOR,
    parameters.PAGE_SIZE,
]


class BriefsView(reading.ReadView):
    """The public briefs."""

    takes = _LIST

    @extend_schema(
        operation_id="briefs_list",
        parameters=[parameter.described() for parameter in _LIST],
        responses={200: schema.BriefPageSerializer, **reading.REFUSALS},
    )
    def get(self, request: Request) -> HttpResponse:
        """Newest first; with `updated_since` in the order of their changes, tombstones among them."""
        query = self.query
        if "q" in query and "updated_since" in query:
            detail = "Words are not searched for in what is gone: leave one of both out."
            raise parameters.BadQuery([parameters.fault("q", "not_together", detail)])
        raw = request.query_params.dict()
        position = cursors.position_in(request.path, raw)
        size = query.get("page_size", parameters.USUAL_PAGE)
        names = query.get("fields", fields.IN_LISTS)
        if "updated_since" in query:
            changed_at = changes.last_change()
            rows = _changed(query, position, size + 1)
            return self.answer(_page(request, rows, size, names), changed_at)
        found = listing.marks(query, position, size + 1)
        changed_at = found.rows[0][2] if found.rows else changes.last_change()

        def make() -> bytes:
            return self.written(_page(request, _placed(found, names), size, names))

        if fields.ask_for_the_moment(names):
            return self.answer_made(make(), changed_at)
        seen = [row[:2] for row in found.rows]
        body = made_pages.body(make, "API list", request.path, sorted(raw.items()), seen)
        return self.answer_made(body, changed_at)


def _page(
    request: Request, rows: list[dict[str, Any]], size: int, names: Sequence[str]
) -> dict[str, Any]:
    raw = request.query_params.dict()
    shown, following = cursors.one_page(request.path, raw, rows, size, _place)
    return {"next": following, "results": [_item(row, names) for row in shown]}


def _place(row: dict[str, Any]) -> list[Any]:
    return [row["at"].isoformat(), str(row["key"])]


def _placed(found: prepared.Rows, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = listing.rows_of(found, names)
    return [{**row, "at": row["published_at"], "key": row["pk"]} for row in rows]


def _changed(query: dict[str, Any], position: list[Any] | None, limit: int) -> list[dict[str, Any]]:
    start: changes.Position = (query["updated_since"], None)
    if position is not None:
        start = (datetime.fromisoformat(position[0]), UUID(position[1]))
    found = changes.changed_since(start, limit, lambda rows: finding.narrow(rows, query))
    names = query.get("fields", fields.IN_LISTS)
    more = ("uid", "reference", "slug", "moment", "gone")
    rows = fields.select(found, names, *more)
    return [{**row, "at": row["moment"], "key": row["uid"]} for row in rows]


def _item(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    if gone := row.get("gone"):
        told = {name: row[name] for name in ("reference", "uid", "slug")}
        return {**told, gone: True, "changed_at": row["moment"]}
    return fields.brief_as_data(row, names)


class OneBriefView(reading.ReadView):
    """One public brief, or a part of it."""

    needs: tuple[str, ...] = tuple(fields.FIELDS)
    more: tuple[str, ...] = ()

    def get(self, request: Request, key: str, **rest: Any) -> HttpResponse:
        """The part that `show` makes; 301 from a former slug."""
        changed_at = changes.last_change()
        try:
            row = finding.one(key, self.needs, *self.more)
        except finding.Moved as moved:
            match = request.resolver_match
            assert match is not None
            args = {"key": moved.slug, **rest}
            return HttpResponsePermanentRedirect(reverse(match.view_name, kwargs=args))
        return self.show(row, changed_at, **rest)

    def show(self, row: dict[str, Any], changed_at: datetime | None, **rest: Any) -> HttpResponse:
        """The answer for the row."""
        raise NotImplementedError


_ONE = [parameters.some_of("fields", fields.FIELDS, "Only these fields.")]


class BriefView(OneBriefView):
    """A brief with all that it says and all that came of it."""

    takes = _ONE

    @extend_schema(
        operation_id="briefs_retrieve",
        parameters=[schema.KEY, *(parameter.described() for parameter in _ONE)],
        responses={200: schema.BriefSerializer, 301: None, **reading.REFUSALS_OF_ONE},
    )
    def get(self, request: Request, key: str, **rest: Any) -> HttpResponse:
        """By reference, uid or slug. A withdrawn brief is 410 with the reason."""
        return super().get(request, key, **rest)

    def show(self, row: dict[str, Any], changed_at: datetime | None, **rest: Any) -> HttpResponse:
        names = self.query.get("fields", fields.FIELDS)
        return self.answer(fields.brief_as_data(row, names), changed_at)


class VersionsView(OneBriefView):
    """The texts that readers were given."""

    needs = ("versions",)

    @extend_schema(
        operation_id="briefs_versions_list",
        parameters=[schema.KEY],
        responses={200: schema.VersionsSerializer, 301: None, **reading.REFUSALS_OF_ONE},
    )
    def get(self, request: Request, key: str, **rest: Any) -> HttpResponse:
        """Each with its number, the first first."""
        return super().get(request, key, **rest)

    def show(self, row: dict[str, Any], changed_at: datetime | None, **rest: Any) -> HttpResponse:
        return self.answer({"results": fields.FIELDS["versions"].make(row)}, changed_at)


class CorrectionsView(OneBriefView):
    """What readers were told of changes."""

    needs = ("corrections",)

    @extend_schema(
        operation_id="briefs_corrections_list",
        parameters=[schema.KEY],
        responses={200: schema.CorrectionsSerializer, 301: None, **reading.REFUSALS_OF_ONE},
    )
    def get(self, request: Request, key: str, **rest: Any) -> HttpResponse:
        """Each with its kind, moment and the version that carries it, the first first."""
        return super().get(request, key, **rest)

    def show(self, row: dict[str, Any], changed_at: datetime | None, **rest: Any) -> HttpResponse:
        return self.answer({"results": fields.FIELDS["corrections"].make(row)}, changed_at)


class VersionView(OneBriefView):
    """One text that readers were given."""

    needs = ("slug", "versions")
    more = ("pk",)

    @extend_schema(
        operation_id="briefs_versions_retrieve",
        parameters=[schema.KEY],
        responses={200: schema.VersionTextSerializer, 301: None, **reading.REFUSALS_OF_ONE},
    )
    def get(self, request: Request, key: str, **rest: Any) -> HttpResponse:
        """As it was, without what was added later."""
        return super().get(request, key, **rest)

    def show(self, row: dict[str, Any], changed_at: datetime | None, **rest: Any) -> HttpResponse:
        told = {each["number"]: each for each in fields.FIELDS["versions"].make(row)}
        number = rest["number"]
        if number not in told:
            raise Http404("There is no such version.")
        edition = Edition.objects.filter(brief=row["pk"], number=number)
        snapshot = edition.values_list("revision__snapshot", flat=True).get()
        data = {**told[number], "is_newest": number == max(told), **fields.text_as_data(snapshot)}
        return self.answer(data, changed_at)
