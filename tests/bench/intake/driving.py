"""Sending a kind of request with the driver, and refusing any answer that it must not get."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench import servers
from tests.bench.intake.asking import Probe

DRIVER = Path(__file__).parent.parent / "driver.py"


def drive(
    web: servers.Web, probe: Probe, clients: int, seconds: float = 0, count: int = 0
) -> dict[str, Any]:
    """What the driver saw; fails on any answer that this probe must not get."""
    return finish(probe, start(web, probe, clients, seconds=seconds, count=count))


def start(web: servers.Web, probe: Probe, clients: int, **wish: float) -> "subprocess.Popen[str]":
    """A driver that has begun to send: for so many `seconds`, or a `count`, or at most at a `pace` in requests/s."""
    wish |= {"clients": clients}
    told = {
        "port": urlsplit(web.url).port,
        "paths": [probe.path],
        "headers": probe.headers,
        "body": probe.body,
        **wish,
    }
    driver = subprocess.Popen(
        [sys.executable, "-I", "-S", str(DRIVER)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert driver.stdin is not None
    driver.stdin.write(json.dumps(told))
    driver.stdin.close()
    driver.stdin = None  # so that `communicate` leaves it alone
    return driver


def finish(probe: Probe, driver: "subprocess.Popen[str]") -> dict[str, Any]:
    """What this driver saw, once it has sent all."""
    told, trouble = driver.communicate(timeout=900)
    if driver.returncode:
        raise SystemExit(f"{probe.name}: the driver failed.\n{trouble}")
    seen: dict[str, Any] = json.loads(told)
    taken = {201, 303} if probe.status == 429 else set()  # before it is a flood
    if set(seen["statuses"]) - taken != {probe.status}:
        raise SystemExit(f"{probe.name}: answered {seen['by_status']}")
    return seen
