"""One value of Valkey, asked for over a connection that each thread keeps.

A kept page costs one such trip and little else: what `redis.Redis` does around a command (its pool, retries and
measurements) takes several times as long as the trip.
"""

import threading
from functools import lru_cache

import redis


class Line(threading.local):
    """The connection of a thread, made at its first question."""

    pool: redis.ConnectionPool | None = None
    connection: redis.Connection

    def get(self, store: "redis.Redis", key: str) -> bytes | None:
        """The value under this key in that store. Raises redis.RedisError."""
        if self.pool is not store.connection_pool:
            self.pool = store.connection_pool
            self.connection = self.pool.connection_class(**self.pool.connection_kwargs)
        try:
            return self._ask(key)
        except redis.ConnectionError:  # Valkey has been started anew since
            return self._ask(key)

    def _ask(self, key: str) -> bytes | None:
        self.connection.send_packed_command(_question(key), check_health=False)
        answer: bytes | None = self.connection.read_response()
        return answer


@lru_cache(maxsize=8)
def _question(key: str) -> list[bytes]:
    """GET, as the protocol writes it (https://valkey.io/topics/protocol/)."""
    name = key.encode()
    return [b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(name), name)]
