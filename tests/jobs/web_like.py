"""Asks for work as a web process does, and measures how long that takes.

Reads a number of jobs a line; answers with a JSON list of the seconds that each took to be stored.
"""

import json
import sys
import time
import uuid

from django.db import transaction

from jobs import hints, queue
from jobs.quick_line import QuickLine
from tests.jobs import kinds_for_tests  # noqa: F401  registers the kinds

RUN = "import django; django.setup(); from tests.jobs import web_like; web_like.main()"


def ask() -> float:
    """Store one job in a transaction that commits; how long that took."""
    began = time.perf_counter()
    with transaction.atomic():
        queue.enqueue(queue.Ask(kind="tests.note", subject_id=1, key=uuid.uuid4().hex))
    return time.perf_counter() - began


def main() -> None:
    """Serve until the input ends."""
    # No breaker shall spare us the wait for the broker.
    hints._publisher = hints.Publisher(pause=0, quick_line=QuickLine())
    for line in sys.stdin:
        sys.stdout.write(json.dumps([ask() for _ in range(int(line))]) + "\n")
        sys.stdout.flush()
