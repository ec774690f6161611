"""Many rows in one INSERT whose text is the same however many they are, so that PostgreSQL plans it once.

Django writes such a statement anew each time, value by value, which took a worker longer than PostgreSQL to store them.
The rows are sent as one JSON text: of the ways to send many it is the one whose writing is not Python's.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.expressions import DatabaseDefault

from accounts.inserting import insert
from accounts.later import Later
from accounts.statements import Statement, store


def statement(columns: Mapping[str, str], *parts: str, last: str) -> Statement:
    """A statement that is sent `rows`, of which `given` holds these columns, by name their types in SQL.

    `parts` stand before the `last` of it, such as "made AS (INSERT …)".
    """
    first = f"given AS MATERIALIZED ({_rows(columns)})"
    return Statement.written(f"WITH {', '.join([first, *parts])} {last}")


def _rows(columns: Mapping[str, str]) -> str:
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    return f"SELECT * FROM json_to_recordset(%(rows)s::json) AS given ({typed})"  # noqa: S608  # nosec B608  # names of our own columns


def sent(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as such a statement takes them. Raises TypeError for what JSON does not hold and is no moment or number."""
    return json.dumps(list(rows), default=_plain, ensure_ascii=False, separators=(",", ":"))


def types_of(model: type[models.Model], *columns: str) -> dict[str, str]:
    """By column of a model its type in SQL."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    return {name: str(fields[name].db_type(connection)) for name in columns}


@dataclass(frozen=True)
class Many:
    """Rows of one model, of which these columns are given; the others hold what Django would put there.

    `also` goes before the RETURNING, such as what to do with rows that are there already.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    also: str = ""

    def store(self, objects: Iterable[models.Model]) -> None:
        """Store them in their order, in one statement, and note their numbers. What the database fills in is read when
        it is asked for. No objects, no statement.
        """
        told = list(objects)
        pks = self.store_rows(self.rows_of(told))
        for one, pk in zip(told, pks, strict=not self.also):
            mark_stored(one, pk)

    def store_rows(self, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """The same of rows by column, where nobody needs objects; their numbers. No rows, no statement."""
        if not rows:
            return []
        return [pk for (pk,) in store(self._statement, {"rows": sent(rows)})]

    def store_later(self, rows: Sequence[Mapping[str, Any]], later: Later) -> None:
        """The same with what is sent next of `later`, where nobody needs the numbers either."""
        if rows:
            later.add(self._statement, {"rows": sent(rows)})

    def rows_of(self, objects: Iterable[models.Model]) -> list[dict[str, Any]]:
        """What is given of objects, by column."""
        return [{name: getattr(one, name) for name in self.columns} for one in objects]

    @cached_property
    def _statement(self) -> Statement:
        values = {name: f'given."{name}"' for name in self.columns}
        stored = insert(self.model, values, rows="FROM given")
        columns = types_of(self.model, *self.columns)
        return statement(columns, last=f"{stored} {self.also} RETURNING id")


def mark_stored(one: models.Model, pk: int) -> None:
    """Note on an object that a statement of ours has stored it under this number."""
    one.pk = pk
    one._state.adding = False
    one._state.db = DEFAULT_DB_ALIAS
    for field in one._meta.concrete_fields:
        if isinstance(one.__dict__.get(field.attname), DatabaseDefault):
            del one.__dict__[field.attname]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"No column takes a {type(value).__name__}.")
