"""The migrated test database: kept from run to run, and copied for tests whose data other processes must see."""

import fcntl
import hashlib
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pgtrigger
import psycopg
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from config import embedded
from config.supervisor import BASE_DIR

KEPT = BASE_DIR / "var" / "test-databases"
OF_OURS = "DERISK_TEST_SERVER"  # set while the server is one that the tests have started


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


def empty() -> None:
    """Delete all rows but those that Django would make again at once, past triggers and foreign keys."""
    if OF_OURS not in os.environ:  # only a superuser goes past foreign keys
        with pgtrigger.ignore():
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        return
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted({*names} - {"django_content_type", "auth_permission"})
    deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql.SQL("; ").join(deletes))


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


def kept_dump() -> Path:
    """Where the database as these migrations leave it is kept: migrating takes longer than most runs of tests."""
    digest = hashlib.sha256((BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted([*BASE_DIR.glob("*/migrations/*.py"), *BASE_DIR.glob("*/migrations/sql/*")]):
        digest.update(path.name.encode() + path.read_bytes())
    return KEPT / f"{digest.hexdigest()[:32]}.dump"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let the first process of a run migrate and keep, and the others find what it kept."""
    if OF_OURS not in os.environ:
        yield
        return
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def restore_kept(name: str) -> bool:
    """Make the database `name` from the dump of an earlier run; whether there was one."""
    dump = kept_dump()
    if OF_OURS not in os.environ or not dump.exists():
        return False
    drop(name)
    with administration() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    _run("pg_restore", "--exit-on-error", "--dbname", url(name), dump)
    return True


def fill(empty: str) -> None:
    """Bring the empty database at this address, of whatever server, to where the kept one is, if there is one."""
    if (dump := kept_dump()).exists():
        _run("pg_restore", "--exit-on-error", "--dbname", empty, dump)


def keep(name: str) -> None:
    """Keep the database `name` for later runs, and no more than a few of them."""
    dump = kept_dump()
    if OF_OURS not in os.environ or dump.exists():
        return
    new = dump.with_suffix(f".{uuid.uuid4().hex}")
    _run("pg_dump", "--format=custom", "--compress=0", "--file", new, url(name))
    new.rename(dump)  # whole or not there, whoever else does the same
    for old in sorted(KEPT.glob("*.dump"), key=lambda path: path.stat().st_mtime)[:-4]:
        old.unlink(missing_ok=True)


def _run(program: str, *arguments: object) -> None:
    command = [embedded.postgres_bin() / program, *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)
