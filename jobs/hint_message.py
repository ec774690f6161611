"""A hint as Celery's worker reads it, without what Celery and kombu do around each message they send.

Celery itself writes one message at its first use, into a queue in memory; every hint is that one with other ids. So
whatever a new version puts around a task is in ours too.
"""

import base64
import json
import os
import re
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from kombu import Connection

from jobs import tasks

# All threads share the queue in memory, and two that make it at once have two.
_one_at_a_time = threading.Lock()


def message_for(job_ids: Sequence[int]) -> bytes:
    """The message that tells a worker to look at these jobs, one after the other."""
    body, parts = _parts()
    told = {
        "body": base64.b64encode(body % b", ".join([b"%d" % pk for pk in job_ids])),
        "args": repr(tuple(job_ids)).encode(),
        "key": os.urandom(16).hex().encode(),
    }
    return b"".join([told[part] if isinstance(part, str) else part for part in parts])


@cache
def _parts() -> tuple[bytes, list[bytes | str]]:
    """The body as JSON with a place for the ids, and the message in parts: every other one names what differs."""
    sample = _sample()
    _, *arguments = json.loads(base64.b64decode(sample["body"]))
    message = {
        **sample,
        "body": "<body>",
        "headers": {**sample["headers"], "id": "<key>", "root_id": "<key>", "argsrepr": "<args>"},
        "properties": {
            **sample["properties"],
            "correlation_id": "<key>",
            "delivery_tag": "<key>-delivery",
        },
    }
    body = json.dumps(["<ids>", *arguments]).replace("%", "%%").replace('"<ids>"', "[%b]")
    pieces = re.split("<(body|key|args)>", json.dumps(message))
    return body.encode(), [name if at % 2 else name.encode() for at, name in enumerate(pieces)]


@cache
def _sample() -> dict[str, Any]:
    with _one_at_a_time, Connection("memory://") as connection:
        send: Any = tasks.look.apply_async  # whose stubs do not know the connection
        send((0,), connection=connection)
        channel: Any = connection.default_channel
        found: dict[str, Any] = channel._get(settings.CELERY_TASK_DEFAULT_QUEUE)
    return found
