"""The newest briefs as the API lists them, by statements written once for each shape of a query."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from briefs import asking, prepared
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
_WHOLE = ("ids", "region")  # lists of any length: written each time
Shape = tuple[tuple[str, Any], ...]
Names = tuple[str, ...]


def newest(
    query: dict[str, Any], names: Sequence[str], position: list[Any] | None, limit: int
) -> prepared.Rows:
    """The first `limit` that fit, from this position of the list on, with the columns that these fields need."""
    asked = {name: value for name, value in query.items() if name in finding.NAMES}
    start = {} if position is None else _start(position)
    now = timezone.now()
    if any(name in asked for name in _WHOLE) or fields.ask_for_the_moment(names):
        return prepared.read(_found(asked, tuple(names), start, limit, now))
    shape = tuple((name, _example(name, value)) for name, value in sorted(asked.items()))
    statement = _written(shape, tuple(names), bool(start), limit, finding.is_everywhere(asked))
    return statement.read(now=now, **start, **_values(asked))


def _start(position: list[Any]) -> dict[str, Any]:
    return {"moment": datetime.fromisoformat(position[0]), "key": int(position[1])}


def _example(name: str, value: Any) -> Any:
    return asking.example_of(value) if name == "q" else _EXAMPLES.get(name, value)


def _values(asked: dict[str, Any]) -> dict[str, Any]:
    filters = {name: value for name, value in asked.items() if name in _EXAMPLES}
    return filters | asking.texts_of(asked.get("q", ""))


@lru_cache(maxsize=500)
def _written(
    shape: Shape, names: Names, goes_on: bool, limit: int, is_everywhere: bool
) -> prepared.Prepared:
    start = _POSITION if goes_on else {}

    def build(now: datetime, **_: Any) -> QuerySet[Any, Any]:
        return _found(dict(shape), names, start, limit, now, is_everywhere)

    examples = {"now": prepared.A_MOMENT, **start, **_values(dict(shape))}
    return prepared.Prepared(build, is_planned_once=not shape, **examples)


def _found(
    asked: dict[str, Any],
    names: Names,
    start: dict[str, Any],
    limit: int,
    now: datetime,
    is_everywhere: bool | None = None,
) -> QuerySet[Any, Any]:
    found = finding.newest(Brief.objects.public(now), asked, is_everywhere)
    if start:
        found = found.after(**start)
    # Found first: the texts of these few alone are read.
    few = Brief.objects.filter(pk__in=found.values("pk")[:limit]).newest()
    return fields.select(few, names, "published_at", "pk")
