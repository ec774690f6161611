import signal
import threading
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections

from jobs import hints, sweeping

log = structlog.get_logger("derisk.sweep")
PING_EVERY_SECONDS = 10


class Command(BaseCommand):
    """A plain loop in its own process: nothing that can wedge stands between a due row and its worker."""

    help = "Free abandoned jobs and hint due ones, once a second, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=1.0, help="seconds between two sweeps")
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        breaker = hints.Breaker(pause=5)
        next_ping = 0.0
        while not stopped.is_set():
            if time.monotonic() >= next_ping and sweeping.ping_worker(breaker):
                next_ping = time.monotonic() + PING_EVERY_SECONDS
            self.sweep(breaker)
            if options["once"]:
                return
            stopped.wait(options["every"])

    def sweep(self, breaker: hints.Breaker) -> None:
        """One sweep. A database that is away is logged and met again in a second, never fatal."""
        close_old_connections()
        try:
            sweeping.sweep_once(breaker)
        except Error as error:
            log.error("sweep failed", error=type(error).__name__)
