"""What the mail app's kinds of job do."""

from datetime import timedelta

from jobs.kinds import Finish, kind
from jobs.models import Job
from mail import delivery, stuck


@kind("mail.deliver", external=True)
def deliver(job: Job) -> Finish | None:
    """Hand one message to the mail server."""
    return delivery.deliver(message_id=job.subject_id, is_last_try=job.attempts >= job.max_attempts)


@kind("mail.free_stuck", every=timedelta(minutes=5))
def free_stuck(job: Job) -> None:
    """Find messages that wait and have nobody to send them."""
    stuck.free_stuck()
