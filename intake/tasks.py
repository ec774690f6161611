"""What the intake app's kinds of job do: one call each."""

from intake import acknowledging, matching, routing
from jobs.kinds import kind
from jobs.models import Job


@kind("intake.match_people")
def match_people(job: Job) -> None:
    """Link the lead to the people behind it."""
    matching.match_people(lead_id=job.subject_id)


@kind("intake.route_lead")
def route_lead(job: Job) -> None:
    """Give the lead to an adviser."""
    routing.route_lead(lead_id=job.subject_id)


@kind("intake.acknowledge")
def acknowledge(job: Job) -> None:
    """Tell the client that the request arrived."""
    acknowledging.acknowledge_lead(lead_id=job.subject_id)
