"""The demo as real processes. Each start costs seconds, so each test walks through several."""

import os
import signal
import socket
from pathlib import Path

import psycopg
import pytest

from config import demo_mark, ports, readiness
from tests import databases
from tests.config import demo_runs
from tests.processes import eventually

pytestmark = pytest.mark.timeout(360)


def pid_of(home: Path, name: str) -> int:
    return int((home / f"{name}.pid").read_text())


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_keeps_the_data(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"

    with demo_runs.running(home) as first:
        env = demo_runs.env_of(home)
        second = demo_runs.Run(home, ports.choose())
        assert second.wait_end() == 1
        assert second.said.strip() == (
            f"The demo is already running: {env['SITE_URL']} (its data is in {home})"
        )
        assert (home / "env").stat().st_mode & 0o777 == 0o600
        assert f"Password    {env['DEMO_PASSWORD']}" in first.said
        with psycopg.connect(env["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept (number integer)")
        os.kill(pid_of(home, "supervisor"), signal.SIGKILL)
        eventually(lambda: demo_runs.processes_of(home) == [])

    assert (home / "web.pid").exists(), "the kill was meant to leave stale pid files"
    with demo_runs.running(home) as again:
        after = demo_runs.env_of(home)
        assert (after["DEMO_PASSWORD"], after["SECRET_KEY"]) == (
            env["DEMO_PASSWORD"],
            env["SECRET_KEY"],
        )
        with psycopg.connect(after["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)

        killed = {name: pid_of(home, name) for name in ("worker", "web", "postgres")}
        for pid in killed.values():
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: all(pid_of(home, name) != pid for name, pid in killed.items()))
        eventually(lambda: readiness.ask(int(after["PORT"]), "localhost")[0] == 200)
        again.process.send_signal(signal.SIGTERM)
        assert again.wait_end() == 0
        assert "worker was killed (SIGKILL): started again." in again.said
    assert demo_runs.processes_of(home) == []
    assert list(home.glob("*.pid")) == []


def test_given_servers_are_used_and_a_start_that_is_stopped_in_the_middle_leaves_no_process(
    tmp_path: Path, pristine_database: str
) -> None:
    home, name = tmp_path / "home", f"{pristine_database}_demo"
    databases.copy(pristine_database, name)
    with psycopg.connect(databases.url(name)) as connection:
        connection.execute(f"COMMENT ON DATABASE {name} IS '{demo_mark.MARK}'")
    given = {"DATABASE_URL": databases.url(name), "REDIS_URL": os.environ["REDIS_URL"]}

    with demo_runs.begun(home, **given) as run:
        with psycopg.connect(databases.url(name), autocommit=True) as connection:
            seeded = "SELECT count(*) FROM accounts_user"
            eventually(lambda: connection.execute(seeded).fetchone() != (0,))
        running = {path.stem for path in home.glob("*.pid")}
        env = demo_runs.env_of(home)
        run.process.send_signal(signal.SIGTERM)
        assert run.wait_end() == 0

    assert "Stopped. The data is kept for the next start." in run.said
    assert running >= {"supervisor", "sweep", "web", "worker"}
    assert running.isdisjoint({"postgres", "valkey"})
    assert (env["DATABASE_URL"], env["REDIS_URL"]) == tuple(given.values())
    assert demo_runs.processes_of(home) == []
    assert list(home.glob("*.pid")) == []
    databases.drop(name)


def test_a_taken_port_is_one_line_that_names_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = demo_runs.Run(tmp_path, port)

        assert run.wait_end() == 1

    assert run.said.startswith(f"Port {port} is taken. Set another: make demo PORT=")
    assert run.said.count("\n") == 1
    assert not (tmp_path / "postgres").exists()
