"""A test that ends connections ends none of another test process."""

import redis
from django.conf import settings

from tests import valkey_clients


def test_connections_to_another_database_stay() -> None:
    ours, asking = (
        redis.Redis.from_url(settings.REDIS_URL),
        redis.Redis.from_url(settings.REDIS_URL),
    )
    theirs = redis.Redis.from_url(settings.REDIS_URL)
    known = theirs.connection_pool.connection_kwargs
    known["db"] = 0 if known["db"] else 15
    before = [client.client_id() for client in (ours, theirs)]

    valkey_clients.end_ours(asking)

    after = [client.client_id() for client in (ours, theirs)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True]
