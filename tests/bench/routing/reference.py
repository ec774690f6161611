"""C: how fast two bare Celery workers do nothing, and how long one message takes at fifty a second."""

import os
import time
from pathlib import Path

import redis

from tests.bench.routing import processes

NOTHING = "tests.bench.routing.noop"


def rate(home: Path, count: int) -> float:
    """Tasks a second: so many sent, until the last is done. Sender and workers share the machine, as our sweep does."""
    from tests.bench.routing import noop

    with processes.bare_workers(home, NOTHING):
        noop.nothing.delay()
        _wait_until_empty()
        began = time.perf_counter()
        for _ in range(count):
            noop.nothing.delay()
        _wait_until_empty()
        return count / (time.perf_counter() - began)


def waits(home: Path, a_second: float, count: int) -> list[float]:
    """Milliseconds from sending to doing, at so many a second."""
    from tests.bench.routing import noop

    with processes.bare_workers(home, NOTHING), _valkey() as valkey:
        noop.wait_of.delay(time.time())
        _wait_until_empty()
        valkey.delete(noop.WAITS)
        began = time.perf_counter()
        for number in range(count):
            time.sleep(max(0, began + number / a_second - time.perf_counter()))
            noop.wait_of.delay(time.time())
        _wait_until_empty()
        return [float(wait) for wait in valkey.lrange(noop.WAITS, 0, -1)]  # type: ignore[union-attr]


def _valkey() -> redis.Redis:
    return redis.Redis.from_url(os.environ["REDIS_URL"])


def _wait_until_empty() -> None:
    """Nothing waits, and nothing that a worker took is left undone."""
    with _valkey() as valkey:
        while valkey.llen("noop") or valkey.hlen("unacked"):
            time.sleep(0.005)
