"""Doing a job: claim it, do the work, mark it done in the same transaction, or record why not."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction

from accounts import statements
from accounts.later import Later
from jobs import ending, in_turn, kinds
from jobs.models import Job

log = structlog.get_logger("derisk.job")

# SQL of our own, since every job runs it: Django's would be written anew each time, and cannot return the rows.
# Others of its kind are taken even when the one that was told of is taken already: the hints of what one worker did
# together with it are still to come, and whatever has come since then is to be had. Nobody waits for the lock of those.
# What was tried before is done alone: it may be what stops its worker, or makes the others fail. What comes after a job
# that nobody has tried yet is left until then: a batch that gives way to all else would hold what that needs.
# `state || ''`: PostgreSQL is not to know that one job, told of or come before, is pending. When it counted, few may
# have been, and it would look through all that are.
# Where all of the work is in the database a claim does not wait for the disk: what a fall of PostgreSQL takes of the
# claim it takes of the work too, whose commit waits for both (docs/decisions/0031-claims-do-not-wait-for-the-disk.md).
_FIELDS = Job._meta.concrete_fields
_CLAIM = statements.Statement.written(f"""
    WITH told AS MATERIALIZED (
        SELECT id, attempts,
            CASE WHEN kind <> ALL(%(outside)s::text[]) THEN set_config('synchronous_commit', 'off', true) END
        FROM jobs_job WHERE id = %(told)s AND state || '' = 'pending' AND run_at <= statement_timestamp() FOR UPDATE
    ), room AS MATERIALIZED (
        SELECT kind, most - (SELECT count(*) FROM told) AS most, first
        FROM jobs_job JOIN unnest(%(kinds)s::text[], %(most)s::int[], %(firsts)s::text[])
            AS together (kind, most, first) USING (kind)
        WHERE id = %(told)s AND NOT EXISTS (SELECT FROM told WHERE attempts > 0)
    ), more AS MATERIALIZED (
        SELECT id FROM jobs_job
        WHERE kind = (SELECT kind FROM room) AND state = 'pending' AND run_at <= statement_timestamp() AND attempts = 0
            AND id <> %(told)s AND NOT EXISTS (
                SELECT FROM jobs_job AS first WHERE first.kind = (SELECT first FROM room) AND first.key = jobs_job.key
                    AND (first.state || '', first.attempts) IN (('pending', 0), ('leased', 1))
            )
        ORDER BY run_at, id LIMIT coalesce((SELECT most FROM room), 0) FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs_job SET state = 'leased', lease_token = %(token)s, attempts = jobs_job.attempts + 1,
        lease_until = statement_timestamp() + %(lease)s
    FROM (SELECT id FROM told UNION ALL SELECT id FROM more) AS taken
    WHERE jobs_job.id = taken.id RETURNING {", ".join(f"jobs_job.{field.column}" for field in _FIELDS)}
""")  # noqa: S608  # nosec B608  # names of our own columns


def run_job(job_id: int) -> bool:
    """Claim the job, with others of its kind where that does several together, and do it; False when there was nothing
    to claim. A failure is recorded on the job.
    """
    jobs = claim(job_id)
    if jobs:
        run = in_turn.run if kinds.is_in_turn(jobs[0].kind) else _run_together
        run(jobs)
    return bool(jobs)


def _run_together(jobs: Sequence[Job]) -> None:
    about = ending.about(jobs[0]) if len(jobs) == 1 else {"kind": jobs[0].kind}
    with structlog.contextvars.bound_contextvars(**about):
        outcome, error = ending.attempt(partial(_do, jobs))
        is_one_of_many = len(jobs) > 1 and outcome in ("failed", "lease lost")
        if is_one_of_many:
            log.warning("jobs done one by one", outcome=outcome, jobs=len(jobs), error=error)
        else:
            # Not while the error is being handled: if this fails too, its traceback would show that error's text.
            for job in jobs:
                ending.note(job, outcome, error)
    if is_one_of_many:
        for job in jobs:
            _run_together([job])


def claim(job_id: int) -> list[Job]:
    """Take a due job for one lease, counting the attempt before the work; nothing when it is not to be had.

    Of a kind that does several together it is the first of those that are due, which have one token. What another
    worker dropped is due again when a sweep has freed it. One UPDATE under locks: of two workers at once, one finds
    the row changed.
    """
    together, after = kinds.together(), kinds.after()
    given = {
        "told": job_id,
        "token": uuid.uuid4(),
        "lease": timedelta(seconds=settings.JOB_LEASE_SECONDS),
        "outside": kinds.external(),
        "kinds": list(together),
        "most": list(together.values()),
        "firsts": [after.get(kind, "") for kind in together],
    }
    return sorted(
        map(_job, statements.store(_CLAIM, given)),
        key=lambda job: (job.pk != job_id, job.run_at, job.pk),
    )


def _job(row: tuple[Any, ...]) -> Job:
    return Job.from_db(DEFAULT_DB_ALIAS, [field.attname for field in _FIELDS], row)


def _do(jobs: Sequence[Job]) -> None:
    kind = kinds.find(jobs[0].kind)
    if kind.before:
        kind.before(jobs)
    finish = kind.do(jobs) if kind.is_external else None
    later = Later()
    with transaction.atomic():
        if kind.most > 1:
            later = kind.do_together(jobs)
        elif not kind.is_external:
            finish = kind.do(jobs)
        ending.complete(jobs, later)
        if finish is not None:
            finish()
