"""A look into the broker."""

import base64
import json

import redis
from django.conf import settings

from jobs import hints


class Broker:
    """The queue that workers listen to, here without a worker."""

    def __init__(self, client: redis.Redis, publisher: hints.Publisher) -> None:
        self.client = client
        self.publisher = publisher

    def messages(self) -> list[tuple[str, list[int]]]:
        """Task name and arguments of every message, oldest first."""
        return [self._read(json.loads(message)) for message in self.raw()]

    def raw(self) -> list[bytes]:
        """Every message as it lies there, oldest first."""
        self.publisher.drain()
        return list(reversed(self.client.lrange(settings.CELERY_TASK_DEFAULT_QUEUE, 0, -1)))

    def hinted(self) -> list[int]:
        """The jobs that workers were told of, in that order."""
        return [pk for name, told in self.messages() if name == "jobs.look" for pk in told]

    def clear(self) -> None:
        """Forget every message."""
        self.publisher.drain()
        self.client.delete(settings.CELERY_TASK_DEFAULT_QUEUE)

    @staticmethod
    def _read(message: dict[str, dict[str, str] | str]) -> tuple[str, list[int]]:
        headers, body = message["headers"], message["body"]
        assert isinstance(headers, dict)
        assert isinstance(body, str)
        return headers["task"], json.loads(base64.b64decode(body))[0]
