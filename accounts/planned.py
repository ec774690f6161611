"""Statements that the server keeps planned, asked without a cursor.

What psycopg's cursor and Django's around it do for each question took four times what asking takes: libpq is given the
statement's name and its values, and psycopg's own adapters write the values and read the answer.
"""

import itertools
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer

from accounts import sockets

_MOST = 100  # as many as psycopg keeps of its own
_GONE = b"26000"  # no such statement: after DISCARD ALL, say
_CHANGED = b"0A000"  # "cached plan must not change result type", after a migration
_KEPT_AS = "_derisk_planned"
_ANSWERS = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_numbers = itertools.count()
Key = tuple[str, tuple[int, ...]]  # the statement and the types of its values
Row = tuple[Any, ...]


class Planned:
    """What one connection has planned."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._transformer = Transformer(connection)
        self._names: OrderedDict[Key, bytes] = OrderedDict()
        self._worn: list[bytes] = []  # what the server need not keep any longer
        self._look = sockets.look_at(connection.pgconn.socket)

    @property
    def has_news(self) -> bool:
        """Whether the server sent something that nobody has asked for, such as the connection's end."""
        return bool(self._look())

    def ask(self, statement: str, values: Sequence[Any]) -> list[Row] | None:
        """All rows of a statement with places such as $1; None when it is asked for the first time, and not worth it.

        Without autocommit it is asked within a transaction, which it begins if need be. Blocks until the server
        answers. Raises psycopg.Error; nothing is done twice. A plan that does not serve any more is made anew; within
        a transaction, which the server has given up then, that is left to whoever tries the whole again after an
        OperationalError, as if the connection had ended.
        """
        transformer = self._transformer
        # NULL is None here, which the types of `exec_prepared` have forgotten.
        sent: Any = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        key = statement, transformer.types or ()
        formats = transformer.formats
        name = self._names.get(key)
        if name is None:
            self._note(key)
            return None
        self._names.move_to_end(key)
        if self._pgconn.transaction_status == pq.TransactionStatus.IDLE:
            self._begin()
        result = self._pgconn.exec_prepared(name or self._prepare(key), sent, formats)
        if _state(result) in (_GONE, _CHANGED):
            self._forget(key, result)
            result = self._pgconn.exec_prepared(self._prepare(key), sent, formats)
        transformer.set_pgresult(self._whole(result))
        rows = transformer.load_rows(0, result.ntuples, tuple)
        transformer.set_pgresult(None)
        return rows

    def _begin(self) -> None:
        """Begin a transaction where psycopg would, of the only kind that Django asks for here."""
        while self._worn:  # here, where one that is not there does no harm
            self._pgconn.exec_(b"DEALLOCATE " + self._worn.pop())
        if not self._connection.autocommit:
            self._whole(self._pgconn.exec_(b"BEGIN"))

    def _forget(self, key: Key, result: pq.abc.PGresult) -> None:
        """Have what does not serve any more planned anew: all that is gone, or the one whose columns are others."""
        if _state(result) == _GONE:
            self._names = OrderedDict.fromkeys(self._names, b"")
        else:
            self._worn.append(self._names[key])
            self._names[key] = b""
        if self._pgconn.transaction_status == pq.TransactionStatus.INERROR:
            raise psycopg.OperationalError(result.get_error_message(self._transformer.encoding))

    def _prepare(self, key: Key) -> bytes:
        """The name under which it is planned from now on."""
        name = b"derisk_%d" % next(_numbers)
        statement, types = key
        self._whole(self._pgconn.prepare(name, statement.encode(), types))
        self._names[key] = name
        return name

    def _note(self, key: Key) -> None:
        """That it was asked once; the one that was asked the longest ago makes room."""
        self._names[key] = b""
        if len(self._names) > _MOST:
            _, name = self._names.popitem(last=False)
            self._worn += [name] if name else []

    def _whole(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in _ANSWERS:
            return result
        if _state(result) is None:  # libpq's own word: the server is gone
            raise psycopg.OperationalError(result.get_error_message(self._transformer.encoding))
        raise psycopg.errors.error_from_result(result, self._transformer.encoding)


def _state(result: pq.abc.PGresult) -> bytes | None:
    """What kind of error it is, if it is one."""
    return result.error_field(pq.DiagnosticField.SQLSTATE)


def of(connection: psycopg.Connection[Any]) -> Planned:
    """What this connection has planned, which ends with it."""
    # A table beside the connection would hold both for ever, since what is planned holds the connection.
    kept = vars(connection)
    found: Planned | None = kept.get(_KEPT_AS)
    if found is None:
        found = kept[_KEPT_AS] = Planned(connection)
    return found
