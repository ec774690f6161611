"""Copies of the migrated test database, for tests whose data other processes must see."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import sql


def url(name: str) -> str:
    """The address of the database `name` on the server of the tests."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def pristine(name: str) -> str:
    """The name of the untouched copy of the test database `name`."""
    return f"{name}_pristine"


@contextmanager
def administration() -> Iterator[psycopg.Connection[Any]]:
    """A connection to the server's maintenance database."""
    with psycopg.connect(url("postgres"), autocommit=True) as server:
        yield server


def copy(source: str, target: str) -> None:
    """Make the database `target` anew, like `source`, which nobody may be connected to."""
    drop(target)
    with administration() as server:
        names = (sql.Identifier(target), sql.Identifier(source))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def drop(name: str) -> None:
    """Drop the database, whoever is connected to it."""
    with administration() as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@contextmanager
def lent_copy(source: str) -> Iterator[str]:
    """Let the ORM of this process speak to a new copy of `source`; gives the address for other processes."""
    name, own = f"{source}_{uuid.uuid4().hex[:8]}", connection.settings_dict["NAME"]
    copy(source, name)
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield url(name)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        drop(name)
