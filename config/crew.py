"""The two workers of a machine: one for what somebody waits for, and one that gives way to it for all else.

Forked from a process that has loaded everything: loading is done once, and memory that nobody changes is there once.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from types import FrameType

from django.db import connections

from config import launch
from config.celery import app
from jobs.queue_names import AT_ONCE, GATHERS, ONLY_FIRST

# What a worker would load when it begins. The calendars of countries come all together.
MODULES = ["celery.apps.worker", "celery.bin.celery", "celery.concurrency.prefork"]
MODULES += ["celery.worker.consumer", "kombu.transport.redis"]
MODULES += ["config.urls", "holidays.countries"]
# Mingling would make a worker wait a second for others.
QUIET = ["-l", "INFO", "--without-mingle", "--without-gossip"]
# A process that is this much nicer gets a tenth of a core that one with nothing against its name wants too.
PATIENCE = 10
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


@dataclass(frozen=True)
class Part:
    """One of the workers: its queue, how many processes it has, and how far they stand back."""

    name: str
    queue: str
    processes: int
    patience: int = 0

    def work(self) -> None:
        """Become this worker; ends the process."""
        os.nice(self.patience)
        os.environ[GATHERS] = "yes"
        if self.queue == AT_ONCE:
            os.environ[ONLY_FIRST] = "yes"
        arguments = ["-Q", self.queue, "-c", self.processes, "-n", f"{self.name}-{os.getpid()}@%h"]
        sys.exit(app.start(["worker", *map(str, arguments), *QUIET]))


def parts(at_once: int, others: int) -> list[Part]:
    """Both workers, with so many processes each."""
    return [
        Part("at-once", AT_ONCE, at_once),
        Part("others", app.conf.task_default_queue, others, PATIENCE),
    ]


def load() -> None:
    """Load what workers need. The code is not checked once more, as `make check` does."""
    os.environ["CELERY_SKIP_CHECKS"] = "1"
    for module in MODULES:
        import_module(module)
    app.loader.import_default_modules()


def run(crew: Sequence[Part]) -> int:
    """Work until one of them ends; the others are stopped then, and whoever started us starts all anew.

    Passes on what asks us to stop. Returns the status of the first that ended.
    """
    connections.close_all()
    gc.freeze()  # else the first collection of each child would copy all that is shared
    pids: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        for pid in pids:
            _send(pid, number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    pids += [_fork(part, os.getpid()) for part in crew]
    first, status = os.wait()
    pids.remove(first)
    pass_on(signal.SIGTERM, None)
    for pid in pids:
        os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _fork(part: Part, parent: int) -> int:
    pid = os.fork()
    if pid == 0:
        for number in _PASSED_ON:
            signal.signal(number, signal.SIG_DFL)
        launch.die_with(parent, signal.SIGTERM)
        part.work()
    return pid


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
