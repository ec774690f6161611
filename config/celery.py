"""The Celery application. Messages are hints; the rows in `jobs` are the truth."""

import os
from typing import Any

from celery import Celery
from kombu import Queue
from kombu.transport.redis import Channel

from jobs.queue_names import AT_ONCE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("derisk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect  # the settings may not be read yet
def look_at_once_first(sender: Celery, **_: Any) -> None:
    """Have workers look into their queues in the order of the names, each time they take a message."""
    sender.conf.task_queues = [Queue(name) for name in (AT_ONCE, sender.conf.task_default_queue)]
    sender.conf.broker_transport_options["queue_order_strategy"] = "sorted"


# A worker whose broker is gone would write the messages that it cannot give back into a file. Ours are only hints.
Channel.do_restore = False
