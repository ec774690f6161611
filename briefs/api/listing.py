"""The newest briefs as the API lists them, by statements written once for each shape of a query.

What one row and its frozen text tell is known by the marks of the rows: these are asked for first, the rows themselves
only for an answer that was not made before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Func, QuerySet, TextField
from django.utils import timezone

from briefs import asking, changes, prepared
from briefs.api import fields, finding
from briefs.models import Brief

_EXAMPLES: dict[str, Any] = {
    "country": "ML",
    "primary_country": "NE",
    "actor": "an-example-actor",
    "topic": "an-example-topic",
    "kind": "an-example-kind",
    "published_after": prepared.A_MOMENT + timedelta(days=1),
    "published_before": prepared.A_MOMENT + timedelta(days=2),
}
_POSITION = {"moment": prepared.A_MOMENT + timedelta(days=3), "key": 1 << 60}
_TABLE = Brief._meta.db_table
_MARK = f'("{_TABLE}".ctid, "{_TABLE}".xmin)::text'
_WHOLE = ("ids", "region")  # lists of any length: written each time
Shape = tuple[tuple[str, Any], ...]
Names = tuple[str, ...]


def marks(query: dict[str, Any], position: list[Any] | None, limit: int) -> prepared.Rows:
    """The first `limit` that fit, from this position of the list on: key, mark, and when anything last changed.

    A row's mark is another whenever the row is (https://www.postgresql.org/docs/18/ddl-system-columns.html).
    """
    asked = {name: value for name, value in query.items() if name in finding.NAMES}
    start = {} if position is None else _start(position)
    now = timezone.now()
    if any(name in asked for name in _WHOLE):
        return prepared.read(_found(asked, start, limit, now))
    shape = tuple((name, _example(name, value)) for name, value in sorted(asked.items()))
    statement = _written(shape, bool(start), limit, finding.is_everywhere(asked))
    return statement.read(now=now, **start, **_values(asked))


def rows_of(found: prepared.Rows, names: Sequence[str]) -> list[dict[str, Any]]:
    """Of the briefs that were found just now, newest first, the columns that these fields need."""
    keys = [key for key, *_ in found.rows]
    if fields.ask_for_the_moment(names):
        few = Brief.objects.among(keys).newest()
        return list(fields.select(few, names, "published_at", "pk"))
    return _rows(tuple(names)).read(keys=keys).objects()


def _start(position: list[Any]) -> dict[str, Any]:
    return {"moment": datetime.fromisoformat(position[0]), "key": int(position[1])}


def _example(name: str, value: Any) -> Any:
    return asking.example_of(value) if name == "q" else _EXAMPLES.get(name, value)


def _values(asked: dict[str, Any]) -> dict[str, Any]:
    filters = {name: value for name, value in asked.items() if name in _EXAMPLES}
    return filters | asking.texts_of(asked.get("q", ""))


@lru_cache(maxsize=500)
def _rows(names: Names) -> prepared.Prepared:
    def build(keys: list[int]) -> QuerySet[Any, Any]:
        few = Brief.objects.among(keys).newest()
        return fields.select(few, names, "published_at", "pk")

    return prepared.Prepared(build, keys=[1 << 60])


@lru_cache(maxsize=500)
def _written(shape: Shape, goes_on: bool, limit: int, is_everywhere: bool) -> prepared.Prepared:
    start = _POSITION if goes_on else {}

    def build(now: datetime, **_: Any) -> QuerySet[Any, Any]:
        return _found(dict(shape), start, limit, now, is_everywhere)

    examples = {"now": prepared.A_MOMENT, **start, **_values(dict(shape))}
    return prepared.Prepared(build, is_planned_once=not shape, **examples)


def _found(
    asked: dict[str, Any],
    start: dict[str, Any],
    limit: int,
    now: datetime,
    is_everywhere: bool | None = None,
) -> QuerySet[Any, Any]:
    found = finding.newest(Brief.objects.public(now), asked, is_everywhere)
    if start:
        found = found.after(**start)
    mark = Func(template=_MARK, output_field=TextField())
    told = found.annotate(mark=mark, last_change=changes.newest_change(now))
    return told.values_list("pk", "mark", "last_change")[:limit]
