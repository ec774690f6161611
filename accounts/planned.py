"""Statements that the server keeps planned, asked without a cursor.

What psycopg's cursor and Django's around it do for each question took four times what asking takes: libpq is given the
statement's name and its values, and psycopg's own adapters write the values and read the answer.
"""

import itertools
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer

from accounts import sockets

_MOST = 100  # as many as psycopg keeps of its own
_NO_SUCH_STATEMENT = b"26000"  # psycopg lets go of all that are prepared after a ROLLBACK
_ANSWERS = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_numbers = itertools.count()
Key = tuple[str, tuple[int, ...]]  # the statement and the types of its values
Row = tuple[Any, ...]


class Planned:
    """What one connection has planned. It must be in autocommit, outside of a transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._pgconn = connection.pgconn
        self._transformer = Transformer(connection)
        self._names: OrderedDict[Key, bytes] = OrderedDict()
        self._look = sockets.look_at(connection.pgconn.socket)

    @property
    def has_news(self) -> bool:
        """Whether the server sent something that nobody has asked for, such as the connection's end."""
        return bool(self._look())

    def ask(self, statement: str, values: Sequence[Any]) -> list[Row] | None:
        """All rows of a statement with places such as $1; None when it is asked for the first time, and not worth it.

        Blocks until the server answers. Raises psycopg.Error; nothing is asked twice.
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
        result = self._pgconn.exec_prepared(name or self._prepare(key), sent, formats)
        if _state(result) == _NO_SUCH_STATEMENT:
            self._names = OrderedDict.fromkeys(self._names, b"")
            result = self._pgconn.exec_prepared(self._prepare(key), sent, formats)
        transformer.set_pgresult(self._whole(result))
        rows = transformer.load_rows(0, result.ntuples, tuple)
        transformer.set_pgresult(None)
        return rows

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
            if name:
                self._whole(self._pgconn.exec_(b"DEALLOCATE " + name))

    def _whole(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in _ANSWERS:
            return result
        if _state(result) is None:  # libpq's own word: the server is gone
            raise psycopg.OperationalError(result.get_error_message(self._transformer.encoding))
        raise psycopg.errors.error_from_result(result, self._transformer.encoding)


def _state(result: pq.abc.PGresult) -> bytes | None:
    """What kind of error it is, if it is one."""
    return result.error_field(pq.DiagnosticField.SQLSTATE)


_of: WeakKeyDictionary[psycopg.Connection[Any], Planned] = WeakKeyDictionary()


def of(connection: psycopg.Connection[Any]) -> Planned:
    """What this connection has planned."""
    found = _of.get(connection)
    if found is None:
        found = _of[connection] = Planned(connection)
    return found
