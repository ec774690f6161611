"""A command to Valkey and its answer over a connection that each thread keeps.

What `redis.Redis` does around a command (its pool, retries and measurements) takes several times as long as the trip.
"""

import threading
from functools import lru_cache
from typing import Any

import redis


class Line(threading.local):
    """The connection of a thread to one store, made at its first question."""

    pool: redis.ConnectionPool | None = None
    connection: redis.Connection

    def ask(self, store: "redis.Redis", command: bytes) -> Any:
        """What that store answers to a command as `packed` writes it. Raises redis.RedisError.

        It is asked twice at most, when Valkey has been started anew since: such a command may happen twice.
        """
        if self.pool is not store.connection_pool:
            self.pool = store.connection_pool
            self.connection = self.pool.connection_class(**self.pool.connection_kwargs)
        try:
            return self._ask(command)
        except redis.ConnectionError:
            return self._ask(command)

    def get(self, store: "redis.Redis", key: str) -> bytes | None:
        """The value under this key. Raises redis.RedisError."""
        value: bytes | None = self.ask(store, _get(key))
        return value

    def _ask(self, command: bytes) -> Any:
        self.connection.send_packed_command([command], check_health=False)
        return self.connection.read_response()


def packed(*words: bytes) -> bytes:
    """A command as the protocol writes it (https://valkey.io/topics/protocol/)."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)


@lru_cache(maxsize=8)
def _get(key: str) -> bytes:
    return packed(b"GET", key.encode())
