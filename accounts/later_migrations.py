"""What later migrations are made of, where a house that has rows goes on working meanwhile."""

from collections.abc import Iterator

from django.contrib.postgres.indexes import GinIndex
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


def without_pending_list(model: str, index: GinIndex) -> Iterator[Operation]:
    """Let a GIN index of this name take what is written at once, as `index` says; for a migration that is not atomic.

    What waits in the list until now is put into its place. Both may be done twice.
    """
    name = index.name
    yield migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f'ALTER INDEX "{name}" SET (fastupdate = off)',
                f'ALTER INDEX "{name}" RESET (fastupdate)',
            ),
            migrations.RunSQL(f"SELECT gin_clean_pending_list('{name}')", migrations.RunSQL.noop),
        ],
        [migrations.RemoveIndex(model, name), migrations.AddIndex(model, index)],
    )
