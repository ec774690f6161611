"""Doing jobs that reach outside, claimed together, one after the other."""

import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial

import structlog
from django.db import transaction

from accounts.later import Later
from jobs import ending, kinds
from jobs.kinds import Finish
from jobs.models import Job

# Seconds: what is begun within them has most of CELERY_TASK_SOFT_TIME_LIMIT left, and its lease for long enough.
_NO_MORE_AFTER = 5.0


def run(jobs: Sequence[Job]) -> None:
    """Do them, the first at least; a failure is recorded on its job, and what was not begun is given back."""
    finishes: list[Finish | None] = []
    about = ending.about(jobs[0]) if len(jobs) == 1 else {"kind": jobs[0].kind}
    with structlog.contextvars.bound_contextvars(**about):
        outcome, error = ending.attempt(partial(_work, jobs, finishes))
        done, rest = jobs[: len(finishes)], jobs[len(finishes) :]
        if done:
            _finish(done, finishes)
        if error and rest:
            ending.note(rest[0], outcome, error)
            rest = rest[1:]
        if rest:
            ending.give_back(rest)


def _work(jobs: Sequence[Job], finishes: list[Finish | None]) -> None:
    """Work until all are done or time is up, and collect what records the results."""
    began = time.monotonic()
    with closing(kinds.find(jobs[0].kind).work(jobs)) as work:
        for finish in work:
            finishes.append(finish)
            if time.monotonic() - began > _NO_MORE_AFTER:
                return


def _finish(jobs: Sequence[Job], finishes: Sequence[Finish | None]) -> None:
    """Mark all as done and record their results. What prevents that is found by doing so for each alone."""
    outcome, error = ending.attempt(partial(_record, jobs, finishes))
    if outcome == "done" or len(jobs) == 1:
        for job in jobs:
            ending.note(job, outcome, error)
    else:
        for job, finish in zip(jobs, finishes, strict=True):
            _finish([job], [finish])


@transaction.atomic
def _record(jobs: Sequence[Job], finishes: Sequence[Finish | None]) -> None:
    ending.complete(jobs, Later())
    for finish in finishes:
        if finish is not None:
            finish()
