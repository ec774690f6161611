"""The end of a job: marked done with our own token, put back, or laid down dead; each is a line in the log."""

import logging
from collections.abc import Callable, Sequence

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import statements
from accounts.later import Later
from jobs import failures, following, kinds, pausing, queue
from jobs.models import Job

log = structlog.get_logger("derisk.job")
_LEVELS = {
    "done": logging.INFO,
    "lease lost": logging.WARNING,
    "stopped": logging.WARNING,
    "failed": logging.ERROR,
}
# With what comes after them, which is told of then.
_COMPLETE = statements.Statement.written(f"""
    WITH done AS (
        UPDATE jobs_job SET state = 'done', done_at = statement_timestamp(), lease_token = NULL, lease_until = NULL,
            last_error = ''
        WHERE id = ANY(%(ids)s) AND state = 'leased' AND lease_token = %(token)s RETURNING id
    )
    SELECT '', id FROM done UNION ALL ({following.NEXT})
""")  # noqa: S608  # nosec B608  # our own text


class LeaseLost(Exception):
    """Another worker may have the job by now: whatever this one did in the database is rolled back."""


def about(job: Job) -> dict[str, object]:
    """What lines in the log say of a job."""
    return {"request_id": job.request_id, "job": job.pk, "kind": job.kind}


def attempt(work: Callable[[], object]) -> tuple[str, str]:
    """Do it; how it ended, and the error as staff may read it."""
    try:
        work()
    except LeaseLost:
        return "lease lost", ""
    except Exception as error:  # noqa: BLE001 - any failure becomes a row that staff see and retry
        outcome = "stopped" if failures.is_interruption(error) else "failed"
        return outcome, failures.describe(error)
    return "done", ""


def note(job: Job, outcome: str, error: str) -> None:
    """Record what became of a try where that is a failure, and log it."""
    if error:
        is_noted = record_failure(job, error, was_stopped=outcome == "stopped")
        outcome = outcome if is_noted else "lease lost"
        following.tell_after(job)
    told = about(job) | {"outcome": outcome, "attempt": job.attempts, "error": error}
    log.log(_LEVELS[outcome], "job", **told)


def complete(jobs: Sequence[Job], later: Later) -> None:
    """Mark all as done, after what is still to be stored; workers are told of what comes after them when that is
    committed.

    Raises LeaseLost when one of them is not ours any more.
    """
    given = {"ids": [job.pk for job in jobs], "token": jobs[0].lease_token}
    (rows,) = later.send((_COMPLETE, given | following.asked(jobs)))
    after = [(kind, pk) for kind, pk in rows if kind]
    if len(rows) - len(after) < len(jobs):
        raise LeaseLost
    following.tell(after, more_wait=len(jobs) == kinds.together().get(jobs[0].kind))


def record_failure(job: Job, error: str, *, was_stopped: bool = False) -> bool:
    """Put the job back with a pause, or lay it down dead after its last try; False when the lease is lost."""
    then = pausing.after(job, was_stopped=was_stopped)
    return bool(
        Job.objects.filter(pk=job.pk, state=Job.State.LEASED, lease_token=job.lease_token).update(
            state=Job.State.DEAD if then.is_dead else Job.State.PENDING,
            interruptions=then.interruptions,
            run_at=Now() + then.pause,
            lease_token=None,
            lease_until=None,
            last_error=error[:500],
        )
    )


@transaction.atomic
def give_back(jobs: Sequence[Job]) -> None:
    """Let jobs that were claimed and not begun be as before, and tell workers of them."""
    ours = Job.objects.filter(pk__in=[job.pk for job in jobs], state=Job.State.LEASED)
    ours.filter(lease_token=jobs[0].lease_token).update(
        state=Job.State.PENDING,
        attempts=F("attempts") - 1,
        lease_token=None,
        lease_until=None,
        hinted_at=Now(),
    )
    queue.hint_due((job.kind, job.pk) for job in jobs)
