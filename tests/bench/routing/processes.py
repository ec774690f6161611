"""The processes of a run: two workers of one process each, ours or those that do nothing, and the sweep."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import supervisor

WORKERS = 2
CELERY = Path(sys.executable).parent / "celery"
QUIET = ["--without-mingle", "--without-gossip", "-l", "INFO", "-c", 1]


@contextmanager
def workers(home: Path, application: str, env: dict[str, str]) -> Iterator[None]:
    """Two workers of this application, which take messages."""
    with ExitStack() as opened:
        for number in range(WORKERS):
            opened.enter_context(_worker(home, application, number, env))
        yield


@contextmanager
def _worker(home: Path, application: str, number: int, env: dict[str, str]) -> Iterator[None]:
    name = f"{application.rpartition('.')[2]}-{number}"
    command = [CELERY, "-A", application, "worker", "-n", f"{name}@bench", *QUIET]
    log = home / f"worker-{name}.log"
    log.unlink(missing_ok=True)
    child = supervisor.spawn("worker", command, log=log, env=env | {"PROCESS_NAME": "worker"})
    try:
        child.wait_until(lambda: b" ready." in log.read_bytes(), 120)
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
