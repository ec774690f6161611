"""The pytest plugin that brings up PostgreSQL and Valkey before the settings load, and takes them down at the end.

Loaded with `-p tests.servers`. DATABASE_URL and REDIS_URL, where given, are used instead.
"""

import atexit
import fcntl
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config import embedded, fonts, ports

PREFIX = "derisk-test-"
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "SITE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "EMAIL_URL": "dummymail://",
    "DEBUG": "off",
    "TRUSTED_PROXIES": "0",
    "THROTTLE": "on",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Run before pytest-django reads the settings."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        own_valkey_database(int(worker.removeprefix("gw")) + 1)
    else:
        bring_up()
    return (yield)


def own_valkey_database(number: int) -> None:
    """Give this xdist worker a Valkey database that no other uses; pytest-django does so for PostgreSQL."""
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()


def bring_up() -> None:
    """Set the environment and start the servers that it does not name."""
    os.environ.update(SETTINGS)
    remove_leftovers()
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    hold(home)
    os.environ["DERISK_HOME"] = str(home)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As Ctrl-C, which pytest knows: clean up, end.
        signal.signal(number, signal.default_int_handler)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    fonts.place(home / "fonts")
    (home / "static").mkdir()  # whitenoise warns where there is none
    start_servers(home)


def start_servers(home: Path) -> None:
    """Start what DATABASE_URL and REDIS_URL do not give; it ends with this process, however that ends."""
    password = secrets.token_urlsafe(18)
    if "DATABASE_URL" not in os.environ:
        home.chmod(0o711)  # PostgreSQL may have to run as another user
        log = home / "postgres.log"
        postgres = embedded.Postgres(home / "pg", log, ports.choose(), password, durable=False)
        postgres.finish_initdb(postgres.begin_initdb())
        child = postgres.start()
        atexit.register(child.stop)
        postgres.wait_ready(child)
        os.environ["DATABASE_URL"] = postgres.url()
        os.environ["DERISK_TEST_SERVER"] = "1"  # see databases.OF_OURS
    if "REDIS_URL" not in os.environ:
        log = home / "valkey.log"
        valkey = embedded.Valkey(home / "valkey", log, ports.choose(), password)
        child = valkey.start()
        atexit.register(child.stop)
        valkey.wait_ready(child)
        os.environ["REDIS_URL"] = valkey.url()


def hold(directory: Path) -> None:
    """Mark a directory as in use until this process ends: the kernel frees the lock, whatever happens."""
    fcntl.flock(os.open(directory, os.O_RDONLY), fcntl.LOCK_EX)


def remove_leftovers() -> None:
    """Remove what runs that were killed have left in the temporary directory."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            handle = os.open(directory, os.O_RDONLY)
        except OSError:  # another user's, or gone meanwhile
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - directory.stat().st_mtime > 60:  # else perhaps just made, not yet held
                shutil.rmtree(directory, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
