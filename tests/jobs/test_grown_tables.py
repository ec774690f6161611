"""PostgreSQL looks at tables that have grown tenfold, without waiting for autovacuum; plans are made anew for them."""

from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.statements import Statement, fetch
from jobs import grown_tables, hints, sweeping
from tests.jobs.broker import Broker

pytestmark = pytest.mark.django_db(transaction=True)
FIND = Statement.written("SELECT id FROM crowd WHERE id = %(id)s::int")


@pytest.fixture(autouse=True)
def crowd() -> Iterator[None]:
    """A table that PostgreSQL has seen empty, and will not look at by itself."""
    run("CREATE TABLE crowd (id int PRIMARY KEY) WITH (autovacuum_enabled = off)")
    run("ANALYZE crowd")
    grown_tables.look()  # at those that other tests have filled
    yield
    run("DROP TABLE crowd")


def run(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchall()) if cursor.description else ""


def grow(first: int, last: int) -> None:
    run(f"INSERT INTO crowd SELECT generate_series({first}, {last})")
    run("SELECT pg_stat_force_next_flush()")


def test_looks_at_the_first_hundred_and_then_at_ten_times_as_many() -> None:
    looks = []
    for first, last in ((1, 99), (100, 100), (101, 999), (1000, 1000), (1001, 1100)):
        grow(first, last)
        looks.append("crowd" in grown_tables.look())

    assert looks == [False, True, False, True, False]


def test_a_table_that_is_large_already_is_left_to_autovacuum() -> None:
    grow(1, 100_001)

    assert "crowd" not in grown_tables.look()


def test_what_was_planned_on_an_empty_table_is_planned_anew() -> None:
    def plan() -> str:
        for _ in range(8):  # PostgreSQL keeps a plan from the sixth time on
            fetch(FIND, {"id": 1})
        found = run("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%FROM crowd %'")
        name = found.strip("[](),'")
        return run(f"EXPLAIN EXECUTE {name} (1)")

    connection.close()
    assert "Seq Scan" in plan()
    grow(1, 5000)
    assert "Seq Scan" in plan()

    grown_tables.look()

    assert "Index Only Scan" in plan()


def test_each_sweep_looks(broker: Broker) -> None:
    grow(1, 100)

    sweeping.sweep_once(hints.Breaker(pause=60))

    assert "crowd" not in grown_tables.look()
