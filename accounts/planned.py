"""Statements that the server keeps planned, asked without a cursor.

What psycopg's cursor and Django's around it do for each question took four times what asking takes: libpq is given the
statement's name and its values, and psycopg's own adapters write the values and read the answer.
"""

import itertools
import select
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer

from accounts import arrays, sockets

_MOST = 100  # as many as psycopg keeps of its own
_GONE = b"26000"  # no such statement: after DISCARD ALL, say
_CHANGED = b"0A000"  # "cached plan must not change result type", after a migration
_KEPT_AS = "_derisk_planned"
_ANSWERS = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_numbers = itertools.count()
Key = tuple[str, tuple[int, ...]]  # the statement and the types of its values
Row = tuple[Any, ...]
Question = tuple[str, Sequence[Any]]


class _Call(NamedTuple):
    """A statement as libpq takes it."""

    key: Key
    sent: Any
    formats: Any


class Planned:
    """What one connection has planned."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._transformer = Transformer(connection)
        self._names: OrderedDict[Key, bytes] = OrderedDict()
        self._worn: list[bytes] = []  # what the server need not keep any longer
        self._look = sockets.look_at(connection.pgconn.socket)
        self._ready = select.poll()
        self._ready.register(connection.pgconn.socket)

    @property
    def has_news(self) -> bool:
        """Whether the server sent something that nobody has asked for, such as the connection's end."""
        return bool(self._look())

    def ask_all(self, asked: Sequence[Question]) -> list[list[Row]] | None:
        """For each of these statements, with places such as $1, all its rows; None when one of them is asked for the
        first time, and not worth it.

        They are sent in one message, and done one after the other: each sees what those before it have waited for.
        Without autocommit they are asked within a transaction, which begins in the same message if need be. Blocks
        until the server answers. Raises psycopg.Error, of the first that fails; nothing is done twice. A plan that does
        not serve any more is made anew; within a transaction, which the server has given up then, that is left to
        whoever tries the whole again after an OperationalError, as if the connection had ended.
        """
        calls = [self._call(*one) for one in asked]
        new = [call.key for call in calls if call.key not in self._names]
        for key in new:
            self._note(key)
        if new:
            return None
        is_idle = self._pgconn.transaction_status == pq.TransactionStatus.IDLE
        if is_idle:
            self._let_go()
        begins = is_idle and not self._connection.autocommit
        return [self._rows(answer) for answer in self._answers(calls, begins=begins)]

    def _call(self, statement: str, values: Sequence[Any]) -> _Call:
        transformer = self._transformer
        # NULL is None here, which the types of `exec_prepared` have forgotten.
        written = [arrays.written(value) for value in values]
        sent: Any = transformer.dump_sequence(written, [PyFormat.AUTO] * len(values))
        return _Call((statement, transformer.types or ()), sent, transformer.formats)

    def _answers(self, calls: Sequence[_Call], *, begins: bool) -> list[pq.abc.PGresult]:
        for call in calls:
            self._names.move_to_end(call.key)
            if not self._names[call.key]:
                self._prepare(call.key)
        if begins or len(calls) > 1:
            results = self._together(calls, begins=begins)
        else:
            key, sent, formats = calls[0]
            results = [self._pgconn.exec_prepared(self._names[key], sent, formats)]
        for call, result in zip(calls, results, strict=False):  # what follows an error is not done
            if _state(result) in (_GONE, _CHANGED):
                self._forget(call.key, result)
                return self._answers(calls, begins=begins)
            self._whole(result)
        return results

    def _together(self, calls: Sequence[_Call], *, begins: bool) -> list[pq.abc.PGresult]:
        """Their answers, asked in one message.

        A transaction begins as psycopg would have it, which is the only kind that Django asks for here.
        """
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        try:
            if begins:
                pgconn.send_query_params(b"BEGIN", None)
            for key, sent, formats in calls:
                pgconn.send_query_prepared(self._names[key], sent, formats)
            pgconn.pipeline_sync()
            return self._read()[begins:]
        finally:
            # Whoever is interrupted before the last answer, as by a task's limit of time, leaves the connection like
            # this: Django, which cannot roll back, ends it.
            is_whole = pgconn.transaction_status != pq.TransactionStatus.ACTIVE
            if pgconn.status == pq.ConnStatus.OK and is_whole:
                pgconn.exit_pipeline_mode()

    def _read(self) -> list[pq.abc.PGresult]:
        """All answers up to the end of the message."""
        found: list[pq.abc.PGresult] = []
        while True:
            self._wait()
            result = self._pgconn.get_result()
            if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
                return found
            if result is not None:
                found.append(result)
            elif self._pgconn.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError(self._pgconn.get_error_message())

    def _wait(self) -> None:
        """Until the next answer is there. Other threads go on meanwhile, unlike in `get_result`."""
        pgconn = self._pgconn
        left = pgconn.flush()
        while pgconn.is_busy():
            self._ready.modify(pgconn.socket, select.POLLIN | (left and select.POLLOUT))
            self._ready.poll()
            pgconn.consume_input()
            left = left and pgconn.flush()

    def _rows(self, result: pq.abc.PGresult) -> list[Row]:
        self._transformer.set_pgresult(result)
        rows = self._transformer.load_rows(0, result.ntuples, tuple)
        self._transformer.set_pgresult(None)
        return rows

    def _let_go(self) -> None:
        """Of what is worn, outside of a transaction, where one that is not there does no harm."""
        while self._worn:
            self._pgconn.exec_(b"DEALLOCATE " + self._worn.pop())

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
