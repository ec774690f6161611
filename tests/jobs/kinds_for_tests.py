"""Kinds of job that a test can watch, hold up and count; `settings_for_tests` gives them to a real worker."""

import os
import time
from collections.abc import Sequence

import psycopg
from django.db import connection

from jobs.kinds import JobError, kind, kind_together
from jobs.models import Job

TABLES = """
    CREATE TABLE begun (job_id bigint NOT NULL, pid int NOT NULL);
    CREATE TABLE effect (job_id bigint NOT NULL, pid int NOT NULL);
    CREATE TABLE gate (is_open boolean NOT NULL);
"""


@kind("tests.note")
def note(job: Job) -> None:
    """Leave a row: twice the work would be two rows."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO effect VALUES (%s, %s)", [job.pk, os.getpid()])


@kind("tests.hold")
def hold(job: Job) -> None:
    """Tell at once that the work has begun, do it, and end only when the gate is open."""
    note(job)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as outside:
        outside.execute("INSERT INTO begun VALUES (%s, %s)", [job.pk, os.getpid()])
        while not outside.execute("SELECT 1 FROM gate").fetchone():
            time.sleep(0.05)


@kind_together("tests.hold_together", most=5)
def hold_together(jobs: Sequence[Job]) -> None:
    """The same of several jobs, one after the other."""
    for job in jobs:
        hold(job)


@kind_together("tests.hold_first", most=5, at_once=True)
def hold_first(jobs: Sequence[Job]) -> None:
    """The same, of a kind that others come after."""
    hold_together(jobs)


@kind_together("tests.note_after", most=5, after="tests.hold_first")
def note_after(jobs: Sequence[Job]) -> None:
    """Leave a row for each."""
    for job in jobs:
        note(job)


@kind("tests.fail")
def fail(job: Job) -> None:
    """Do it and fail, each time."""
    note(job)
    raise JobError("This never works.")


@kind("tests.exit")
def exit_(job: Job) -> None:
    """Do it and take the process down, as the kernel does when memory runs out."""
    note(job)
    os._exit(1)
