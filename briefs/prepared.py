"""Querysets put into SQL once: Django takes longer to write our large statements than PostgreSQL to answer them."""

import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable

A_MOMENT = datetime(1001, 1, 1, tzinfo=UTC)  # an example


@dataclass(frozen=True)
class Rows:
    """What a statement has answered, as it came."""

    rows: list[tuple[Any, ...]]
    compiler: Any

    @cached_property
    def digest(self) -> str:
        """The same for the same answer, and for no other: what is made of these rows alone can be kept under it."""
        return digest_of(self.rows)

    def objects(self) -> list[Any]:
        """As the queryset gives them."""
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # that of this thread
        compiler.execute_sql = lambda **_: [self.rows]
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        stand_in: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(stand_in))


class Prepared:
    """A queryset whose SQL is written at its first use; each read puts its values where the examples stand.

    An example is known again by being equal: it must be like no other parameter of the statement, and reach it as it
    is. The build may not look at the values, since it sees examples only.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], **examples: Any) -> None:
        self._build = build
        self._examples = examples

    def read(self, **values: Any) -> Rows:
        """The answer for these values, in one statement."""
        compiler, sql, template = self._written
        params = [values[name] if name else given for name, given in template]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        return Rows([row[: compiler.col_count] for row in rows], compiler)

    @cached_property
    def _written(self) -> tuple[Any, str, list[tuple[str, Any]]]:
        """The compiler, its SQL, and for each parameter the name of the value that goes there, or what it always is."""
        query = self._build(**self._examples).query
        compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        template = [(self._name_of(given), given) for given in params]
        if missing := set(self._examples) - {name for name, _ in template}:
            raise ValueError(f"The statement has no place for {sorted(missing)}.")
        return compiler, sql, template

    def _name_of(self, given: Any) -> str:
        same = (n for n, one in self._examples.items() if type(one) is type(given) and one == given)
        return next(same, "")


def digest_of(*things: Any) -> str:
    """The same for things that are written the same."""
    return hashlib.sha256(repr(things).encode("utf-8", "surrogatepass")).hexdigest()
