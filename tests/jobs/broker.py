"""A look into the broker."""

import base64
import json

import redis
from django.conf import settings

from jobs import hints
from jobs.queue_names import AT_ONCE

QUEUES = (AT_ONCE, settings.CELERY_TASK_DEFAULT_QUEUE)


class Broker:
    """The queue that workers listen to, here without a worker."""

    def __init__(self, client: redis.Redis, publisher: hints.Publisher) -> None:
        self.client = client
        self.publisher = publisher

    def messages(self) -> list[tuple[str, list[int]]]:
        """Task name and arguments of every message, in the order in which workers take them."""
        return [self._read(json.loads(message)) for message in self.raw()]

    def raw(self) -> list[bytes]:
        """Every message as it lies there."""
        self.publisher.drain()
        return [raw for name in QUEUES for raw in reversed(self.client.lrange(name, 0, -1))]

    def hinted(self) -> list[int]:
        """The jobs that workers were told of, in that order."""
        return [pk for name, told in self.messages() if name == "jobs.look" for pk in told]

    def clear(self) -> None:
        """Forget every message."""
        self.publisher.drain()
        self.client.delete(*QUEUES)

    @staticmethod
    def _read(message: dict[str, dict[str, str] | str]) -> tuple[str, list[int]]:
        headers, body = message["headers"], message["body"]
        assert isinstance(headers, dict)
        assert isinstance(body, str)
        return headers["task"], json.loads(base64.b64decode(body))[0]
