"""What one worker tells others of, gathered for a moment, so that it is done together.

A batch of one takes three times as much of a lead as one of ten, and workers that have nothing else to do would do
batches of one, all of them, on the cores and in the database that routing wants.
"""

import os
import time
from threading import Lock, Timer

from jobs import hints, messages, queue_names
from jobs.messages import Due

# Seconds between two messages of one process, which nobody notices of a mail; the first goes out at once. At fifty
# requests a second each of two processes that route has fifty jobs of a kind to tell of then, which are done together.
_EVERY = 2.0
# While jobs wait by the hundred, what comes after them would take PostgreSQL from them: after how long without a full
# batch the queue counts as empty, and how long it is gathered for at most.
_QUIET_FOR, _AT_MOST = 1.0, 30.0


def is_on() -> bool:
    """Whether this process gathers: one of `manage.py work` does."""
    return queue_names.GATHERS in os.environ


def tell(due: Due, *, more_wait: bool = False) -> None:
    """Tell workers of these jobs, which nobody waits for, in as few messages as do: at once, or within a second where
    this process gathers and has told just now. While `more_wait` of what somebody waits for than it can take at a time,
    it goes on with that first, for half a minute at most. A message may be lost: the sweep tells again.
    """
    if due:
        if is_on():
            _gathered.add(due, more_wait=more_wait)
        else:
            _send(due)


def _send(due: Due) -> None:
    hints.send(*messages.across_kinds(due))


class _Gathered:
    """What is to be told soon, and the clock that does so."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._due: list[tuple[str, int]] = []
        self._since = 0.0  # monotonic, of the first of them
        self._told_at = 0.0
        self._more_since = 0.0  # when more waited last

    def add(self, due: Due, *, more_wait: bool) -> None:
        """Have it told, with whatever comes until then."""
        now = time.monotonic()
        with self._lock:
            begins = not self._due
            self._due += due
            if more_wait:
                self._more_since = now
            if begins:
                self._since = now
        if begins:
            self._tell()

    def _tell(self) -> None:
        """Tell all if it is time, or see to it that it is told then."""
        now = time.monotonic()
        with self._lock:
            more_wait = now - self._more_since < _QUIET_FOR and now - self._since < _AT_MOST
            pause = _EVERY if more_wait else self._told_at + _EVERY - now
            if pause > 0:
                self._wait(pause)
                return
            due, self._due, self._told_at = self._due, [], now
        _send(due)

    def _wait(self, seconds: float) -> None:
        timer = Timer(seconds, self._tell)
        timer.daemon = True
        timer.start()


_gathered = _Gathered()
