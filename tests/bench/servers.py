"""The servers of a benchmark: PostgreSQL as durable as in production, Valkey, and web processes in front of them."""

import os
import secrets
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from config import embedded, ports, supervisor
from tests import servers

GRANIAN = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
GRANIAN += ["--workers", 2, "--blocking-threads", 4, "--no-ws", "--log-level", "warning"]
# Autovacuum would start in the middle of a round; each load is followed by VACUUM ANALYZE.
POSTGRES = ["shared_buffers=512MB", "max_wal_size=4GB", "autovacuum_naptime=10min"]


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


@contextmanager
def web(home: Path, name: str, application: str, env: dict[str, str]) -> Iterator[str]:
    """A web server of two workers with four threads each; gives its address when it answers."""
    port = ports.choose()
    command = [*GRANIAN, "--port", port, application]
    named = env | {"PROCESS_NAME": "web", "GRANIAN_LOG_ACCESS_ENABLED": "false"}
    child = supervisor.spawn(name, command, log=home / f"{name}.log", env=named)
    address = f"http://127.0.0.1:{port}"
    try:
        child.wait_until(lambda: _answers(f"{address}/health/live"), 60)
        yield address
    finally:
        child.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except URLError:
        return False
