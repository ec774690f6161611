"""Who is connected to the Valkey that all test processes share."""

import redis


def end_ours(store: "redis.Redis") -> None:
    """End every connection to the database of this test process, as a restart does; the others' tests go on.

    `CLIENT KILL TYPE normal` ends theirs too, one between its command and the answer as well.
    """
    number = str(store.connection_pool.connection_kwargs.get("db", 0))
    for client in store.client_list():
        if client["db"] == number:
            store.client_kill_filter(_id=client["id"], skipme=True)
