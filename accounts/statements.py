"""Statements that are planned once by PostgreSQL: that took longer than answering. So did storing.

What changes of a statement is bound by the server, which keeps the plan for the next time
(https://www.psycopg.org/psycopg3/docs/advanced/prepare.html).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError
from django.db import connections as databases
from psycopg import sql
from psycopg.pq import TransactionStatus

from accounts import planned

_PLACE = re.compile(r"%\((\w+)\)s")


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

    def in_order(self, values: dict[str, Any]) -> list[Any]:
        """The values by number."""
        return [values[name] for name in self.names]


Asked = tuple[Statement, dict[str, Any]]
Row = tuple[Any, ...]


class _PlannedEachTime(psycopg.RawCursor[Any]):
    """Were one statement kept planned by psycopg, it would let go of ours with it at the next ROLLBACK."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=False)


def fetch_once(statement: Statement, values: dict[str, Any]) -> list[Row]:
    """As `fetch`, of a read whose best plan hangs on its values: that of a rare word is not that of a common one."""
    return fetch(statement, values, is_kept=False)


def fetch(
    statement: Statement,
    values: dict[str, Any],
    *,
    is_kept: bool = True,
    after: Asked | None = None,
) -> list[Row]:
    """All rows of a read whose plan is worth keeping.

    It sees what the statement `after` which it comes, such as one that locks, has waited for; both are sent in one
    message.
    """
    return fetch_all(*([after] if after else []), (statement, values), is_kept=is_kept)[-1]


def fetch_all(*asked: Asked, is_kept: bool = True) -> list[list[Row]]:
    """The same of several, which are sent in one message.

    Without the question whether the connection still lives, which Django puts before each request's first statement:
    when it does not, they are asked again over a new one.
    """
    if not asked:
        return []
    database: Any = databases[DEFAULT_DB_ALIAS]
    had_one = database.connection is not None
    database.health_check_done = True
    try:
        return _fetch(database, asked, is_kept=is_kept)
    except (OperationalError, InterfaceError):
        if database.in_atomic_block or not had_one or database.is_usable():
            raise
        database.close()
        return _fetch(database, asked, is_kept=is_kept)


def store(statement: Statement, values: dict[str, Any]) -> list[Row]:
    """What a statement that stores something answers; its plan is kept. It is asked once, whatever happens."""
    return store_all((statement, values))[0]


def store_all(*asked: Asked) -> list[list[Row]]:
    """The same of several, which are sent in one message; more than one have to be within a transaction.

    Without a question to the server whether the connection still lives: one that has ended has its end to read.
    """
    if not asked:
        return []
    database: Any = databases[DEFAULT_DB_ALIAS]
    if not database.in_atomic_block:
        database.health_check_done = not _has_news(database)
    try:
        return _fetch(database, asked, is_kept=True)
    except (OperationalError, InterfaceError):
        if not database.in_atomic_block and not database.is_usable():
            database.close()
        raise


def _has_news(database: Any) -> bool:
    """Whether the server sent something that nobody has asked for, such as its end. Then Django asks how it is."""
    if database.connection is None or database.connection.closed:
        return True
    return planned.of(database.connection).has_news


def _fetch(database: Any, asked: Sequence[Asked], *, is_kept: bool) -> list[list[Row]]:
    database.close_if_health_check_failed()
    database.ensure_connection()
    if is_kept and _is_bare(database):
        database.validate_no_broken_transaction()
        with database.wrap_database_errors:
            bare = [(one.numbered, one.in_order(values)) for one, values in asked]
            found = planned.of(database.connection).ask_all(bare)
        if found is not None:
            return found
    return [_by_cursor(database, *one) for one in asked]


def _by_cursor(database: Any, statement: Statement, values: dict[str, Any]) -> list[Row]:
    if database.queries_logged:  # which puts the values into the text
        cursor = database.make_debug_cursor(psycopg.ClientCursor(database.connection))
        question: tuple[Any, ...] = statement.named, values
    else:
        cursor = database.make_cursor(_PlannedEachTime(database.connection))
        question = statement.numbered, statement.in_order(values)
    with cursor:
        cursor.execute(*question)
        rows: list[Row] = cursor.fetchall()
    return rows


def _is_bare(database: Any) -> bool:
    """Whether nothing stands around a statement: no transaction that has failed, nobody who has Django's cursors tell
    of it."""
    return (
        database.connection.pgconn.transaction_status != TransactionStatus.INERROR
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
