"""The notices to owners, which jobs write."""

from jobs import working
from jobs.models import Job


def write_notices() -> None:
    """Do the jobs that tell owners of their leads."""
    waiting = Job.objects.filter(kind="intake.notify_owner", state=Job.State.PENDING)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        assert working.run_job(pk)
