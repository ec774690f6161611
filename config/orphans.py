"""Processes of an earlier run that was killed: find them, stop them, forget them."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "DERISK_SUPERVISED_IN"  # in the environment of every process that the demo starts, and of its children
# They overwrite their environment, but stay in their data directory.
SERVERS = {"postgres", "valkey-server"}
PROC = Path("/proc")


def clear(home: Path, seconds: float = 10) -> int:
    """Stop every process that an earlier supervisor of `home` has left; say how many. Drop stale pid files.

    Only for the holder of the lock of `home`. Needs /proc: elsewhere it removes files only.
    """
    found = list(left_in(home))
    # INT and not TERM: PostgreSQL does not wait for its clients then.
    for number in (signal.SIGINT, signal.SIGKILL):
        for pid in left_in(home):
            signal_if_there(pid, number)
        wait_gone(home, seconds)
    for stale in [*home.glob("*.pid"), home / "postgres" / "postmaster.pid"]:
        stale.unlink(missing_ok=True)
    return len(found)


def left_in(home: Path) -> Iterator[int]:
    """The ids of the processes that belong to `home`."""
    for entry in PROC.glob("[0-9]*"):
        try:
            if belongs(entry, home):
                yield int(entry.name)
        except OSError:  # gone meanwhile, or another user's
            continue


def belongs(entry: Path, home: Path) -> bool:
    """Whether the process of this /proc entry was started for `home`."""
    if f"{MARK}={home}".encode() in (entry / "environ").read_bytes().split(b"\0"):
        return True
    directory, program = Path(os.readlink(entry / "cwd")), os.readlink(entry / "exe")
    return directory.is_relative_to(home) and Path(program).name in SERVERS


def signal_if_there(pid: int, number: signal.Signals) -> None:
    """Send a signal; a process that is gone needs none."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_gone(home: Path, seconds: float) -> None:
    """Return when nothing is left or `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(True for _ in left_in(home)):
        time.sleep(0.05)
