"""Querysets put into SQL once, and planned once by PostgreSQL (`accounts.statements`): both took longer than answering.

What never changes of a statement stands in it as it is, so that PostgreSQL knows which partial index serves.
"""

import copy
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db import connections as databases
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from accounts import arrays
from accounts.statements import (
    Asked,
    Row,
    Statement,
    fetch,
    fetch_all,
    fetch_once,
    store,
    store_all,
)

__all__ = [
    "A_MOMENT",
    "NUMBERS",
    "Asked",
    "Prepared",
    "Row",
    "Rows",
    "Statement",
    "among",
    "digest_of",
    "fetch",
    "fetch_all",
    "fetch_once",
    "listed",
    "read",
    "store",
    "store_all",
]
NUMBERS = "{4071203711,4071203713}"  # a list of numbers as an example
A_MOMENT = datetime(1001, 1, 1, tzinfo=UTC)  # an example


@dataclass(frozen=True)
class Rows:
    """What a statement has answered, as it came."""

    rows: list[tuple[Any, ...]]
    written: "_Written"

    @cached_property
    def digest(self) -> str:
        """The same for the same answer, and for no other: what is made of these rows alone can be kept under it."""
        return digest_of(self.rows)

    def digest_without(self, *names: str) -> str:
        """As `digest`, of all but these annotations."""
        left_out = {self.written.places[name] for name in names}
        return digest_of([[v for n, v in enumerate(r) if n not in left_out] for r in self.rows])

    def first(self, *names: str) -> tuple[Any, ...]:
        """What these columns and annotations say in the first row, as it came."""
        return tuple(self.rows[0][self.written.places[name]] for name in names)

    def objects(self) -> list[Any]:
        """As the queryset gives them: models, or dicts out of `values()`."""
        if not self.rows:
            return []  # what follows would take longer than asking did
        compiler = copy.copy(self.written.compiler)
        compiler.connection = databases[DEFAULT_DB_ALIAS]  # that of this thread
        compiler.execute_sql = lambda *_, **__: [self.rows]
        compiler.get_converters = lambda _: self.written.converters
        query = copy.copy(compiler.query)
        query.get_compiler = lambda using: compiler
        stand_in: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(self.written.iterable(stand_in))


@dataclass(frozen=True)
class _Written:
    """A queryset as a statement, and what makes its objects of the rows."""

    statement: Statement
    compiler: Any
    iterable: Any

    @cached_property
    def converters(self) -> dict[int, Any]:
        """By place in a row what makes of a value that of the field: Django would ask each field again each time."""
        own = [column for column, _, _ in self.compiler.select[: self.compiler.col_count]]
        found: dict[int, Any] = self.compiler.get_converters(own)
        return found

    @cached_property
    def places(self) -> dict[str, int]:
        """Where in a row the model's own columns are, and the annotations."""
        own = enumerate(column for column, _, _ in self.compiler.select)
        table = self.compiler.query.get_initial_alias()
        named = {c.target.name: n for n, c in own if getattr(c, "alias", "") == table}
        return named | self.compiler.annotation_col_map


class Prepared:
    """A queryset whose SQL is written at its first use; each read puts its values where the examples stand.

    An example is known again by being equal: it must be like no other parameter of the statement, and reach it as it
    is. The build may not look at the values, since it sees examples only.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        *,
        is_planned_once: bool = True,
        **examples: Any,
    ) -> None:
        self._build = build
        self._examples = examples
        self._fetch = fetch if is_planned_once else fetch_once

    def read(self, **values: Any) -> Rows:
        """The answer for these values, in one statement."""
        return self.rows(self._fetch(*self.asked(**values)))

    def asked(self, **values: Any) -> Asked:
        """The statement with these values, for who sends it together with others."""
        return self._written.statement, values

    def rows(self, answer: list[tuple[Any, ...]]) -> Rows:
        """What was answered to `asked`."""
        written = self._written
        return Rows([row[: written.compiler.col_count] for row in answer], written)

    @property
    def nothing(self) -> Rows:
        """The answer of no rows, without asking."""
        return Rows([], self._written)

    @cached_property
    def _written(self) -> _Written:
        queryset = self._build(**self._examples)
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        text, params = compiler.as_sql()
        statement = Statement.of(text, params, self._examples, may_name_moments=not self._examples)
        return _Written(statement, compiler, queryset._iterable_class)


def among(column: str, numbers: str) -> RawSQL:
    """The condition that a column of numbers holds one of these, which are written as `listed` does.

    However many there are it is one statement, unlike Django's IN.
    """
    condition = f"{column} = ANY(%s::bigint[])"
    return RawSQL(condition, [numbers], output_field=BooleanField())  # noqa: S611  # nosec B611


def among_texts(column: str, texts: list[str]) -> RawSQL:
    """The same of a column of texts and a list of these."""
    condition = f"{column} = ANY(%s::text[])"
    return RawSQL(condition, [texts], output_field=BooleanField())  # noqa: S611  # nosec B611


def listed(numbers: Iterable[int]) -> str:
    """Numbers as a value for such a condition."""
    return arrays.numbers(numbers)


def read(queryset: QuerySet[Any, Any]) -> Rows:
    """What a queryset answers, as it comes, where its statement is not worth keeping."""
    return Prepared(lambda: queryset, is_planned_once=False).read()


def digest_of(*things: Any) -> str:
    """The same for things that are written the same."""
    return hashlib.sha256(repr(things).encode("utf-8", "surrogatepass")).hexdigest()
