"""The `stack` fixture: web server, worker, sweep and mail server as real processes, on a database of their own.

    def test_a_killed_worker_loses_nothing(stack):
        web, worker, sweep = stack.web(), stack.worker(), stack.sweep()
        post(f"{web.url}/request/", ...)
        worker.kill()
        stack.valkey.freeze()
        ...
        eventually(lambda: Lead.objects.filter(status="routed").count() == 1)

Inside such a test the ORM of the test speaks to the stack's database too, and what it writes is committed (so: no
`db` fixture, no `django_db` mark). What the test process itself enqueues hints nobody in the stack, since its
Celery speaks to another Valkey: the stack's sweep finds it. All is killed and removed when the test ends.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from smtplib import SMTP, SMTPException
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from config import ports, supervisor
from tests import processes

BIN = Path(sys.executable).parent
HEARTBEAT = "SELECT 1 FROM jobs_heartbeat WHERE name = 'sweep' AND beaten_at > %s"


@dataclass
class Stack:
    """Processes on one database and one Valkey. Keyword arguments are more environment for that process."""

    directory: Path
    database_url: str
    valkey: processes.BadValkey
    port: int = field(default_factory=ports.choose)
    mail_port: int = field(default_factory=ports.choose)
    started: list[processes.Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = f"http://localhost:{self.port}"
        self.env = os.environ | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.valkey.url,
            "SITE_URL": self.url,
            "PORT": str(self.port),
        }

    def web(self, **env: str) -> processes.Web:
        """A web server that answers; its address is `stack.url` each time."""
        command = [BIN / "granian", "--interface", "wsgi", "config.wsgi:application"]
        command += ["--host", "127.0.0.1", "--port", self.port, "--blocking-threads", 8]
        web = processes.Web(self._spawn("web", command, env), self.url)
        web.child.wait_until(self._answers, 60)
        return web

    def worker(self, at_once: int = 1, others: int = 1, **env: str) -> processes.Workers:
        """The workers, with so many processes each, which take messages."""
        command = [sys.executable, "manage.py", "work", "--at-once", at_once, "--others", others]
        child = self._spawn("worker", command, env)
        child.wait_until(lambda: child.log.read_bytes().count(b" ready.") == 2, 60)
        return processes.Workers(child)

    def sweep(self, **env: str) -> processes.Process:
        """A sweep loop that has swept once."""
        since = self.query("SELECT clock_timestamp()")[0][0]
        child = self._spawn("sweep", [sys.executable, "manage.py", "sweep"], env)
        child.wait_until(lambda: bool(self.query(HEARTBEAT, since)), 60)
        return processes.Process(child)

    def smtp(self, handler: str = "aiosmtpd.handlers.Mailbox") -> processes.Smtp:
        """A mail server; web, workers and sweeps started after it send there. A second call starts it again."""
        maildir, address = self.directory / "mail", f"127.0.0.1:{self.mail_port}"
        # -m: so that a handler of ours is found.
        command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", address, "-c", handler, maildir]
        child = self._spawn("smtp", command, {})
        child.wait_until(self._greets)
        self.env["EMAIL_URL"] = f"smtp://{address}"
        return processes.Smtp(child, maildir)

    def manage(self, *arguments: str) -> str:
        """What a management command prints; fails when it fails."""
        return self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> str:
        """What a Python program of ours prints; fails when it fails."""
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, env=self.env, cwd=supervisor.BASE_DIR, check=True, text=True, stdout=-1
        ).stdout

    def query(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """The rows of one SQL statement in the stack's database, outside Django."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()

    def logs(self) -> list[tuple[str, str]]:
        """The end of each process's log, for a test that failed."""
        return [(process.child.log.name, process.child.last_lines(40)) for process in self.started]

    def close(self) -> None:
        """Kill everything."""
        for process in [*self.started, self.valkey.process]:
            process.kill()

    def _spawn(self, name: str, command: Sequence[object], env: dict[str, str]) -> supervisor.Child:
        log = self.directory / f"{name}-{len(self.started)}.log"
        named = self.env | {"PROCESS_NAME": name} | env
        child = supervisor.spawn(name, command, log=log, env=named)
        self.started.append(processes.Process(child))
        return child

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/live", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _greets(self) -> bool:
        try:
            with SMTP("127.0.0.1", self.mail_port, timeout=5):
                return True
        except (OSError, SMTPException):
            return False
