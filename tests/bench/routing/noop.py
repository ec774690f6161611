"""C, the reference: a bare Celery application with a task that does nothing, over the same Valkey."""

import os
import time

import redis
from celery import Celery

WAITS = "bench:waits"
app = Celery("noop", broker=os.environ["REDIS_URL"])
app.conf.update(task_default_queue="noop", task_ignore_result=True, broker_connection_retry=True)
_valkey = redis.Redis.from_url(os.environ["REDIS_URL"])


@app.task(ignore_result=True)
def nothing() -> None:
    """Do nothing."""


@app.task(ignore_result=True)
def wait_of(sent: float) -> None:
    """Note how long the message took, in milliseconds."""
    _valkey.rpush(WAITS, (time.time() - sent) * 1000)
