"""The Celery application. Messages are hints; the rows in `jobs` are the truth."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from kombu import Queue
from kombu.transport.redis import Channel

from config import large_pages
from jobs.queue_names import AT_ONCE, ONLY_FIRST

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("derisk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect  # the settings may not be read yet
def look_at_once_first(sender: Celery, **_: Any) -> None:
    """Have workers look into their queues in the order of the names, each time they take a message."""
    sender.conf.task_queues = [Queue(name) for name in (AT_ONCE, sender.conf.task_default_queue)]
    sender.conf.broker_transport_options["queue_order_strategy"] = "sorted"


@worker_process_init.connect
def take_large_pages(**_: Any) -> None:
    """Have the processes for whose work somebody waits hold what they have in large pages, as those that serve do.

    Each has some sixty megabytes more for itself, which it shared before: the others, whose work may take its time,
    go on sharing them.
    """
    if ONLY_FIRST in os.environ:
        large_pages.gather()


# A worker whose broker is gone would write the messages that it cannot give back into a file. Ours are only hints.
Channel.do_restore = False
