"""Statements asked by the name under which the server has planned them answer as over a cursor."""

import gc
import uuid
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts import planned
from accounts.planned import Planned

QUERY = "SELECT $1::int + 1, $2::text, $3::timestamptz, $4::uuid, $5::varchar[], $6::text"
VALUES = [1, "é", datetime(2025, 1, 1, tzinfo=UTC), uuid.UUID(int=7), "{}", None]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line() -> Iterator[Any]:
    """A connection of this test alone, to the test's database."""
    connection.ensure_connection()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as line:
        yield line


def ask(ours: planned.Planned, statement: str, values: Sequence[Any]) -> list[planned.Row] | None:
    """One statement alone."""
    found = ours.ask_all([(statement, values)])
    return None if found is None else found[0]


def names(line: Any) -> list[str]:
    query = (
        "SELECT name FROM pg_prepared_statements WHERE name LIKE 'derisk%' ORDER BY prepare_time"
    )
    return [name for (name,) in line.execute(query, prepare=False)]


def test_what_is_asked_again_is_planned_once_and_answers_as_a_cursor_does(line: Any) -> None:
    ours = planned.of(line)
    assert ask(ours, QUERY, VALUES) is None
    assert names(line) == []

    answers = [ask(ours, QUERY, VALUES) for _ in range(3)]

    assert answers == [psycopg.RawCursor(line).execute(QUERY, VALUES).fetchall()] * 3
    assert len(names(line)) == 1
    assert planned.of(line) is ours


def test_values_of_another_type_are_another_statement(line: Any) -> None:
    ours = planned.of(line)
    for value in (1, 1, 1 << 40, 1 << 40):
        found = ask(ours, "SELECT $1", [value])

    assert found == [(1 << 40,)]
    assert len(names(line)) == 2


def test_statement_that_answers_nothing(line: Any) -> None:
    line.execute("CREATE TEMPORARY TABLE kept (name text)")
    ours = planned.of(line)
    ask(ours, "INSERT INTO kept VALUES ($1)", ["a"])

    assert ask(ours, "INSERT INTO kept VALUES ($1)", ["b"]) == []
    assert line.execute("SELECT name FROM kept").fetchall() == [("b",)]


def test_what_psycopg_let_go_of_is_planned_again(line: Any) -> None:
    ours = planned.of(line)
    for _ in range(2):
        ask(ours, "SELECT $1::int", [1])
    line.execute("DEALLOCATE ALL")

    assert ask(ours, "SELECT $1::int", [2]) == [(2,)]
    assert len(names(line)) == 1


def test_errors_are_those_of_psycopg(line: Any) -> None:
    ours = planned.of(line)
    ask(ours, "SELECT 1 / $1::int", [0])

    with pytest.raises(psycopg.errors.DivisionByZero):
        ask(ours, "SELECT 1 / $1::int", [0])
    assert ask(ours, "SELECT 1 / $1::int", [1]) == [(1,)]
    ask(ours, "SELECT nothing", [])
    with pytest.raises(psycopg.errors.UndefinedColumn):
        ask(ours, "SELECT nothing", [])


def test_server_that_is_gone_is_an_operational_error(line: Any) -> None:
    ours = planned.of(line)
    for _ in range(2):
        ask(ours, "SELECT $1::int", [1])
    assert not ours.has_news
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [line.info.backend_pid])

    assert ours.has_news
    with pytest.raises(psycopg.OperationalError):
        ask(ours, "SELECT $1::int", [1])
    assert line.closed


def test_what_was_asked_the_longest_ago_makes_room(
    line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planned, "_MOST", 3)
    ours = Planned(line)
    for number in (1, 1, 2, 2, 1, 3, 3, 4, 4):
        ask(ours, f"SELECT {number}", [])

    query = "SELECT statement FROM pg_prepared_statements WHERE name LIKE 'derisk%'"
    assert {text for (text,) in line.execute(query)} == {"SELECT 1", "SELECT 3", "SELECT 4"}


def test_what_a_connection_has_planned_is_forgotten_with_it() -> None:
    connection.ensure_connection()
    held = weakref.ref(connection.connection), weakref.ref(planned.of(connection.connection))
    connection.close()
    gc.collect()

    assert [one() for one in held] == [None, None]


def test_statements_of_one_message_are_done_in_their_order_and_each_answers(line: Any) -> None:
    line.execute("CREATE TEMPORARY TABLE kept (name text)")
    ours = planned.of(line)
    both = [
        ("INSERT INTO kept VALUES ($1) RETURNING name", ["a"]),
        ("SELECT count(*) FROM kept", []),
    ]
    assert ours.ask_all(both) is None

    assert [ours.ask_all(both) for _ in range(2)] == [[[("a",)], [(1,)]], [[("a",)], [(2,)]]]
    assert line.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert line.execute("SELECT count(*) FROM kept").fetchone() == (2,)


def test_a_message_greater_than_what_lies_between_the_two_ends_is_sent_and_read(line: Any) -> None:
    ours = planned.of(line)
    long = [("SELECT $1::text", [letter * 20_000_000]) for letter in "ab"]
    ours.ask_all(long)

    found = ours.ask_all(long)

    assert found == [[("a" * 20_000_000,)], [("b" * 20_000_000,)]]


@pytest.mark.parametrize("place", [0, 1])
def test_of_a_message_nothing_is_done_when_one_statement_fails(line: Any, place: int) -> None:
    line.execute("CREATE TEMPORARY TABLE kept (name text)")
    ours = planned.of(line)
    asked: list[planned.Question] = [("INSERT INTO kept VALUES ($1)", ["a"])]
    asked.insert(place, ("SELECT 1 / $1::int", [0]))
    ours.ask_all(asked)

    with pytest.raises(psycopg.errors.DivisionByZero):
        ours.ask_all(asked)

    assert line.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert ask(ours, "SELECT 1 / $1::int", [1]) == [(1,)]


def test_statements_of_a_message_that_the_server_has_let_go_of_are_planned_again(line: Any) -> None:
    ours = planned.of(line)
    both = [("SELECT $1::int", [1]), ("SELECT $1::int + 1", [1])]
    for _ in range(2):
        ours.ask_all(both)
    line.execute("DEALLOCATE ALL")

    assert ours.ask_all(both) == [[(1,)], [(2,)]]
    assert len(names(line)) == 2


def test_message_to_a_server_that_is_gone_is_an_operational_error(line: Any) -> None:
    ours = planned.of(line)
    both = [("SELECT $1::int", [1]), ("SELECT $1::int + 1", [1])]
    for _ in range(2):
        ours.ask_all(both)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [line.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        ours.ask_all(both)
    assert line.closed
