"""The processes of a run: our workers as in production, two workers of one process that do nothing, and the sweep."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import ports, supervisor

WORKERS = 2  # processes that take what somebody waits for; ours has as many for all else
CELERY = Path(sys.executable).parent / "celery"
QUIET = ["--without-mingle", "--without-gossip", "-l", "INFO", "-c", 1]


@contextmanager
def workers(home: Path, env: dict[str, str], at_once: int = WORKERS) -> Iterator[None]:
    """Ours, which take messages; so many of them what somebody waits for."""
    command = [sys.executable, "manage.py", "work", "--at-once", at_once, "--others", WORKERS]
    with _running(home / "worker.log", command, env, ready=2):
        yield


@contextmanager
def bare_workers(home: Path, application: str) -> Iterator[None]:
    """Two bare workers of this application, which take messages."""
    with ExitStack() as opened:
        for number in range(WORKERS):
            command = [CELERY, "-A", application, "worker", "-n", f"bare-{number}@bench", *QUIET]
            log = home / f"worker-bare-{number}.log"
            opened.enter_context(_running(log, command, dict(os.environ), ready=1))
        yield


@contextmanager
def _running(
    log: Path, command: Sequence[object], env: dict[str, str], ready: int
) -> Iterator[None]:
    log.unlink(missing_ok=True)
    child = supervisor.spawn("worker", command, log=log, env=env | {"PROCESS_NAME": "worker"})
    try:
        child.wait_until(lambda: log.read_bytes().count(b" ready.") == ready, 120)
        yield
    finally:
        child.stop()


@contextmanager
def sweep(home: Path, env: dict[str, str]) -> Iterator[None]:
    """The sweep, which tells workers of what is due."""
    command = [sys.executable, "manage.py", "sweep"]
    child = supervisor.spawn(
        "sweep", command, log=home / "sweep.log", env=env | {"PROCESS_NAME": "sweep"}
    )
    try:
        yield
    finally:
        child.stop()


@contextmanager
def mail_server(home: Path) -> Iterator[None]:
    """A mail server that takes everything, to which this process sends."""
    from django.conf import settings

    port = ports.choose()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"]
    command += ["-c", "aiosmtpd.handlers.Sink"]
    child = supervisor.spawn("smtp", command, log=home / "smtp.log")
    settings.EMAIL_BACKEND = "mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    try:
        child.wait_until(lambda: not ports.is_free(port))
        yield
    finally:
        child.stop()
