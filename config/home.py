"""DERISK_HOME as the demo keeps it: one supervisor at a time, secrets made once, an `env` file for people."""

import fcntl
import json
import secrets
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config import embedded
from config.supervisor import CannotStart

ENV_NAMES = ["DERISK_HOME", "PORT", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL", "SECRET_KEY"]
ENV_NAMES += ["DATABASE_URL", "REDIS_URL", "DEMO_PASSWORD"]


def prepare(home: Path) -> None:
    """Make the directory, closed to others; raises CannotStart when that is not allowed."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        # PostgreSQL may have to run as another user, who must pass through; what lies inside is closed.
        home.chmod(0o711 if embedded.unprivileged() == "nobody" else 0o700)
        for name in ("logs", "media", "static"):
            (home / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"Cannot write to {home}: {error.strerror}. Set DERISK_HOME.") from None


@contextmanager
def held(home: Path, address: str) -> Iterator[None]:
    """Be the only supervisor of `home`; the kernel ends that with our process, however it dies.

    Raises CannotStart with the address of the one that runs already.
    """
    with (home / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(f"The demo is already running: {lock.read().strip()}") from None
        lock.truncate(0)
        lock.write(f"{address} (its data is in {home})\n")
        lock.flush()
        yield


def load_secrets(home: Path) -> dict[str, Any]:
    """Secrets and ports of this directory, made at the first start and kept."""
    path = home / "secrets.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    made = {
        "secret_key": secrets.token_urlsafe(50),
        "demo_password": secrets.token_urlsafe(12),
        "postgres_password": secrets.token_urlsafe(18),
        "valkey_password": secrets.token_urlsafe(18),
        "postgres_port": 0,
        "valkey_port": 0,
    }
    return made | known


def save_secrets(home: Path, values: Mapping[str, Any]) -> None:
    """Keep them for the next start."""
    write_private(home / "secrets.json", json.dumps(values, indent=1) + "\n")


def write_env(home: Path, env: Mapping[str, str]) -> None:
    """Write what the demo chose, for a shell: `set -a; . var/env; set +a; .venv/bin/python manage.py …`."""
    write_private(home / "env", "".join(f"{name}={shlex.quote(env[name])}\n" for name in ENV_NAMES))


def write_private(path: Path, text: str) -> None:
    """Replace a file, whole or not at all, readable by us alone."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)
