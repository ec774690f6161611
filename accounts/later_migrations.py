"""What later migrations are made of, where a house that has rows goes on working meanwhile."""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


def new_index(model: str, index: models.Index) -> Iterator[Operation]:
    """Make an index while others write to its table; for a migration that is not atomic.

    It waits for transactions that are older than itself. One that was interrupted leaves an index that serves nobody
    and is written all the same: the next try begins by dropping that.
    """
    drop = f'DROP INDEX CONCURRENTLY IF EXISTS "{index.name}"'
    yield migrations.RunSQL(drop, migrations.RunSQL.noop)
    yield AddIndexConcurrently(model, index)


def without_index(model: str, name: str, field: models.Field, index: str) -> Iterator[Operation]:
    """Drop Django's own index of a field, which has `db_index=False` from now on, while others use its table."""
    yield migrations.SeparateDatabaseAndState(
        [migrations.RunSQL(f'DROP INDEX CONCURRENTLY IF EXISTS "{index}"', migrations.RunSQL.noop)],
        [migrations.AlterField(model, name, field)],
    )
