"""A value in Valkey that is known without asking, and never late."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import redis
from django.conf import settings

from jobs import valkey_watch
from jobs.valkey_watch import Watched
from tests import valkey_clients, valkey_trips

KEY = "watched"


@pytest.fixture
def store() -> Iterator["redis.Redis"]:
    store = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5)
    store.delete(KEY)
    yield store
    store.delete(KEY)


@pytest.fixture
def writer() -> "redis.Redis":
    """Another process."""
    return redis.Redis.from_url(settings.REDIS_URL)


def put(writer: "redis.Redis", value: str) -> None:
    writer.set(KEY, value)
    writer.ping()


def test_every_change_is_seen_by_the_next_read_and_nothing_else_takes_a_trip(
    store: "redis.Redis", writer: "redis.Redis"
) -> None:
    watched = Watched()
    assert watched.get(store, KEY) is None
    for number in range(200):
        put(writer, str(number))
        assert watched.get(store, KEY) == str(number).encode()

    with valkey_trips.seen() as trips:
        assert {watched.get(store, KEY) for _ in range(50)} == {b"199"}
    assert trips == []
    writer.delete(KEY)
    writer.ping()
    assert watched.get(store, KEY) is None


def test_each_of_many_threads_sees_a_change_that_came_before_it_asked(
    store: "redis.Redis", writer: "redis.Redis"
) -> None:
    watched = Watched()
    written = 0
    late: list[tuple[int, int]] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            least = written
            if (seen := int(watched.get(store, KEY) or 0)) < least:
                late.append((seen, least))
            time.sleep(0)  # else the writer waits 5 ms for each of its steps

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 300):
        put(writer, str(number))
        written = number
    over.set()
    for thread in threads:
        thread.join()

    assert late == []
    assert watched.get(store, KEY) == b"299"


def test_connection_that_was_ended_is_made_anew(
    store: "redis.Redis", writer: "redis.Redis"
) -> None:
    watched = Watched()
    put(writer, "old")
    watched.get(store, KEY)
    valkey_clients.end_ours(writer)
    put(writer, "new")

    assert watched.get(store, KEY) == b"new"


def test_connection_that_says_nothing_any_more_is_not_trusted_for_long(
    store: "redis.Redis", writer: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, now = Watched(), [100.0]
    monkeypatch.setattr(valkey_watch, "time", SimpleNamespace(monotonic=lambda: now[0]))
    put(writer, "old")
    watched.get(store, KEY)
    monkeypatch.setattr(watched, "_has_news", int)
    put(writer, "new")

    now[0] += 0.4
    before = watched.get(store, KEY)
    now[0] += 0.1

    assert (before, watched.get(store, KEY)) == (b"old", b"new")


def test_store_that_does_not_tell_is_asked_each_time(
    store: "redis.Redis", writer: "redis.Redis"
) -> None:
    writer.execute_command(
        "ACL", "SETUSER", "plain", "on", ">word", "~*", "+get", "+select", "resetchannels"
    )
    plain = redis.Redis(username="plain", password="word", **_place(store))
    watched = Watched()
    try:
        for value in ("a", "b"):
            writer.set(KEY, value)
            assert watched.get(plain, KEY) == value.encode()
            with valkey_trips.seen() as trips:
                watched.get(plain, KEY)
            assert trips == [["GET", KEY]]
    finally:
        writer.execute_command("ACL", "DELUSER", "plain")


def test_nobody_there_is_an_error_each_time_and_another_store_is_asked(
    store: "redis.Redis", writer: "redis.Redis"
) -> None:
    watched, dead = Watched(), redis.Redis(port=1, socket_connect_timeout=0.1)
    put(writer, "there")
    watched.get(store, KEY)

    for _ in range(2):
        with pytest.raises(redis.ConnectionError):
            watched.get(dead, KEY)

    assert watched.get(store, KEY) == b"there"


def _place(store: "redis.Redis") -> dict[str, object]:
    known = store.connection_pool.connection_kwargs
    return {name: known[name] for name in ("host", "port", "db")}
