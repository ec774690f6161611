"""Databases that stopped half-way through migrations which are no longer there, one file having taken their place."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

HINT = "Run `migrate` of the release that this database was made by, then this one. A demo: remove var/postgres."


@checks.register(checks.Tags.database)
def check(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """An error for each migration that replaces some that were applied and some that were not, which nobody has."""
    return [
        checks.Error(
            f"The database stopped half-way through what {app}.{name} replaces.",
            hint=HINT,
            id="config.E001",
        )
        for alias in databases or ()
        for app, name in half_applied(alias)
    ]


def half_applied(alias: str) -> list[tuple[str, str]]:
    """The migrations, as (app, name), of whose predecessors a database has applied some and not others."""
    applied = MigrationRecorder(connections[alias]).applied_migrations().keys()
    on_disk = MigrationLoader(None).disk_migrations
    return [
        key
        for key, migration in on_disk.items()
        if 0 < len(applied & set(migration.replaces)) < len(migration.replaces)
    ]
