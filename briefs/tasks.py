"""What the briefs app's kinds of job do."""

from jobs.hints import BrokerAway
from jobs.kinds import Finish, JobError, kind
from jobs.models import Job


@kind("briefs.refresh", external=True)
def refresh(job: Job) -> Finish | None:
    """Make every kept page untrue."""
    from briefs import freshness

    try:
        freshness.bump()
    except BrokerAway as error:
        raise JobError("Valkey is away.") from error
    return None
