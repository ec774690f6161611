"""A connection to Valkey for commands whose answers nobody waits for; they are read when the next command goes out.

To wake a thread that sends took five times as long as sending. Whoever cannot send at once gives it to the thread.
"""

import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import hiredis
import redis
import structlog

from accounts import sockets

log = structlog.get_logger("derisk.hints")
_PATIENCE = 1.0  # seconds that an answer may take before the line counts as dead
# Seconds: two processes that find nothing to do look at some 400 messages meanwhile.
_BELIEVED_FOR = 0.2
Command = tuple[str, bytes]  # the list that it puts something into, and what is sent


class QuickLine:
    """One for all threads of a process; a child that was forked has none until it opens its own."""

    _connection: Any
    _look: Callable[[], int]

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._connection = None
        self._owed = deque[str]()  # the lists of which answers are still to come
        self._since = 0.0  # monotonic, of the first of them
        self._lengths: dict[str, tuple[int, float]] = {}  # and when each was told, monotonic

    def length(self, name: str) -> int:
        """How long this list was when something was put into it just now; 0 when nothing was."""
        length, told_at = self._lengths.get(name, (0, 0.0))
        return length if time.monotonic() - told_at < _BELIEVED_FOR else 0

    def put(self, commands: Sequence[Command]) -> bool:
        """Whether they are on their way. Never waits; False when the line is closed, which any trouble does to it."""
        with self._lock:
            if self._connection is None or not self._hear():
                return False
            if not sockets.is_sent(self._socket.fileno(), b"".join([sent for _, sent in commands])):
                self._close()
                return False
            if not self._owed:
                self._since = time.monotonic()
            self._owed.extend([name for name, _ in commands])
            return True

    def open(self, store: "redis.Redis") -> None:
        """Open it, unless it is; waits for the store. Raises redis.RedisError and OSError."""
        if self._connection is not None:
            return
        pool = store.connection_pool
        connection = pool.connection_class(**pool.connection_kwargs | {"protocol": 2})
        connection.connect()
        if type(connection._sock) is not socket.socket:  # over TLS nothing is sent without waiting
            connection.disconnect()
            return
        with self._lock:
            self._socket = connection._sock
            self._reader = hiredis.Reader()
            self._look = sockets.look_at(self._socket.fileno())
            self._owed.clear()
            self._connection = connection

    def settle(self) -> None:
        """Wait until all is answered, as long as an answer may take."""
        with self._lock:
            until = time.monotonic() + _PATIENCE
            while self._connection is not None and self._owed and time.monotonic() < until:
                select.select([self._socket], [], [], max(0.0, until - time.monotonic()))
                self._hear()

    def _hear(self) -> bool:
        """Take in the answers that are there; whether the line is as it should be."""
        try:
            if self._look():
                self._read()
        except (OSError, redis.RedisError) as error:
            log.warning("hint refused", error=type(error).__name__)
            self._close()
        if self._owed and time.monotonic() - self._since > _PATIENCE:
            self._close()
        return self._connection is not None

    def _read(self) -> None:
        heard = self._socket.recv(65_536, socket.MSG_DONTWAIT)
        if not heard:
            raise redis.ConnectionError("Valkey has ended the connection.")
        self._reader.feed(heard)
        while (answer := self._reader.gets()) is not False:
            name, self._since = self._owed.popleft(), time.monotonic()
            if isinstance(answer, hiredis.ReplyError):
                raise redis.ResponseError(str(answer))
            self._lengths[name] = answer, self._since

    def _close(self) -> None:
        self._connection.disconnect()
        self._connection = None
        self._owed.clear()
