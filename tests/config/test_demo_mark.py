"""The demo fills an empty database or a demo's, and no other."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from config import demo_mark
from config.supervisor import CannotStart
from tests import databases


@pytest.fixture
def empty() -> Iterator[str]:
    """The address of a database without a table."""
    name = sql.Identifier("demo_mark_trial")
    with psycopg.connect(databases.url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        yield databases.url("demo_mark_trial")
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def fill(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE clients ()")


def test_an_empty_database_is_marked_and_known_again_when_it_is_full(empty: str) -> None:
    demo_mark.require(empty)
    fill(empty)

    demo_mark.require(empty)


def test_a_database_with_data_and_no_mark_is_refused(empty: str) -> None:
    fill(empty)

    with pytest.raises(
        CannotStart, match="demo_mark_trial, which holds data and is no demo's"
    ) as no:
        demo_mark.require(empty)

    with psycopg.connect(empty) as connection:
        connection.execute(str(no.value).rpartition("marked by: ")[2])
    demo_mark.require(empty)


def test_a_database_that_is_not_there_is_said_in_one_line() -> None:
    with pytest.raises(CannotStart, match="DATABASE_URL does not work: ") as no:
        demo_mark.require("postgres://nobody@127.0.0.1:1/nothing")

    assert "\n" not in str(no.value)
