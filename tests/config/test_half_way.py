"""Databases that were made by migrations which one file has replaced."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config import half_way

applied = MigrationRecorder.Migration.objects


@pytest.fixture
def made_by_the_old_files(db: None) -> None:
    """As if those had made this database."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if migration.replaces:
            applied.filter(app=app, name=name).delete()
            applied.bulk_create(
                MigrationRecorder.Migration(app=a, name=n) for a, n in migration.replaces
            )


@pytest.mark.usefixtures("made_by_the_old_files")
def test_database_of_the_old_files_has_nothing_to_apply_and_is_known_by_the_new_names() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert half_way.half_applied("default") == []
    call_command("migrate", verbosity=0, skip_checks=False)
    assert (
        applied.filter(app="intake", name__in=["0001_schema", "0002_unasked_indexes"]).count() == 2
    )


@pytest.mark.usefixtures("made_by_the_old_files")
def test_database_half_way_is_refused_with_what_to_do() -> None:
    # Without the check Django would take it for a whole one: nothing depends on the last app.
    applied.filter(app="proposals", name="0004_erasure_door").delete()
    with pytest.raises(SystemCheckError) as refused:
        call_command("migrate", verbosity=0, skip_checks=False)
    assert "half-way through what proposals.0001_schema replaces" in str(refused.value)
    assert "Run `migrate` of the release" in str(refused.value)
    assert not applied.filter(app="proposals", name="0001_schema").exists()


def test_new_database_is_whole(db: None) -> None:
    assert half_way.half_applied("default") == []


@pytest.fixture
def bare(db: None) -> None:
    """A database whose note of migrations is not there yet."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")


@pytest.mark.usefixtures("bare")
def test_empty_database_is_whole() -> None:
    assert half_way.half_applied("default") == []
