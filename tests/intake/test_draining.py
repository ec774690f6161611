"""Two workers and a crowd of waiting leads: each lead is routed once, and nobody waits for the other for ever."""

from collections.abc import Iterator

import pytest
from django.db.models import Count, Sum
from pytest_django import DjangoDbBlocker

from intake.models import Adviser, Assignment, Contact, Lead, RoutingDecision
from jobs import working
from jobs.models import Job
from tests import databases, factories, racing
from tests.bench.routing import loading, watching

LEADS = 120
KIND = "intake.route_lead"


@pytest.fixture
def waiting(pristine_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A house with 120 leads that nobody has looked at; its database."""
    with django_db_blocker.unblock(), databases.lent_copy(pristine_database) as url:
        factories.DeskFactory()
        for _ in range(2):
            factories.AdviserFactory(capacity=LEADS)
        loading.let_wait(url, LEADS)
        yield url


def work(ids: list[int]) -> int:
    """What a worker does that is told of all of these; how many it did."""
    return sum(working.run_job(job_id) for job_id in ids)


def test_two_workers_route_each_lead_once_without_a_deadlock(waiting: str) -> None:
    due = Job.objects.filter(kind=KIND)
    due.update(run_at="2026-01-01T00:00:00Z")
    ids = list(due.order_by("subject_id").values_list("pk", flat=True))
    assert len(ids) == LEADS

    first, second = racing.race(*[lambda: work(ids)] * 2)

    assert min(first, second) > 0  # each has done some, up to fifty at a time
    assert set(due.values_list("state", "attempts")) == {("done", 1)}
    assert watching.wrong(waiting) == dict.fromkeys(watching.WRONG, 0)
    assert Lead.objects.filter(status="routed", contact__isnull=False).count() == LEADS
    assert RoutingDecision.objects.count() == Assignment.objects.count() == LEADS
    assert Contact.objects.count() == 3 * LEADS // 4  # every fourth is of the one before it
    assert Adviser.objects.aggregate(owed=Sum("credit"))["owed"] == 0
    shares = Adviser.objects.annotate(n=Count("leads")).values_list("n", flat=True)
    assert sorted(shares) == [0, LEADS // 2, LEADS // 2]  # the desk's owner takes what nobody can
