"""A hint as Celery's worker reads it, without what Celery and kombu do around each message they send.

Celery itself writes one message at its first use, into a queue in memory; every hint is that one with other ids. So
whatever a new version puts around a task is in ours too.
"""

import base64
import json
import random
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
    body, message = _templates()
    return message % {
        b"body": base64.b64encode(body % b", ".join([b"%d" % pk for pk in job_ids])),
        b"args": repr(tuple(job_ids)).encode(),
        b"key": b"%032x" % random.getrandbits(128),  # no secret  # nosec B311
    }


@cache
def _templates() -> tuple[bytes, bytes]:
    """The body as JSON with a place for the ids, and the message with places for what differs."""
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
    text = json.dumps(message).replace("%", "%%")
    return body.encode(), re.sub("<(body|key|args)>", r"%(\1)b", text).encode()


@cache
def _sample() -> dict[str, Any]:
    with _one_at_a_time, Connection("memory://") as connection:
        send: Any = tasks.look.apply_async  # whose stubs do not know the connection
        send((0,), connection=connection)
        channel: Any = connection.default_channel
        found: dict[str, Any] = channel._get(settings.CELERY_TASK_DEFAULT_QUEUE)
    return found
