"""Lists as PostgreSQL writes them: what psycopg does to learn what is in each took a good part of asking."""

from typing import Any


def written(value: Any) -> Any:
    """A list of nothing but numbers or texts as PostgreSQL reads it, which takes the type from the statement
    (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO); whatever else as it is.
    """
    if type(value) is not list:
        return value
    found = set(map(type, value))
    if found == {int}:
        return "{" + ",".join(map(str, value)) + "}"
    if found == {str}:
        return "{" + ",".join(map(_quoted, value)) + "}"
    return value


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
