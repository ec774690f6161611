"""The parts of the demo, in the order of their start."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config import embedded, fonts, ports
from config.progress import step
from config.supervisor import Supervisor

BIN = Path(sys.executable).parent
SERVERS = {"DATABASE_URL": "PostgreSQL", "REDIS_URL": "Valkey"}
WEB = [BIN / "granian", "--interface", "wsgi", "config.wsgi:application", "--host", "127.0.0.1"]
WEB += ["--workers", 1, "--blocking-threads", 8, "--workers-kill-timeout", 10]
# Mingling would make the worker wait a second for others.
WORKER = [BIN / "celery", "-A", "config", "worker", "-c", 2, "-l", "INFO"]
WORKER += ["--without-mingle", "--without-gossip"]
SWEEP = [sys.executable, "manage.py", "sweep"]


@contextmanager
def supervised(home: Path, before_stopping: Callable[[], None]) -> Iterator[Supervisor]:
    """A supervisor whose children are stopped at the end: those that work first, then the servers."""
    supervisor = Supervisor(home)
    pid_file = home / "supervisor.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    try:
        yield supervisor
    finally:
        before_stopping()
        with step("Stopping"):
            supervisor.stop_all("postgres", "valkey")
        pid_file.unlink(missing_ok=True)


def start_servers(supervisor: Supervisor, env: dict[str, str], kept: dict[str, Any]) -> None:
    """Start the servers that `env` does not name; their addresses go into `env`, their ports into `kept`."""
    names = [name for variable, name in SERVERS.items() if variable not in env]
    if not names:
        return
    with step(f"Starting {' and '.join(names)}"):
        if "REDIS_URL" not in env:
            env["REDIS_URL"] = start_valkey(supervisor, kept)
        if "DATABASE_URL" not in env:
            env["DATABASE_URL"] = start_postgres(supervisor, kept)


def start_valkey(supervisor: Supervisor, kept: dict[str, Any]) -> str:
    """Start Valkey on the port of last time if that is free; give its address when it answers."""
    port = kept["valkey_port"] = ports.choose(kept["valkey_port"])
    data, log = supervisor.home / "valkey", supervisor.log_of("valkey")
    valkey = embedded.Valkey(data, log, port, kept["valkey_password"])
    valkey.wait_ready(supervisor.add(valkey.start()))
    return valkey.url()


def start_postgres(supervisor: Supervisor, kept: dict[str, Any]) -> str:
    """Make the data if there is none, and start PostgreSQL as `start_valkey` does Valkey."""
    port = kept["postgres_port"] = ports.choose(kept["postgres_port"])
    data, log = supervisor.home / "postgres", supervisor.log_of("postgres")
    postgres = embedded.Postgres(data, log, port, kept["postgres_password"])
    postgres.finish_initdb(postgres.begin_initdb())
    postgres.wait_ready(supervisor.add(postgres.start()))
    return postgres.url()


def prepare(supervisor: Supervisor, env: dict[str, str]) -> None:
    """Bring the database up to date and fill it, while the fonts are cut and the web server loads.

    The web server may be early: nobody knows its address yet. Worker and sweep may not: they would work on half
    a demo world.
    """
    cutting = None
    if fonts.is_current(fonts.CACHE):
        fonts.place(supervisor.home / "fonts")
        start_web(supervisor, env)
    else:
        cutting = supervisor.start("fonts", [sys.executable, "-m", "config.fonts"], env)
    filling = [sys.executable, "-m", "config.prepare"]
    supervisor.finish(supervisor.start("prepare", filling, env, show=True))
    if cutting is not None:
        with step("Cutting the fonts (once)"):
            supervisor.finish(cutting)
        start_web(supervisor, env)


def start_web(supervisor: Supervisor, env: dict[str, str]) -> None:
    """Start the web server; the settings look for the fonts when it loads."""
    supervisor.start("web", [*WEB, "--port", env["PORT"]], env)


def start_work(supervisor: Supervisor, env: dict[str, str]) -> None:
    """Start worker and sweep."""
    supervisor.start("worker", WORKER, env)
    supervisor.start("sweep", SWEEP, env)
