"""Lists of numbers and of texts reach PostgreSQL as they are, whatever is in them."""

from typing import Any

import pytest

from accounts import arrays
from accounts.statements import Statement, fetch

pytestmark = pytest.mark.django_db
_HOSTILE = ["", "NULL", "null", " a ", 'say "so"', "back\\slash\\", "{a,b}", "a,b", "ß٢\n\t'", "%s"]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("bigint", [1, -2, 2**62]),
        ("smallint", [7]),
        ("text", _HOSTILE),
        ("text", ["only one"]),
        ("text", []),
        ("text", ["with", None]),
        ("boolean", [True, False]),
        ("numeric", [1, None]),
    ],
)
def test_a_list_arrives_as_it_is(kind: str, given: list[Any]) -> None:
    statement = Statement.written(f"SELECT %(given)s::{kind}[]")

    answers = [fetch(statement, {"given": given}) for _ in range(3)]  # planned the second time

    assert answers == [[(given,)]] * 3


def test_what_is_compared_with_a_column_takes_its_type() -> None:
    statement = Statement.written(
        "SELECT id FROM (VALUES (8::bigint), (9)) AS row (id) WHERE id = ANY(%(ids)s)"
    )

    assert [fetch(statement, {"ids": [9, 10]}) for _ in range(3)] == [[(9,)]] * 3


@pytest.mark.parametrize("value", [[], [1, "a"], [True], [None], (1, 2), "a", {"a": 1}, None])
def test_whatever_else_is_left_to_psycopg(value: object) -> None:
    assert arrays.written(value) is value
