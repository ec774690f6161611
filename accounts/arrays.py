"""Lists as PostgreSQL writes them (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO), for a statement that
says of what they are: what psycopg does to learn it took a good part of asking, and of an empty one it learns nothing.
"""

from collections.abc import Iterable
from typing import Any


def written(value: Any) -> Any:
    """A list of nothing but numbers or texts as PostgreSQL writes it; whatever else as it is."""
    if type(value) is not list:
        return value
    found = set(map(type, value))
    if found == {int}:
        return numbers(value)
    if found == {str}:
        return texts(value)
    return value


def numbers(values: Iterable[int]) -> str:
    """Numbers as one list."""
    return "{" + ",".join(map(str, values)) + "}"


def texts(values: Iterable[str]) -> str:
    """Texts as one list, whatever stands in them."""
    return "{" + ",".join(map(_quoted, values)) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
