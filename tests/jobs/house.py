"""Workers and sweeps that a test may treat badly, and what has become of the jobs."""

import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from kombu import Connection

from config import supervisor
from jobs import queue, tasks
from jobs.models import Heartbeat, Job
from tests.jobs import kinds_for_tests, web_like
from tests.processes import Process, Workers, eventually
from tests.stack import Stack

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.jobs.settings_for_tests"}
LEASE = {"JOB_LEASE_SECONDS": "3"}


@dataclass
class House:
    """A stack with tables for the kinds of the tests."""

    stack: Stack
    started: list[Workers] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.change(kinds_for_tests.TABLES)
        self.sweeps = [self.sweep()]

    # --- Processes

    def sweep(self) -> Process:
        """A sweep that knows the kinds of the tests."""
        return self.stack.sweep(**SETTINGS)

    def wait_for_sweeps(self, count: int) -> None:
        """Return when a sweep that had not begun yet has ended, so many times."""
        for _ in range(count + 1):  # the first may have begun before
            before = Heartbeat.objects.get(name="sweep").beaten_at
            eventually(lambda before=before: Heartbeat.objects.get(name="sweep").beaten_at > before)

    def workers(self, count: int) -> list[Workers]:
        """At least so many workers that are alive, new ones where some were killed."""
        self.started = [worker for worker in self.started if worker.alive]
        while len(self.started) < count:
            self.started.append(self.stack.worker(1, 2, **SETTINGS, **LEASE))
        return self.started

    def thaw(self) -> None:
        """Let all go on that a test froze: one that failed in the middle is not to fail all that come after it."""
        valkey = self.stack.valkey
        if not valkey.process.alive:
            valkey.start()
        for process in (valkey.process, *self.sweeps, *self.started):
            if process.alive:
                process.resume()

    def worker_of(self, pid: int) -> Workers:
        """The worker whose pool this process belongs to."""
        return next(worker for worker in self.started if pid in worker.pool)

    @contextmanager
    def web_like(self) -> Iterator["WebLike"]:
        """A process that asks for jobs of the kind tests.note."""
        command = [sys.executable, "-c", web_like.RUN]
        env = self.stack.env | SETTINGS | {"PROCESS_NAME": "web"}
        with subprocess.Popen(
            supervisor.launched(command),
            env=env,
            cwd=supervisor.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            yield WebLike(process)

    # --- Jobs

    def ask(self, kind: str, count: int = 1, **fields: object) -> list[int]:
        """Store jobs from here, from where no hint reaches the workers: the sweep has to find them."""
        asks = [queue.Ask(kind=kind, subject_id=1, key=uuid.uuid4().hex) for _ in range(count)]
        ids = queue.enqueue(*asks)
        Job.objects.filter(pk__in=ids).update(hinted_at=Now() - timedelta(minutes=1), **fields)
        return ids

    def hint(self, job_id: int, times: int) -> None:
        """Send the same hint several times, and return when workers have looked each time."""
        before = self._looks()
        with Connection(self.stack.valkey.url) as connection:
            for _ in range(times):
                tasks.look.apply_async(  # type: ignore[call-arg]  # the stubs lack `connection`
                    (job_id,), connection=connection
                )

        eventually(lambda: self._looks() >= before + times)

    def _looks(self) -> int:
        ended = re.compile(r"Task jobs\.look\[[0-9a-f-]+\] succeeded")
        return sum(len(ended.findall(worker.log)) for worker in self.started)

    @property
    def jobs(self) -> QuerySet[Job]:
        """What the tests asked for; the sweep asks for regular work of its own."""
        return Job.objects.filter(kind__startswith="tests.")

    def let_time_pass(self) -> None:
        """For jobs that wait, make it as if the last ten minutes had been twenty."""
        past = timedelta(minutes=10)
        waiting = self.jobs.filter(state=Job.State.PENDING)
        waiting.update(run_at=F("run_at") - past, hinted_at=F("hinted_at") - past)

    def states(self) -> dict[int, str]:
        """The state of every job, while time passes quickly."""
        self.let_time_pass()
        return dict(self.jobs.values_list("pk", "state"))

    def wait_until_done(self) -> None:
        """Return when every job is done, while time passes quickly."""
        eventually(lambda: set(self.states().values()) <= {Job.State.DONE}, 120)

    # --- What the work has left

    def begun(self, job_id: int) -> list[int]:
        """The processes that have begun with a held job, in that order."""
        rows = self.stack.query("SELECT pid FROM begun WHERE job_id = %s ORDER BY ctid", job_id)
        return [int(str(pid)) for (pid,) in rows]

    def effects(self, job_id: int) -> list[int]:
        """The processes whose work on the job was committed."""
        rows = self.stack.query("SELECT pid FROM effect WHERE job_id = %s", job_id)
        return [int(str(pid)) for (pid,) in rows]

    def open_gate(self) -> None:
        """Let held jobs end, now and from now on."""
        self.change("INSERT INTO gate VALUES (true)")

    def clear(self) -> None:
        """Forget all jobs and what they left."""
        Job.objects.all().delete()
        self.change("TRUNCATE begun, effect, gate")

    def change(self, statements: str) -> None:
        """Change the stack's database, outside Django."""
        with psycopg.connect(self.stack.database_url, autocommit=True) as connection:
            connection.execute(statements.encode())


@dataclass
class WebLike:
    """Talks with `web_like`."""

    process: subprocess.Popen[str]

    def ask(self, count: int) -> list[float]:
        """Let it ask for so many jobs; the seconds that each took."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return list(map(float, json.loads(self.process.stdout.readline())))
