"""Jobs in any state, for tests."""

import uuid
from datetime import timedelta

from django.db.models.functions import Now

from jobs.models import Job

PAST = Now() - timedelta(minutes=1)
FUTURE = Now() + timedelta(minutes=1)


def make_job(**fields: object) -> Job:
    """A waiting, due job, or what `fields` say."""
    given = {"kind": "tests.work", "key": uuid.uuid4().hex, "subject_id": 1} | fields
    job = Job.objects.create(**given)
    job.refresh_from_db()
    return job


def make_leased(**fields: object) -> Job:
    """A job that some worker holds, by default for another minute."""
    lease = {"state": "leased", "lease_token": uuid.uuid4(), "lease_until": FUTURE, "attempts": 1}
    return make_job(**lease | fields)
