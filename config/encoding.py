"""Databases that do not count letters: as SQL_ASCII, which is what a cluster made without a locale has.

There two hundred Arabic letters are four hundred, and É and é are no letters at all. It would be found out by the first
client who writes so, months after the installation.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections

HINT = "Make it anew: `createdb --template template0 --encoding UTF8`, with the rest of docs/operations.md (Install)."


@checks.register(checks.Tags.database)
def check(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """An error for each database whose encoding is another than UTF8."""
    found = {alias: encoding_of(alias) for alias in databases or ()}
    return [
        checks.Error(
            f"The database is encoded as {encoding}, not as UTF8.", hint=HINT, id="config.E002"
        )
        for encoding in found.values()
        if encoding != "UTF8"
    ]


def encoding_of(alias: str) -> str:
    """How the database of this connection keeps text."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        return str(cursor.fetchone()[0])
