"""Start processes that cannot outlive us, watch them, stop them in order."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
GO = b"go"  # what a process that waits is told
LAUNCHER = Path(__file__).with_name("launch.py")
MOST_ENDS = 5  # of one child within a minute
PAUSE = 0.5  # seconds, longer each time
LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside as .1 at the next start


class CannotStart(Exception):
    """A process of ours does not start; the message says which, why, and where its log is."""


@dataclass
class Child:
    """A process of ours: its name, how to ask it to stop, where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals
    log_began: int = 0  # bytes that earlier runs have written
    once_more: Callable[[], "Child"] | None = None  # starts the same again
    ends: Sequence[float] = ()  # when those before it ended

    @property
    def pid(self) -> int:
        """Its process id, which is also the id of its process group."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def begin(self) -> None:
        """Give the word to a child that waits for it; one that has ended is found by whoever looks for it next."""
        if (line := self.process.stdin) is not None and not line.closed:
            with suppress(BrokenPipeError), line:
                line.write(GO)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process and all that it has started; nothing happens if they are gone."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    def ask_to_stop(self) -> None:
        """Send its stop signal to the process alone: it stops its own children in order."""
        if self.alive:
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self, seconds: float) -> None:
        """Wait for the end; after `seconds` it is killed, and in any case what it has left behind."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.send(signal.SIGKILL)
            self.process.wait()

    def stop(self, seconds: float = 20) -> None:
        """Ask, wait at most `seconds`, then kill."""
        self.ask_to_stop()
        self.wait_stopped(seconds)

    def last_lines(self, count: int = 15) -> str:
        """The end of what it has written to its log."""
        text = self.log.read_bytes()[self.log_began :].decode(errors="replace")
        return "\n".join(text.splitlines()[-count:])

    def wait_until(self, ready: Callable[[], object], seconds: float = 30) -> None:
        """Return when `ready()` is true; raises CannotStart when the process ends or takes longer."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise died(self)
            if time.monotonic() > deadline:
                raise CannotStart(f"{self.name} is not ready after {seconds:.0f} s: see {self.log}")
            time.sleep(0.03)  # other processes cannot tell us


def launched(
    command: Sequence[object], *, run_as: str = "self", stop_signal: signal.Signals = signal.SIGTERM
) -> list[str]:
    """The command line that runs `command` so that it gets `stop_signal` when we die: see `launch.py`."""
    launcher = [sys.executable, "-I", "-S", LAUNCHER, os.getpid(), int(stop_signal), run_as]
    return [str(part) for part in [*launcher, *command]]


def spawn(
    name: str,
    command: Sequence[object],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path = BASE_DIR,
    stop_signal: signal.Signals = signal.SIGTERM,
    run_as: str = "self",
    show: bool = False,
    waits: bool = False,
) -> Child:
    """Start a command in a process group of its own; it gets `stop_signal` if we die, even by kill -9.

    Its output goes to `log`; with `show` only its errors do, and the rest to our own output. One that `waits` reads
    nothing until `Child.begin`.
    Call it from the main thread: the kernel takes the end of the calling *thread* for our death.
    """
    argv = launched(command, run_as=run_as, stop_signal=stop_signal)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as errors:
        began = errors.tell()
        output, word = None if show else errors, subprocess.PIPE if waits else subprocess.DEVNULL
        process = subprocess.Popen(argv, env=env, cwd=cwd, stdin=word, stdout=output, stderr=errors)
    again = partial(
        spawn, name, command, log=log, env=env, cwd=cwd, stop_signal=stop_signal, run_as=run_as,
        show=show, waits=waits,
    )  # fmt: skip
    return Child(name, process, log, stop_signal, began, again)


@dataclass
class Supervisor:
    """The children of one run, in the order of their start, with their pid and log files in `home`."""

    home: Path
    children: list[Child] = field(default_factory=list)

    def log_of(self, name: str) -> Path:
        """Where the process `name` writes."""
        return self.home / "logs" / f"{name}.log"

    def add(self, child: Child) -> Child:
        """Take charge of a child and write its pid file."""
        self.children.append(child)
        self._note(child)
        return child

    def _note(self, child: Child) -> None:
        """Whoever reads the pid file meanwhile finds the old one or the new one, never an empty one."""
        new = self.home / f"{child.name}.pid.new"
        new.write_text(f"{child.pid}\n")
        new.replace(self.home / f"{child.name}.pid")

    def start(
        self,
        name: str,
        command: Sequence[object],
        env: Mapping[str, str],
        *,
        show: bool = False,
        waits: bool = False,
    ) -> Child:
        """Spawn and take charge; PROCESS_NAME tells the process who it is."""
        log, named = self.log_of(name), {**env, "PROCESS_NAME": name}
        set_aside(log)
        return self.add(spawn(name, command, log=log, env=named, show=show, waits=waits))

    def finish(self, child: Child) -> None:
        """Wait for a child that ends by itself; raises CannotStart when it failed."""
        child.process.wait()
        self.stop(child.name)
        if child.process.returncode:
            raise died(child)

    def dead(self) -> Child | None:
        """The first child that has ended, if any."""
        return next((child for child in self.children if not child.alive), None)

    def wait_for_death(self, terminal: int | None = None) -> Child | None:
        """Block until one of the children ends, and return it; None when `terminal` was closed."""
        with ExitStack() as opened:
            poll = select.poll()
            for child in self.children:
                handle = opened.enter_context(os.fdopen(os.pidfd_open(child.pid)))
                poll.register(handle, select.POLLIN)
            if terminal is not None:
                poll.register(terminal, 0)  # no event asked for: told of its end only
            poll.poll()
        return self.dead()

    def revive(self, child: Child) -> Child:
        """Start a child that has ended once more; raises CannotStart when it ended five times within a minute."""
        child.wait_stopped(0)  # what it has left behind goes
        now = time.monotonic()
        ends = [*(at for at in child.ends if now - at < 60), now]
        if child.once_more is None or len(ends) >= MOST_ENDS:
            raise died(child)
        time.sleep(PAUSE * (len(ends) - 1))  # a server needs a moment to let go of what it held
        again = child.once_more()
        again.ends = ends
        self.children[self.children.index(child)] = again
        self._note(again)
        again.begin()
        return again

    def stop(self, *names: str, seconds: float = 30) -> None:
        """Stop these children together and remove their pid files."""
        chosen = [child for child in self.children if child.name in names]
        deadline = time.monotonic() + seconds
        for child in chosen:
            child.ask_to_stop()
        for child in chosen:
            child.wait_stopped(max(0.1, deadline - time.monotonic()))
            (self.home / f"{child.name}.pid").unlink(missing_ok=True)
            self.children.remove(child)

    def stop_all(self, *last: str) -> None:
        """Stop every child, those named after the others."""
        self.stop(*(child.name for child in self.children if child.name not in last))
        self.stop(*last)


def died(child: Child) -> CannotStart:
    """What to say of a child that has ended and should not have."""
    return CannotStart(
        f"{how_it_ended(child)}. Its log, {child.log}, ends with:\n{child.last_lines()}"
    )


def how_it_ended(child: Child) -> str:
    """By a signal or by itself, in a few words."""
    code = child.process.returncode
    how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with status {code}"
    return f"{child.name} {how}"


def set_aside(log: Path) -> None:
    """Move a log that has grown too long out of the way."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
