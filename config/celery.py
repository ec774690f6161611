"""The Celery application. Messages are hints; the rows in `jobs` are the truth."""

import os

from celery import Celery
from kombu.transport.redis import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("derisk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A worker whose broker is gone would write the messages that it cannot give back into a file. Ours are only hints.
Channel.do_restore = False
