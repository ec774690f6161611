"""The servers of a benchmark: PostgreSQL as durable as in production, Valkey, and web processes in front of them."""

import os
import secrets
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config import embedded, ports, supervisor
from tests import servers
from tests.bench import references
from tests.processes import children_of

GRANIAN = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
GRANIAN += ["--workers", 2, "--blocking-threads", 4, "--no-ws", "--log-level", "warning"]
# Autovacuum would start in the middle of a round; each load is followed by VACUUM ANALYZE.
POSTGRES = ["shared_buffers=512MB", "max_wal_size=4GB", "autovacuum_naptime=10min"]
POSTGRES += ["track_commit_timestamp=on"]  # of the routing


@contextmanager
def running(home: Path) -> Iterator[tuple[embedded.Postgres, embedded.Valkey]]:
    """PostgreSQL with the data that `home` keeps, and an empty Valkey; both end with this block or process."""
    kept = home / "password"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)  # PostgreSQL may have to run as another user
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(18))
    password = kept.read_text()
    log = home / "postgres.log"
    postgres = embedded.Postgres(home / "pg", log, ports.choose(), password, more_options=POSTGRES)
    postgres.finish_initdb(postgres.begin_initdb())
    valkey = embedded.Valkey(home / "valkey", home / "valkey.log", ports.choose(), password)
    children = [postgres.start(), valkey.start()]
    try:
        postgres.wait_ready(children[0])
        valkey.wait_ready(children[1])
        yield postgres, valkey
    finally:
        for child in reversed(children):
            child.stop()


def environment(home: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """What a process of ours needs to know; the same settings as in the tests, but without the flood limits."""
    ours = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DERISK_HOME": str(home)}
    return os.environ | servers.SETTINGS | ours | {"THROTTLE": "off"}


@dataclass(frozen=True)
class Web:
    """A running web server."""

    url: str
    pid: int

    def memory_mb(self) -> float:
        """What its processes hold in memory together, shared pages counted in each."""
        return sum(_memory_kb(pid) for pid in _family(self.pid)) / 1024


def _family(pid: int) -> list[int]:
    return [pid, *(each for child in children_of(pid) for each in _family(child))]


def _memory_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(
        (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0
    )


@contextmanager
def web(home: Path, name: str, application: str, env: dict[str, str]) -> Iterator[Web]:
    """A web server of two workers with four threads each, which answers."""
    port = ports.choose()
    command = [*GRANIAN, "--port", port, application]
    named = env | {"PROCESS_NAME": "web", "GRANIAN_LOG_ACCESS_ENABLED": "false"}
    child = supervisor.spawn(name, command, log=home / f"{name}.log", env=named)
    address = f"http://127.0.0.1:{port}"
    try:
        child.wait_until(lambda: _answers(f"{address}/health/live"), 60)
        yield Web(address, child.pid)
    finally:
        child.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def made(db: psycopg.Connection[Any], name: str, stamp: str, fresh: bool) -> bool:
    """Make the database unless it is there, whole, as this stamp would make it; `mark` says that it is whole."""
    if said_of(db, name) == stamp and not fresh:
        return False
    db.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return True


def said_of(db: psycopg.Connection[Any], name: str) -> str:
    """What was noted about the database; nothing where it is not there, or not whole."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    found = db.execute(query, [name]).fetchone()
    return found[0] or "" if found else ""


def mark(db: psycopg.Connection[Any], name: str, stamp: str) -> None:
    """Note what the database holds."""
    query = sql.SQL("COMMENT ON DATABASE {} IS {}")
    db.execute(query.format(sql.Identifier(name), sql.Literal(stamp)))


def bare(postgres: embedded.Postgres, fresh: bool) -> None:
    """The tables of the references."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as db:
        if made(db, "bench_bare", "1", fresh):
            with psycopg.connect(postgres.url("bench_bare"), autocommit=True) as tables:
                tables.execute(references.TABLES)
                tables.execute("VACUUM ANALYZE")
            mark(db, "bench_bare", "1")
