"""Lines that tell the person at the terminal what happens and how long it took."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str, end: str = "\n") -> None:
    """Print at once. A terminal that was closed must not keep us from stopping in order."""
    try:
        print(text, end=end, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what begins, and when it is over how long it took."""
    say(f"  {what} … ", end="")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"{time.monotonic() - began:.1f} s")
