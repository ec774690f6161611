"""Only a database that counts letters is migrated."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from psycopg import sql

from config import encoding


@pytest.fixture
def ascii_database(db: None) -> Iterator[str]:
    """The connection to a database of bytes, as a cluster without a locale makes them."""
    name = f"{connection.settings_dict['NAME']}_ascii"
    asked = connection.get_connection_params() | {"dbname": "postgres"}
    known = {key: asked[key] for key in ("host", "port", "user", "password", "dbname")}
    database = sql.Identifier(name)
    with psycopg.connect(**known, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(database))
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'SQL_ASCII'"
                    " LOCALE_PROVIDER libc LOCALE 'C'").format(database)
        )  # fmt: skip
        yield name
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


def test_database_of_letters_passes(db: None) -> None:
    assert encoding.check(None, databases=["default"]) == []


def test_database_of_bytes_is_refused_with_what_to_do(ascii_database: str, monkeypatch) -> None:
    other = connection.copy("default")
    other.settings_dict["NAME"] = ascii_database
    monkeypatch.setattr(encoding, "connections", {"default": other})
    try:
        with pytest.raises(SystemCheckError) as refused:
            call_command("migrate", verbosity=0, skip_checks=False)
    finally:
        other.close()
    assert "encoded as SQL_ASCII, not as UTF8" in str(refused.value)
    assert "--encoding UTF8" in str(refused.value)
