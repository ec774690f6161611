from datetime import timedelta

import pytest
from django.db.models.functions import Now

from jobs import kinds, purging
from jobs.models import Job
from tests.jobs.making import make_job, make_leased

pytestmark = pytest.mark.django_db
REGULAR = "jobs.forget_regular"
OLD = Now() - timedelta(days=3)


def done(kind: str = REGULAR, subject_id: int = 0, **fields: object) -> Job:
    return make_job(kind=kind, subject_id=subject_id, state="done", **{"done_at": OLD} | fields)


def test_regular_work_done_days_ago_is_forgotten_and_nothing_else() -> None:
    done()
    kept = [
        done(done_at=Now() - timedelta(hours=47)),
        done("intake.route_lead", subject_id=5),
        make_job(kind=REGULAR, subject_id=0, state="dead", run_at=OLD),
        make_job(kind=REGULAR, subject_id=0, run_at=OLD),
        make_leased(kind=REGULAR, subject_id=0, run_at=OLD),
    ]

    assert [purging.forget_regular() for _ in range(2)] == [1, 0]

    assert list(Job.objects.order_by("pk")) == kept


def test_a_batch_at_a_time_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    jobs = [done() for _ in range(3)]

    assert purging.forget_regular() == 2

    assert Job.objects.get() == jobs[2]


def test_it_is_regular_work_itself_and_no_row_is_missed_within_its_span() -> None:
    spans = {kind.name: kind.every for kind in kinds.regular() if kind.every}

    assert spans[REGULAR] == timedelta(hours=1)
    assert max(spans.values()) < purging.KEPT
