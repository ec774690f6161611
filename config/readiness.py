"""Waiting for /health/ready, and saying in words what is missing."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from config.progress import say
from config.supervisor import CannotStart, Child, Supervisor, died

LOG_OF = {"database": "postgres", "migrations": "prepare", "jobs": "worker", "broker": "valkey"}
# So much work of a processor is a step on the way; a process that only waits needs less in a minute.
STEP_SECONDS = 0.5
SAY_EVERY_SECONDS = 10
_TICKS = os.sysconf("SC_CLK_TCK")


def ask(port: int, host: str) -> tuple[int, dict[str, Any]]:
    """Status and answer of /health/ready on this machine; 0 and {} when nobody answers so."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()


def missing(supervisor: Supervisor, answer: dict[str, Any]) -> list[str]:
    """A line for each check that fails: what it says, and the log that knows more."""
    checks = answer.get("checks", {"web": "no answer"})
    logs = {name: supervisor.log_of(LOG_OF.get(name, name)) for name in _failing(answer)}
    return [f"{name}: {checks.get(name)} (see {logs[name]})" for name in logs]


def _failing(answer: dict[str, Any]) -> list[str]:
    return list(answer.get("failing", ["web"]))


@dataclass
class Progress:
    """How long nothing has moved: neither what fails nor those who must mend it, who are seen to work."""

    failing: Sequence[str] = ()
    worked: float = 0
    since: float = field(default_factory=time.monotonic)

    def note(self, failing: Sequence[str], worked: float) -> None:
        """What fails now, and the processor's seconds that the processes concerned have used."""
        if list(failing) != list(self.failing) or worked >= self.worked + STEP_SECONDS:
            self.failing, self.worked, self.since = failing, worked, time.monotonic()

    @property
    def stood_still(self) -> float:
        """Seconds without a step."""
        return time.monotonic() - self.since


def wait(supervisor: Supervisor, port: int, host: str, seconds: float) -> list[str]:
    """Return when the house is ready, with what is degraded all the same.

    A busy machine may need long: it waits for as long as something moves, and says every ten seconds for what. Raises
    CannotStart with the failing checks after `seconds` without a step, or at once when a process has ended.
    """
    progress, began, said = Progress(), time.monotonic(), time.monotonic()
    while True:
        status, answer = ask(port, host)
        problems = missing(supervisor, answer)
        if status == 200:
            return problems
        if (child := supervisor.dead()) is not None:
            raise died(child)
        progress.note(_failing(answer), _worked(supervisor, _failing(answer)))
        if progress.stood_still >= seconds:
            still = (
                f"Not ready after {time.monotonic() - began:.0f} s, {seconds:.0f} s without a step."
            )
            raise CannotStart("\n  ".join([still, *problems]))
        if time.monotonic() - said >= SAY_EVERY_SECONDS:
            said = time.monotonic()
            say("\n    " + "; ".join(problems) + " … ", end="")
        time.sleep(0.1)


def _worked(supervisor: Supervisor, failing: Sequence[str]) -> float:
    """Seconds of a processor that the processes behind these checks have used, with what they have started."""
    names = {LOG_OF.get(name, name) for name in failing}
    return sum(_seconds_of(child) for child in supervisor.children if child.name in names)


def _seconds_of(child: Child) -> float:
    return sum(_processor_seconds(pid) for pid in _family(child.pid))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has just ended
        return []
    return [pid, *(each for one in children for each in _family(int(one)))]


def _processor_seconds(pid: int) -> float:
    """Of proc(5), /proc/pid/stat: fields 14 and 15; the second one, a name in brackets, may hold spaces."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(after_name[11]) + int(after_name[12])) / _TICKS
