"""Querysets put into SQL once, and planned once by PostgreSQL: both took longer than answering. So did storing.

What never changes of a statement stands in it as it is, so that PostgreSQL knows which partial index serves; what does
is bound by the server, which keeps the plan for the next time (https://www.psycopg.org/psycopg3/docs/advanced/prepare.html).
"""

import copy
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, NotSupportedError, OperationalError
from django.db import connections as databases
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from psycopg import sql

from accounts import planned

_PLACE = re.compile(r"%\((\w+)\)s")
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
        compiler = copy.copy(self.written.compiler)
        compiler.connection = databases[DEFAULT_DB_ALIAS]  # that of this thread
        compiler.execute_sql = lambda *_, **__: [self.rows]
        query = copy.copy(compiler.query)
        query.get_compiler = lambda using: compiler
        stand_in: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(self.written.iterable(stand_in))


@dataclass(frozen=True)
class Statement:
    """SQL with a place for each value by name, and the same with numbers, as PostgreSQL takes it."""

    named: str
    numbered: str
    names: tuple[str, ...]  # by number

    @classmethod
    def written(cls, named: str) -> "Statement":
        """The same of SQL that has its places by name already, such as %(slug)s."""
        names = tuple(dict.fromkeys(_PLACE.findall(named)))
        number = {name: f"${n}" for n, name in enumerate(names, 1)}
        numbered = _PLACE.sub(lambda place: number[place[1]], named)
        return cls(named, numbered.replace("%%", "%"), names)

    @classmethod
    def of(
        cls, text: str, params: Any, examples: dict[str, Any], *, may_name_moments: bool = False
    ) -> "Statement":
        """Django's SQL with places where the examples stand, and every other parameter written out.

        Raises ValueError for an example that stands nowhere.
        """
        found = [_name_of(given, examples) for given in params]
        if missing := set(examples) - set(found):
            raise ValueError(f"The statement has no place for {sorted(missing)}.")
        still = [p for p, n in zip(params, found, strict=True) if isinstance(p, datetime) and not n]
        if still and not may_name_moments:
            raise ValueError(f"The statement would ask at {still[0]} for ever.")
        names = tuple(dict.fromkeys(filter(None, found)))
        first, *rest = text.split("%s")
        spelt = ["" if name else _spelt(given) for name, given in zip(found, params, strict=True)]
        named, numbered = first, first
        for name, constant, part in zip(found, spelt, rest, strict=True):
            named += (f"%({name})s" if name else constant.replace("%", "%%")) + part
            numbered += (f"${names.index(name) + 1}" if name else constant) + part
        return cls(named, numbered.replace("%%", "%"), names)


@dataclass(frozen=True)
class _Written:
    """A queryset as a statement, and what makes its objects of the rows."""

    statement: Statement
    compiler: Any
    iterable: Any

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
        written = self._written
        rows = self._fetch(written.statement, values)
        return Rows([row[: written.compiler.col_count] for row in rows], written)

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


def listed(numbers: Iterable[int]) -> str:
    """Numbers as a value for such a condition."""
    return "{" + ",".join(map(str, numbers)) + "}"


def read(queryset: QuerySet[Any, Any]) -> Rows:
    """What a queryset answers, as it comes, where its statement is not worth keeping."""
    return Prepared(lambda: queryset, is_planned_once=False).read()


class _PlannedEachTime(psycopg.RawCursor[Any]):
    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=False)


def fetch_once(statement: Statement, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """As `fetch`, of a read whose best plan hangs on its values: that of a rare word is not that of a common one."""
    return fetch(statement, values, _PlannedEachTime)


def fetch(
    statement: Statement, values: dict[str, Any], cursor: Any = psycopg.RawCursor
) -> list[tuple[Any, ...]]:
    """All rows of a read whose plan is worth keeping.

    Without the question whether the connection still lives, which Django puts before each request's first statement:
    when it does not, or when a migration has changed the columns since, the read is asked again over a new one.
    """
    database: Any = databases[DEFAULT_DB_ALIAS]
    had_one = database.connection is not None
    database.health_check_done = True
    try:
        return _fetch(database, statement, values, cursor)
    except (OperationalError, InterfaceError, NotSupportedError) as error:
        is_worn = isinstance(error, NotSupportedError) or not database.is_usable()
        if database.in_atomic_block or not had_one or not is_worn:
            raise
        database.close()
        return _fetch(database, statement, values, cursor)


def store(statement: Statement, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What a statement that stores something answers; its plan is kept. It is asked once, whatever happens.

    Without a question to the server whether the connection still lives: one that has ended has its end to read.
    """
    database: Any = databases[DEFAULT_DB_ALIAS]
    if not database.in_atomic_block:
        database.health_check_done = not _has_news(database)
    try:
        return _fetch(database, statement, values, psycopg.RawCursor)
    except (OperationalError, InterfaceError):
        if not database.in_atomic_block and not database.is_usable():
            database.close()
        raise


def _has_news(database: Any) -> bool:
    """Whether the server sent something that nobody has asked for, such as its end. Then Django asks how it is."""
    if database.connection is None or database.connection.closed:
        return True
    return planned.of(database.connection).has_news


def _fetch(
    database: Any, statement: Statement, values: dict[str, Any], cursor_class: Any
) -> list[tuple[Any, ...]]:
    database.close_if_health_check_failed()
    database.ensure_connection()
    if cursor_class is psycopg.RawCursor and _is_bare(database):
        with database.wrap_database_errors:
            asked = [values[name] for name in statement.names]
            found = planned.of(database.connection).ask(statement.numbered, asked)
        if found is not None:
            return found
    if database.queries_logged:  # which puts the values into the text
        cursor = database.make_debug_cursor(psycopg.ClientCursor(database.connection))
        question: tuple[Any, ...] = statement.named, values
    else:
        cursor = database.make_cursor(cursor_class(database.connection))
        question = statement.numbered, [values[name] for name in statement.names]
    with cursor:
        cursor.execute(*question)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _is_bare(database: Any) -> bool:
    """Whether nothing stands around a statement: no transaction, and nobody who has Django's cursors tell of it."""
    return (
        database.connection.autocommit
        and not database.in_atomic_block
        and not database.queries_logged
        and not database.execute_wrappers
        and database.connection.prepare_threshold is not None
    )


def _name_of(given: Any, examples: dict[str, Any]) -> str:
    same = (n for n, one in examples.items() if type(one) is type(given) and one == given)
    return next(same, "")


def _spelt(given: Any) -> str:
    database = databases[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    with database.wrap_database_errors:
        return sql.Literal(given).as_string(database.connection)


def digest_of(*things: Any) -> str:
    """The same for things that are written the same."""
    return hashlib.sha256(repr(things).encode("utf-8", "surrogatepass")).hexdigest()
