"""Telling a worker to look now. Best effort: a lost hint costs seconds, since the sweep tells again.

A broker that is dead or frozen never makes a visitor wait: hints go out over a line that takes them at once, or are
left to a thread, which publishes and opens that line; after a failure it stops trying for a while (a circuit breaker)
and lets hints fall.
"""

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, partial
from typing import TypeVar

import redis
import structlog
from django.conf import settings
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from jobs import hint_message
from jobs.queue_names import AT_ONCE
from jobs.quick_line import Command, QuickLine
from jobs.valkey_line import Line, packed

log = structlog.get_logger("derisk.hints")
BROKER_ERRORS = (KombuError, RedisError, OSError)
Answer = TypeVar("Answer")
Hint = tuple[Sequence[int], bool]  # the jobs, and whether it overtakes others
_MOST_AT_ONCE = 100
# Messages in a queue; the sweep tells no more. What is at once is done together, so that each message has a worker take
# whatever else is due: behind so many another tells nothing new, and is looked at in vain when the queue has drained.
ROOM = 500


class BrokerAway(Exception):
    """The broker failed just now, or so lately that it was not asked."""


class Breaker:
    """Open (refusing) for `pause` seconds after each failure."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last failure is too recent to try again."""
        return time.monotonic() < self._open_until

    def call(self, function: Callable[[], Answer]) -> Answer:
        """What the function answers; raises BrokerAway while open and when the broker fails, which opens it."""
        if self.is_open:
            raise BrokerAway
        try:
            return function()
        except BROKER_ERRORS as error:
            self._open_until = time.monotonic() + self.pause
            log.warning("hints paused", error=type(error).__name__, seconds=self.pause)
            raise BrokerAway from error


_line = Line()


@cache
def _broker() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def publish(*job_ids: int, at_once: bool = False) -> None:
    """Put one hint to look at these jobs on the broker, waiting at most its short timeouts.

    Workers take hints that are `at_once` before all others.

    Raises one of BROKER_ERRORS.
    """
    publish_all([(job_ids, at_once)])


def publish_all(hints: Sequence[Hint]) -> None:
    """The same for several hints, in one trip. Raises one of BROKER_ERRORS; some may have been put there then."""
    _line.ask_all(_broker(), [sent for _, sent in _commands(hints)])


def _commands(hints: Sequence[Hint]) -> list[Command]:
    return [_command(job_ids, at_once) for job_ids, at_once in hints]


def _command(job_ids: Sequence[int], at_once: bool) -> Command:
    message, name = hint_message.message_for(job_ids), _queue_name(at_once)
    return name, packed(b"LPUSH", name.encode(), message)


def waiting(*, at_once: bool = False) -> int:
    """How many messages of the one queue or the other no worker has taken yet; raises one of BROKER_ERRORS."""
    return int(_line.ask(_broker(), packed(b"LLEN", _queue_name(at_once).encode())))


def _queue_name(at_once: bool) -> str:
    name: str = AT_ONCE if at_once else settings.CELERY_TASK_DEFAULT_QUEUE
    return name


class Publisher:
    """A bounded queue and the thread that empties it; one per process, made anew after a fork.

    With a quick line the queue is for what that does not take.
    """

    def __init__(
        self, pause: float = 30, size: int = 1000, quick_line: QuickLine | None = None
    ) -> None:
        self._pause = pause
        self._size = size
        self._quick_line = quick_line
        self._begin()
        # A child has neither our thread nor the one that may have held the lock at that moment.
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._breaker = Breaker(self._pause)
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Sequence[Hint] | threading.Event] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def send(self, *hints: Sequence[int], at_once: bool = False) -> None:
        """Hand over hints, each of jobs to look at in turn, and return; a full queue lets them fall."""
        for job_ids in hints:
            self.send_together([(job_ids, at_once)])

    def send_together(self, hints: Sequence[Hint]) -> None:
        """The same for hints of both kinds; the thread, which costs more than what it sends, is woken once or never.

        A queue of what is at once that was full a moment ago gets no more.
        """
        if line := self._quick_line:
            if line.length(AT_ONCE) >= ROOM:
                hints = [one for one in hints if not one[1]]
            if not hints or line.put(_commands(hints)):
                return
        if self._waiting.qsize() < self._size:
            self._waiting.put(hints)
        else:
            log.warning("hint dropped", jobs=[pk for job_ids, _ in hints for pk in job_ids])
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            taken = self._take()
            hints = [hint for one in taken if not isinstance(one, threading.Event) for hint in one]
            try:
                with suppress(BrokerAway):  # the breaker has logged it, the sweep tells again
                    if hints:
                        self._breaker.call(partial(self._publish, hints))
            finally:
                for one in taken:
                    if isinstance(one, threading.Event):
                        one.set()

    def _publish(self, hints: Sequence[Hint]) -> None:
        publish_all(hints)
        if self._quick_line:
            self._quick_line.open(_broker())

    def _take(self) -> list[Sequence[Hint] | threading.Event]:
        """Whatever waits, for one trip to the broker; waits until something does."""
        taken = [self._waiting.get()]
        with suppress(queue.Empty):
            while len(taken) < _MOST_AT_ONCE:
                taken.append(self._waiting.get_nowait())
        return taken

    def drain(self) -> None:
        """Wait until every hint handed over so far was published or dropped."""
        done = threading.Event()
        self._waiting.put(done)
        while self._thread is not None and self._thread.is_alive() and not done.wait(0.05):
            continue
        if self._quick_line:
            self._quick_line.settle()


_publisher = Publisher(quick_line=QuickLine())
_withheld = ContextVar("withheld", default=False)


@contextmanager
def withheld() -> Iterator[None]:
    """Send no hints meanwhile, and leave all to the sweep: workers shall not begin with what is half loaded."""
    token = _withheld.set(True)
    try:
        yield
    finally:
        _withheld.reset(token)


def send(*hints: Sequence[int], at_once: bool = False) -> None:
    """Hint from this process's thread; each hint is of jobs to look at one after the other, `at_once` before others.

    Never raises, never waits for the broker.
    """
    if not _withheld.get():
        _publisher.send(*hints, at_once=at_once)


def send_together(hints: Sequence[Hint]) -> None:
    """The same for hints of both kinds."""
    _publisher.send_together(hints)
