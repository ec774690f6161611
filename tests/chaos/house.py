"""The house of a fault run: every process of production and every server, each of which can be hurt and mended."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from config import embedded, ports
from tests import databases, processes, servers
from tests.chaos import mail_server
from tests.stack import Stack

POOL = 2  # processes of each worker
# The flood limit would stop clients who all come from here.
ENVIRONMENT = {"THROTTLE": "off"}


@dataclass
class House:
    """Web server, worker, sweep, mail server, Valkey and PostgreSQL, with a few advisers."""

    stack: Stack
    postgres: embedded.Postgres
    database: processes.Process
    parts: dict[str, processes.Process] = field(default_factory=dict)
    died: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Set it up and start everything."""
        databases.fill(self.postgres.url())  # migrating takes longer
        self.stack.run("-m", "tests.chaos.founding")
        for name in ("smtp", "web", "worker", "sweep"):
            self.start(name)

    def start(self, name: str) -> None:
        """Start one of our processes or servers, and wait until it is ready."""
        if name == "postgres":
            self.database = processes.Process(self.postgres.start())
            self.postgres.wait_ready(self.database.child)
        elif name == "valkey":
            self.stack.valkey.start()
        else:
            self.parts[name] = self._starts()[name]()

    def part(self, name: str) -> processes.Process:
        """A running process, to be hurt."""
        if name == "postgres":
            return self.database
        return self.stack.valkey.process if name == "valkey" else self.parts[name]

    def supervise(self) -> None:
        """Start again what ended by itself, as the supervisor of a server does, and note it."""
        for name, process in list(self.parts.items()):
            if not process.alive:
                self.died.append(name)
                self.start(name)

    def crash_database(self) -> None:
        """An immediate shutdown: no checkpoint, every connection cut."""
        self.database.child.process.send_signal(signal.SIGQUIT)
        self.database.child.process.wait()

    def forget_messages(self) -> None:
        """Take the file away that a stopped Valkey would come back with."""
        shutil.rmtree(self.stack.valkey.server.data)

    def set_mood(self, mood: str) -> None:
        """How the mail server treats us from now on: see `mail_server`."""
        mail_server.mood_of(self._smtp.maildir).write_text(mood)

    def mails(self) -> list[tuple[str, str]]:
        """Recipient and Message-ID of each mail that the mail server took."""
        return [(mail["X-RcptTo"], mail["Message-ID"]) for mail in self._smtp.messages()]

    def close(self) -> None:
        """Kill everything."""
        self.stack.close()
        self.database.kill()

    @property
    def _smtp(self) -> processes.Smtp:
        smtp = self.parts["smtp"]
        assert isinstance(smtp, processes.Smtp)
        return smtp

    def _starts(self) -> dict[str, "partial[processes.Process]"]:
        return {
            "smtp": partial(self.stack.smtp, "tests.chaos.mail_server.MoodyMailbox"),
            "web": partial(self.stack.web),
            "worker": partial(self.stack.worker, POOL, POOL),
            "sweep": partial(self.stack.sweep),
        }


@contextmanager
def running() -> Iterator[House]:
    """A house in a directory of its own, open for requests; nothing stays of it."""
    servers.remove_leftovers()
    directory = Path(tempfile.mkdtemp(prefix=servers.PREFIX))
    servers.hold(directory)
    directory.chmod(0o711)  # PostgreSQL may have to run as another user
    try:
        with _built(directory) as house:
            house.open()
            yield house
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _built(directory: Path) -> Iterator[House]:
    password = secrets.token_urlsafe(18)
    log = directory / "postgres.log"
    postgres = embedded.Postgres(directory / "pg", log, ports.choose(), password)
    postgres.finish_initdb(postgres.begin_initdb())
    child = postgres.start()
    postgres.wait_ready(child)
    stack = Stack(directory, postgres.url(), processes.BadValkey(directory))
    stack.env |= ENVIRONMENT | {"DERISK_HOME": os.environ["DERISK_HOME"]}
    house = House(stack, postgres, processes.Process(child))
    try:
        yield house
    finally:
        house.close()
