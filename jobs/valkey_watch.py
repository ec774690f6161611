"""A value in Valkey that is known without asking: whoever changes it makes Valkey tell.

Valkey remembers who has read a key, and writes to these connections as soon as it is changed
(https://valkey.io/topics/client-side-caching/). Looking whether it wrote is a look at a socket of this process; the
trip for each look, with four threads that wait for each other meanwhile, took as long as all else of a kept page.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hiredis
import redis

from accounts import sockets
from jobs.valkey_line import packed

# A connection that is cut without a word tells nothing: after so many seconds the value is asked for all the same.
_TRUSTED = 0.5
_REFUSED = 60  # seconds after which a store that does not tell is asked whether it does now


@dataclass(frozen=True)
class _Held:
    value: bytes | None
    asked: float  # monotonic, before the question
    until: float
    pool: Any  # of the store that was asked


class Watched:
    """What one key holds, for all threads of a process; a read that begins after a change sees it.

    So it does for whoever changes the value and then asks Valkey anything else: by then it has told.
    """

    _lock: threading.Lock
    _held: _Held | None
    _connection: Any
    _pool: Any
    _has_news: Callable[[], int]

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def get(self, store: "redis.Redis", key: str) -> bytes | None:
        """The value under this key, always the same one. Raises redis.RedisError and OSError."""
        began = time.monotonic()
        has_news = self._has_news()  # first: whoever takes the news in has forgotten the value
        held = self._held
        if not has_news and held and began < held.until and held.pool is store.connection_pool:
            return held.value
        with self._lock:
            held = self._held
            if held and began <= held.asked and held.pool is store.connection_pool:
                return held.value  # another thread has asked since
            return self._ask(store, key)

    def _ask(self, store: "redis.Redis", key: str) -> bytes | None:
        self._held = None
        if self._pool is not store.connection_pool:
            self._close()
        asked = time.monotonic()
        try:
            value = self._read_twice(store, key)
        except Exception:
            self._close()
            raise
        until = asked + _TRUSTED if self._tells else 0
        self._held = _Held(value, asked, until, store.connection_pool)
        return value

    def _read_twice(self, store: "redis.Redis", key: str) -> bytes | None:
        try:
            return self._read(store, key)
        except (redis.ConnectionError, ConnectionError):  # started anew since, as like as not
            self._close()
            return self._read(store, key)

    def _read(self, store: "redis.Redis", key: str) -> bytes | None:
        if self._connection is None or (not self._tells and time.monotonic() > self._retry):
            self._close()
            self._open(store)
        while True:
            value = self._answer(b"GET", key.encode())
            if not self._reader.has_data():  # else it was told of a change right behind its answer
                return value

    def _open(self, store: "redis.Redis") -> None:
        self._pool = store.connection_pool
        connection = self._pool.connection_class(**self._pool.connection_kwargs | {"protocol": 2})
        connection.connect()
        self._connection = connection
        self._reader = hiredis.Reader()
        try:
            self._answer(b"HELLO", b"3")
            self._answer(b"CLIENT", b"TRACKING", b"ON")
            self._tells = True
        except redis.ResponseError:  # an old one, or one that lets us read and write only
            self._tells, self._retry = False, time.monotonic() + _REFUSED
        self._has_news = sockets.look_at(connection._sock.fileno())

    def _answer(self, *command: bytes) -> Any:
        """What it answers, without what it has told meanwhile."""
        assert self._connection is not None
        self._connection._sock.sendall(packed(*command))
        while True:
            answer = self._reader.gets()
            if answer is False:
                self._hear()
            elif isinstance(answer, hiredis.ReplyError):
                raise redis.ResponseError(str(answer))
            elif not isinstance(answer, hiredis.PushNotification):
                return answer

    def _hear(self) -> None:
        heard = self._connection._sock.recv(65_536)
        if not heard:
            raise redis.ConnectionError("Valkey has ended the connection.")
        self._reader.feed(heard)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.disconnect()
        self._forget_connection()

    def _forget(self) -> None:
        """Know nothing; in a child that was forked the connection is its parent's."""
        self._lock = threading.Lock()
        self._held = None
        self._forget_connection()

    def _forget_connection(self) -> None:
        self._connection = None
        self._pool = None
        self._tells, self._retry = False, 0.0
        self._has_news = int
