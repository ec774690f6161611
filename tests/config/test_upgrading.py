"""What an upgrade runs takes the time that the tables need; a lock that is held stops it all the same."""

import os
import runpy
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings

from tests import databases

# Writes down under which limits a command writes.
SPY = """
CREATE TABLE seen (name text, statements text, idle text, locks text);
CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen SELECT current_setting('application_name'), current_setting('statement_timeout'),
        current_setting('idle_in_transaction_session_timeout'), current_setting('lock_timeout');
    RETURN NULL;
END $$;
CREATE TRIGGER spy AFTER INSERT ON django_migrations EXECUTE FUNCTION spy();
CREATE TRIGGER spy AFTER INSERT ON auth_group EXECUTE FUNCTION spy();
DELETE FROM django_migrations WHERE app = 'sessions';
DELETE FROM auth_group_permissions;
DELETE FROM auth_group
"""


@pytest.fixture
def spied(pristine_database: str) -> Iterator[str]:
    """The address of a database that tells what limits there were when migrations and groups were written."""
    name = f"{pristine_database}_upgrade"
    databases.copy(pristine_database, name)
    with psycopg.connect(databases.url(name)) as connection:
        connection.execute(SPY)
    yield databases.url(name)
    databases.drop(name)


@pytest.mark.parametrize("command", [("migrate", "--fake"), ("sync_roles",)])
def test_an_upgrade_has_no_limit_for_a_statement_and_keeps_that_for_a_lock(
    spied: str, command: tuple[str, ...]
) -> None:
    called = {"DATABASE_URL": spied, "PROCESS_NAME": "web"}  # as in a container made for the web

    run = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=os.environ | called,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr
    with psycopg.connect(spied) as connection:
        seen = connection.execute("SELECT DISTINCT * FROM seen").fetchall()
    assert seen == [("upgrade", "0", "0", "3s")]


@pytest.mark.parametrize(
    ("name", "seconds", "is_planned_once"), [("web", 3, False), ("worker", 7, True)]
)
def test_everything_else_has_both_limits(
    monkeypatch: pytest.MonkeyPatch, name: str, seconds: int, is_planned_once: bool
) -> None:
    monkeypatch.setenv("PROCESS_NAME", name)

    fresh = runpy.run_path(str(settings.BASE_DIR / "config" / "settings.py"))

    options = fresh["DATABASES"]["default"]["OPTIONS"]["options"]
    assert "-c statement_timeout=8s" in options
    assert f"-c lock_timeout={seconds}s" in options
    assert ("-c plan_cache_mode=force_generic_plan" in options) is is_planned_once
