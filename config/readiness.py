"""Waiting for /health/ready, and saying in words what is missing."""

import json
import time
from http.client import HTTPConnection, HTTPException
from typing import Any

from config.supervisor import CannotStart, Supervisor, died

LOG_OF = {"database": "postgres", "migrations": "prepare", "jobs": "worker", "broker": "valkey"}


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
    failing = answer.get("failing", ["web"])
    logs = {name: supervisor.log_of(LOG_OF.get(name, name)) for name in failing}
    return [f"{name}: {checks.get(name)} (see {logs[name]})" for name in failing]


def wait(supervisor: Supervisor, port: int, host: str, seconds: float) -> list[str]:
    """Return when the house is ready, with what is degraded all the same.

    Raises CannotStart with the failing checks after `seconds`, or at once when a process has ended.
    """
    deadline = time.monotonic() + seconds
    while True:
        status, answer = ask(port, host)
        problems = missing(supervisor, answer)
        if status == 200:
            return problems
        if (child := supervisor.dead()) is not None:
            raise died(child)
        if time.monotonic() > deadline:
            raise CannotStart("\n  ".join([f"Not ready after {seconds:.0f} s.", *problems]))
        time.sleep(0.1)
