"""Kinds of job for one test, and a look into the real broker."""

from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings

from jobs import hints, kinds
from tests.jobs.broker import Broker


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Make a function the work of a kind, for this test; returns the kind's name."""

    def register(
        work: kinds.Work | kinds.Together,
        *,
        external: bool = False,
        name: str = "tests.work",
        at_once: bool = False,
        most: int = 1,
        after: str = "",
    ) -> str:
        kind = kinds.Kind(name, work, external, at_once=at_once, most=most, after=after)
        monkeypatch.setitem(kinds._KINDS, name, kind)
        return name

    return register


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """The real Valkey with an empty queue, and a publisher that no other test has made wary."""
    publisher = hints.Publisher()
    monkeypatch.setattr(hints, "_publisher", publisher)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        broker = Broker(client, publisher)
        broker.clear()
        yield broker
        broker.clear()
