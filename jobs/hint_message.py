"""A hint as Celery's worker reads it, without what Celery and kombu do around each message they send.

Celery itself writes one message at its first use, into a queue in memory; every hint is that one with other ids. So
whatever a new version puts around a task is in ours too.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from kombu import Connection

from jobs import tasks


def message_for(job_ids: Sequence[int]) -> bytes:
    """The message that tells a worker to look at these jobs, one after the other."""
    sample = _sample()
    key = str(uuid.uuid4())
    told = {"id": key, "root_id": key, "argsrepr": repr(tuple(job_ids))}
    properties = {"correlation_id": key, "delivery_tag": str(uuid.uuid4())}
    body = json.dumps([list(job_ids), *_arguments()[1:]])
    message = {
        **sample,
        "body": base64.b64encode(body.encode()).decode(),
        "headers": {**sample["headers"], **told},
        "properties": {**sample["properties"], **properties},
    }
    return json.dumps(message).encode()


@cache
def _arguments() -> list[Any]:
    found: list[Any] = json.loads(base64.b64decode(_sample()["body"]))
    return found


@cache
def _sample() -> dict[str, Any]:
    with Connection("memory://") as connection:
        send: Any = tasks.look.apply_async  # whose stubs do not know the connection
        send((0,), connection=connection)
        channel: Any = connection.default_channel
        found: dict[str, Any] = channel._get(settings.CELERY_TASK_DEFAULT_QUEUE)
    return found
