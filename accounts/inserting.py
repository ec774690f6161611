"""INSERT statements as text, for rows that are stored so often that Django takes longer to write the statement."""

from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db import connections as databases
from psycopg import sql


def insert(model: type[models.Model], given: Mapping[str, str], *, rows: str = "") -> str:
    """An INSERT of what is given: for each column an expression in SQL. The other columns hold what Django would put.

    With `rows`, such as "FROM enquiry", it stores one for each row of that. Raises ValueError where Django's value
    would be made anew for each row, and so has to be given.
    """
    written = {**_standing(model, given), **given}
    values = ", ".join(written.values())
    source = f"SELECT {values} {rows}" if rows else f"VALUES ({values})"
    columns = ", ".join(f'"{name}"' for name in written)  # one of them is called "end"
    return f"INSERT INTO {model._meta.db_table} ({columns}) {source}"


def _standing(model: type[models.Model], given: Mapping[str, str]) -> dict[str, str]:
    """The columns that neither the caller nor the database fills, and that are not NULL."""
    left = [
        field
        for field in model._meta.concrete_fields
        if field.column not in given
        and not (field.primary_key or field.has_db_default() or field.generated)
    ]
    if made := [f.name for f in left if f.has_default() and callable(f.default)]:
        raise ValueError(f"The statement has to be given {made}.")
    return {str(f.column): _spelt(f.get_default()) for f in left if f.get_default() is not None}


def _spelt(value: Any) -> str:
    database = databases[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    return sql.Literal(value).as_string(database.connection).replace("%", "%%")
