"""A command to Valkey and its answer over a connection that each thread keeps.

What `redis.Redis` does around a command (its pool, retries and measurements) takes several times as long as the trip.
"""

import threading
from collections.abc import Sequence
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
        return self.ask_all(store, [command])[0]

    def ask_all(self, store: "redis.Redis", commands: Sequence[bytes]) -> list[Any]:
        """The same for several commands in one trip; the first that is refused raises."""
        if self.pool is not store.connection_pool:
            self.pool = store.connection_pool
            self.connection = self.pool.connection_class(**self.pool.connection_kwargs)
        try:
            return self._ask(commands)
        except redis.ConnectionError:
            return self._ask(commands)

    def _ask(self, commands: Sequence[bytes]) -> list[Any]:
        self.connection.send_packed_command([b"".join(commands)], check_health=False)
        try:
            return [self.connection.read_response() for _ in commands]
        except redis.ResponseError:
            if len(commands) > 1:  # the answers behind it are still to come
                self.connection.disconnect()
            raise


def packed(*words: bytes) -> bytes:
    """A command as the protocol writes it (https://valkey.io/topics/protocol/)."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)
