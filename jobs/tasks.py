"""The two messages that a worker understands. Both carry ids only, and both may arrive twice or never.

Each looks first whether the connection that it finds still works, as Django does before a request.
"""

import os
import time
from datetime import timedelta

from celery import shared_task
from django.db import close_old_connections

from jobs import hints, purging, queue_names, working
from jobs.kinds import kind
from jobs.models import Job, beat

# Seconds of a message: the next job shall have most of CELERY_TASK_SOFT_TIME_LIMIT.
_NO_MORE_AFTER = 5.0


@shared_task(name="jobs.look")
def look(*job_ids: int) -> None:
    """There may be something to do for these jobs, in this order.

    What a slow one leaves no time for is told again, behind what else waits: the time that a task may take is that of
    all together. So does a worker of what somebody waits for with all but the first.
    """
    close_old_connections()
    began = time.monotonic()
    for done, job_id in enumerate(job_ids, 1):
        working.run_job(job_id)
        if queue_names.ONLY_FIRST in os.environ or time.monotonic() - began > _NO_MORE_AFTER:
            if rest := job_ids[done:]:
                hints.send(rest)
            break


@shared_task(name="jobs.ping")
def ping() -> None:
    """Show that a worker takes messages and reaches the database, by doing both."""
    close_old_connections()
    beat("worker")


@kind("jobs.forget_regular", every=timedelta(hours=1))
def forget_regular(job: Job) -> None:
    """Delete the records of regular work that was done days ago."""
    purging.forget_regular()
