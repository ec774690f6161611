"""What the mail app's kinds of job do."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from jobs.kinds import Finish, kind, kind_in_turn
from jobs.models import Job
from mail import delivery, stuck


@kind_in_turn("mail.deliver", most=25)
def deliver(jobs: Sequence[Job]) -> Iterator[Finish | None]:
    """Hand messages to the mail server."""
    return delivery.deliver_in_turn(
        (job.subject_id, job.attempts >= job.max_attempts) for job in jobs
    )


@kind("mail.free_stuck", every=timedelta(minutes=5))
def free_stuck(job: Job) -> None:
    """Find messages that wait and have nobody to send them."""
    stuck.free_stuck()
