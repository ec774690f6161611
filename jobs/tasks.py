"""The two messages that a worker understands. Both carry ids only, and both may arrive twice or never."""

from celery import shared_task

from jobs import working
from jobs.models import beat


@shared_task(name="jobs.look")
def look(job_id: int) -> None:
    """There may be something to do for this job."""
    working.run_job(job_id)


@shared_task(name="jobs.ping")
def ping() -> None:
    """Show that a worker takes messages and reaches the database, by doing both."""
    beat("worker")
