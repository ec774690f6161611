"""Start `python -m config.demo` as a person does, and look for what it leaves behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import ports, supervisor

GIVEN_BY_THE_TESTS = ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS"]


class Run:
    """A demo that was started; `said` is what it has printed so far."""

    def __init__(self, home: Path, port: int, **given: str) -> None:
        clean = {k: v for k, v in os.environ.items() if k not in GIVEN_BY_THE_TESTS}
        env = clean | {"DERISK_HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": "1"} | given
        command = supervisor.launched([sys.executable, "-m", "config.demo"])
        self.process = subprocess.Popen(
            command, env=env, cwd=supervisor.BASE_DIR, stdout=subprocess.PIPE, text=True
        )
        self.said = ""

    def wait_ready(self) -> None:
        """Read on until it is ready; fails with what it said if it ends first."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("  Logs are in"):
                return
        raise AssertionError(f"ended with {self.process.wait()}: {self.said}")

    def wait_end(self) -> int:
        """Read to the end; its exit status."""
        if self.process.stdout and not self.process.stdout.closed:
            self.said += self.process.communicate()[0]
        return self.process.wait()


@contextmanager
def begun(home: Path, **given: str) -> Iterator[Run]:
    """A demo that begins to start; killed at the end if the test has not stopped it."""
    run = Run(home, ports.choose(), **given)
    try:
        yield run
    finally:
        run.process.kill()
        run.wait_end()


@contextmanager
def running(home: Path) -> Iterator[Run]:
    """The same, when it is ready."""
    with begun(home) as run:
        run.wait_ready()
        yield run


def env_of(home: Path) -> dict[str, str]:
    """What the `env` file of a demo says."""
    return dict(line.split("=", 1) for line in (home / "env").read_text().splitlines())


def processes_of(home: Path) -> list[str]:
    """Every process that has to do with `home`: by its command, its environment or its directory."""
    return [entry.name for entry in Path("/proc").glob("[0-9]*") if mentions(entry, str(home))]


def mentions(entry: Path, home: str) -> bool:
    """Whether a /proc entry names `home` anywhere; a process that is gone or a zombie does not."""
    try:
        words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        return home.encode() in words or os.readlink(entry / "cwd").startswith(home)
    except OSError:
        return False
