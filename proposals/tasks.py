"""What the proposals app's kinds of job do: one call each."""

from jobs.kinds import Finish, kind
from jobs.models import Job
from proposals import answering, sending, withdrawing


@kind("proposals.render", external=True)
def render(job: Job) -> Finish | None:
    """Render a sent version, then mail its link."""
    return sending.render_document(version_id=job.subject_id)


@kind("proposals.expire")
def expire(job: Job) -> None:
    """Close a version that was not answered in time."""
    answering.expire_version(version_id=job.subject_id)


@kind("proposals.close_withdrawn")
def close_withdrawn(job: Job) -> None:
    """Withdraw what was being written for a client who has withdrawn the request."""
    withdrawing.close_withdrawn(lead_id=job.subject_id)
