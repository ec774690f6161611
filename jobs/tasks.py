"""The two messages that a worker understands. Both carry ids only, and both may arrive twice or never.

Each looks first whether the connection that it finds still works, as Django does before a request.
"""

from datetime import timedelta

from celery import shared_task
from django.db import close_old_connections

from jobs import purging, working
from jobs.kinds import kind
from jobs.models import Job, beat


@shared_task(name="jobs.look")
def look(job_id: int) -> None:
    """There may be something to do for this job."""
    close_old_connections()
    working.run_job(job_id)


@shared_task(name="jobs.ping")
def ping() -> None:
    """Show that a worker takes messages and reaches the database, by doing both."""
    close_old_connections()
    beat("worker")


@kind("jobs.forget_regular", every=timedelta(hours=1))
def forget_regular(job: Job) -> None:
    """Delete the records of regular work that was done days ago."""
    purging.forget_regular()
