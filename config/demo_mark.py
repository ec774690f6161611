"""Whose database the demo fills: one that is empty, or that a demo has filled before. No other one gets demo accounts.

The mark is the comment of the database: it needs no table, and no dump of the data carries it elsewhere.
"""

import psycopg
from psycopg import sql

from config.supervisor import CannotStart

MARK = "derisk demo"
_LOOK = """
SELECT current_database(), coalesce(shobj_description(oid, 'pg_database'), ''),
    EXISTS (SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema'))
FROM pg_database WHERE datname = current_database()
"""


def require(url: str) -> None:
    """Mark the database if it is empty. Raises CannotStart when it holds data and no mark, or cannot be reached."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            name, comment, has_tables = connection.execute(_LOOK).fetchone() or ("", "", True)
            if comment == MARK:
                return
            if has_tables:
                raise CannotStart(_refusal(name))
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), MARK)
            )
    except psycopg.Error as error:
        raise CannotStart(f"DATABASE_URL does not work: {str(error).splitlines()[0]}") from error


def _refusal(name: str) -> str:
    return (
        f"DATABASE_URL names the database {name}, which holds data and is no demo's: the demo would add accounts with a"
        " known password and invented clients. Unset DATABASE_URL (look into .env too), or name an empty database."
        f" One that may be filled is marked by: COMMENT ON DATABASE {name} IS '{MARK}'"
    )
