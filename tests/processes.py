"""Processes that a test may kill, freeze and bring back; `tests/stack.py` starts them."""

import mailbox
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import TypeVar

import redis

from config import embedded, ports, supervisor

Value = TypeVar("Value")


def eventually(probe: Callable[[], Value], seconds: float = 60) -> Value:
    """The first true value of `probe()`; fails with the last value after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := probe()):
        assert time.monotonic() < deadline, f"still {value!r} after {seconds} s"
        time.sleep(0.05)
    return value


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, such as the pool of a worker."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass
class Process:
    """A running process that a test may treat badly; signals reach all that it has started."""

    child: supervisor.Child

    @property
    def pid(self) -> int:
        """The id of its first process."""
        return self.child.pid

    @property
    def alive(self) -> bool:
        """Whether its first process still runs."""
        return self.child.alive

    @property
    def children(self) -> list[int]:
        """The ids of the processes that it has started."""
        return children_of(self.pid)

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.child.log.read_text(errors="replace")

    def kill(self) -> None:
        """kill -9, the whole group, and wait until it is gone."""
        self.child.send(signal.SIGKILL)
        self.child.process.wait()

    def freeze(self) -> None:
        """Stop it in mid-step: connections stay open and nobody answers."""
        self.child.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `freeze`."""
        self.child.send(signal.SIGCONT)

    def stop(self) -> None:
        """Ask it to stop, as an operator does."""
        self.child.stop()


@dataclass
class Workers(Process):
    """Both workers, each with its pool."""

    @property
    def pool(self) -> list[int]:
        """The ids of the processes that do jobs, those first that do what somebody waits for."""
        return [pid for worker in self.children for pid in children_of(worker)]


@dataclass
class Web(Process):
    """A web server, with its address."""

    url: str


@dataclass
class Smtp(Process):
    """A mail server that takes everything; it can be killed, frozen, and started again by `stack.smtp()`."""

    maildir: Path
    read: dict[str, Message] = field(default_factory=dict)

    def messages(self) -> list[Message]:
        """What has arrived, oldest first; X-MailFrom and X-RcptTo are the envelope."""
        box = mailbox.Maildir(self.maildir)
        keys = sorted(box.keys())
        # Whoever waits for a letter asks twenty times a second, and a letter stays as it came.
        self.read.update({key: box[key] for key in keys if key not in self.read})
        return [self.read[key] for key in keys]


class BadValkey:
    """A Valkey to kill, freeze, empty and bring back on the same port with what its file kept."""

    def __init__(self, directory: Path) -> None:
        log = directory / "valkey.log"
        self.server = embedded.Valkey(directory / "valkey", log, ports.choose(), "for-tests")
        self.start()

    @property
    def url(self) -> str:
        """Its address, the same for its whole life."""
        return self.server.url()

    @property
    def client(self) -> redis.Redis:
        """A new client, for a look inside."""
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def start(self) -> None:
        """Start, or start again after `kill`."""
        self.process = Process(self.server.start())
        self.server.wait_ready(self.process.child)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()

    def freeze(self) -> None:
        """Connections stay open and nobody answers, until `resume`."""
        self.process.freeze()

    def resume(self) -> None:
        """Answer again."""
        self.process.resume()

    def flush(self) -> None:
        """Lose everything: every message and every cached value."""
        with self.client as client:
            client.flushall()
