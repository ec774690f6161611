"""A hint as Celery's worker reads it, without what Celery and kombu do around each message they send.

Celery itself writes one message at its first use, into a queue in memory; every hint is that one with other ids. So
whatever a new version puts around a task is in ours too.
"""

import base64
import json
import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from kombu import Connection

from jobs import tasks


def message_for(job_ids: Sequence[int]) -> bytes:
    """The message that tells a worker to look at these jobs, one after the other."""
    body, message = _gaps()
    told = body % ", ".join(map(str, job_ids))
    key = os.urandom(16).hex()
    return (
        message
        % {
            "body": base64.b64encode(told.encode()).decode(),
            "args": repr(tuple(job_ids)),
            "key": key,
            "tag": f"{key}-delivery",
        }
    ).encode()


@cache
def _gaps() -> tuple[str, str]:
    """Body and message as JSON, with places for what differs."""
    sample = _sample()
    _, *arguments = json.loads(base64.b64decode(sample["body"]))
    message = {
        **sample,
        "body": "<body>",
        "headers": {**sample["headers"], "id": "<key>", "root_id": "<key>", "argsrepr": "<args>"},
        "properties": {**sample["properties"], "correlation_id": "<key>", "delivery_tag": "<tag>"},
    }
    text = json.dumps(message).replace("%", "%%")
    for name in ("body", "key", "args", "tag"):
        text = text.replace(f"<{name}>", f"%({name})s")
    return json.dumps(["<ids>", *arguments]).replace("%", "%%").replace('"<ids>"', "[%s]"), text


@cache
def _sample() -> dict[str, Any]:
    with Connection("memory://") as connection:
        send: Any = tasks.look.apply_async  # whose stubs do not know the connection
        send((0,), connection=connection)
        channel: Any = connection.default_channel
        found: dict[str, Any] = channel._get(settings.CELERY_TASK_DEFAULT_QUEUE)
    return found
