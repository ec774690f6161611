"""Databases that an earlier run has left: used again and migrated forward; loaded anew only where that cannot be.

The comment on a database says that it is whole, what has loaded it, and the text of each migration that it has been
through: one whose text has changed since, or is gone, made other tables than a new database has.
"""

import ast
import hashlib
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from config import embedded
from tests import databases
from tests.bench import servers
from tests.bench.telling import say


def ready(
    postgres: embedded.Postgres, name: str, mark: str, load: Callable[[str], None], *, fresh: bool
) -> bool:
    """Leave a migrated database that `load` has filled, given its address; whether that was done now.

    `mark` names how it is filled, `fresh` asks for a new one whatever is there. This process is connected to it then.
    """
    from django.db import connection

    with psycopg.connect(postgres.url("postgres"), autocommit=True) as db:
        known = None if fresh else _known(db, name)
        if known and known["mark"] == mark and _is_forward(name, known["migrations"]):
            connect(name)
            if _migrate():
                say(f"{name} is migrated, not loaded again")
                _analyse()
            note(db, name, mark)
            return False
        connection.close()
        servers.made(db, name, "", fresh=True)
        databases.fill(postgres.url(name))  # migrating takes longer
        connect(name)
        _migrate()
        load(postgres.url(name))
        note(db, name, mark)
        return True


def note(db: psycopg.Connection[Any], name: str, made_by: str) -> None:
    """Say of the database that this process is connected to that it is whole, and what it has been through."""
    servers.mark(db, name, json.dumps({"mark": made_by, "migrations": _applied()}))


def connect(name: str) -> None:
    """Let this process work on that database, as long as it takes."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # that of a web process is too short here


def written(*paths: Path) -> str:
    """What these modules do, in sixteen letters: the same whatever is said in comments, and how lines are broken."""
    trees = "".join(ast.dump(ast.parse(path.read_text())) for path in paths)
    return hashlib.sha256(trees.encode()).hexdigest()[:16]


def _known(db: psycopg.Connection[Any], name: str) -> dict[str, Any] | None:
    comment = servers.said_of(db, name)
    return json.loads(comment) if comment.startswith("{") else None


def _is_forward(name: str, been_through: dict[str, str]) -> bool:
    """Whether what it has been through is the beginning of what a new database goes through."""
    texts = _texts()
    if all(texts.get(one) == text for one, text in been_through.items()):
        return True
    say(f"{name} has been through migrations that are others now")
    return False


def _applied() -> dict[str, str]:
    """The text, shortened, of each migration that the database of this process has been through."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    applied = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
    return {name: text for name, text in _texts().items() if name in applied}


def _texts() -> dict[str, str]:
    from django.db.migrations.loader import MigrationLoader

    found = MigrationLoader(None).disk_migrations
    files = {key: inspect.getfile(type(each)) for key, each in found.items()}
    return {f"{app}.{name}": written(Path(file)) for (app, name), file in files.items()}


def _migrate() -> bool:
    """Whether there was anything to do."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0)
    return True


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
