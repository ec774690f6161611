"""The parts of the demo, in the order of their start."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import embedded, fonts, ports
from config.progress import step
from config.supervisor import Supervisor

BIN = Path(sys.executable).parent
NAMES = {"postgres": "PostgreSQL", "valkey": "Valkey"}
EARLY = [sys.executable, "-m", "config.early"]
WEB = [BIN / "granian", "--interface", "wsgi", "config.wsgi:application", "--host", "127.0.0.1"]
WEB += ["--workers", 1, "--blocking-threads", 8, "--workers-kill-timeout", 10]


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


@dataclass
class Servers:
    """The servers that are ours to start; their addresses are known before they run."""

    postgres: embedded.Postgres | None = None
    valkey: embedded.Valkey | None = None


def servers(home: Path, env: dict[str, str], kept: dict[str, Any]) -> Servers:
    """Those that `env` does not name, on the ports of last time where they are free.

    Their addresses go into `env`, their ports into `kept`.
    """
    ours, logs = Servers(), home / "logs"
    if "REDIS_URL" not in env:
        port = kept["valkey_port"] = ports.choose(kept["valkey_port"])
        secret = kept["valkey_password"]
        ours.valkey = embedded.Valkey(home / "valkey", logs / "valkey.log", port, secret)
        env["REDIS_URL"] = ours.valkey.url()
    if "DATABASE_URL" not in env:
        port = kept["postgres_port"] = ports.choose(kept["postgres_port"])
        secret = kept["postgres_password"]
        ours.postgres = embedded.Postgres(home / "postgres", logs / "postgres.log", port, secret)
        env["DATABASE_URL"] = ours.postgres.url()
    return ours


def start_servers(supervisor: Supervisor, ours: Servers) -> None:
    """Start them, and return when they answer; PostgreSQL's data is made where there is none."""
    names = [name for name, server in vars(ours).items() if server]
    if not names:
        return
    with step(f"Starting {' and '.join(NAMES[name] for name in names)}"):
        if ours.valkey:
            valkey = supervisor.add(ours.valkey.start())
        if ours.postgres:
            ours.postgres.finish_initdb(ours.postgres.begin_initdb())
            ours.postgres.wait_ready(supervisor.add(ours.postgres.start()))
        if ours.valkey:
            ours.valkey.wait_ready(valkey)


def prepare(supervisor: Supervisor, env: dict[str, str], ours: Servers) -> None:
    """Start the servers, bring the database up to date and fill it, while the fonts are cut and all the rest loads.

    The web server may be early: nobody knows its address yet. Worker and sweep may load, and no more: they would work
    on half a demo world.
    """
    cutting = None
    filling = supervisor.start("prepare", [*EARLY, "prepare"], env, show=True, waits=True)
    if fonts.is_current(fonts.CACHE):
        fonts.place(supervisor.home / "fonts")
    else:
        cutting = supervisor.start("fonts", [sys.executable, "-m", "config.fonts"], env)
    start_servers(supervisor, ours)
    if cutting is None:
        start_web(supervisor, env)
    load_work(supervisor, env)
    filling.begin()
    supervisor.finish(filling)
    if cutting is not None:
        with step("Cutting the fonts (once)"):
            supervisor.finish(cutting)
        start_web(supervisor, env)


def start_web(supervisor: Supervisor, env: dict[str, str]) -> None:
    """Start the web server; the settings look for the fonts when it loads."""
    supervisor.start("web", [*WEB, "--port", env["PORT"]], env)


def load_work(supervisor: Supervisor, env: dict[str, str]) -> None:
    """Have worker and sweep load what they need."""
    supervisor.start("worker", [*EARLY, "worker"], env, waits=True)
    supervisor.start("sweep", [*EARLY, "sweep"], env, waits=True)


def begin_work(supervisor: Supervisor) -> None:
    """Let worker and sweep work."""
    for child in supervisor.children:
        child.begin()
