"""Kinds that reach outside and whose jobs are claimed several at a time, to be done one after the other."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs import hints, in_turn, kinds, working
from jobs.models import Job
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db
Says = dict[int, Exception]


@pytest.fixture
def done() -> list[int]:
    """The jobs whose work was done outside."""
    return []


@pytest.fixture
def recorded(done: list[int], register: Callable[..., str]) -> list[int]:
    """The jobs whose result was recorded; three at most are claimed together."""
    found: list[int] = []

    def work(jobs: Sequence[Job]) -> Iterator[kinds.Finish]:
        for job in jobs:
            done.append(job.pk)
            yield lambda pk=job.pk: found.append(pk)  # type: ignore[misc]

    register(work, external=True, most=3)
    return found


@pytest.fixture
def breaking(done: list[int], register: Callable[..., str]) -> Says:
    """By job, the error that its work ends with."""
    errors: Says = {}

    def work(jobs: Sequence[Job]) -> Iterator[None]:
        for job in jobs:
            if error := errors.get(job.pk):
                raise error
            done.append(job.pk)
            yield None

    register(work, external=True, most=3)
    return errors


def make_jobs(count: int) -> list[int]:
    return [make_job().pk for _ in range(count)]


def states() -> list[tuple[str, int]]:
    return list(Job.objects.order_by("pk").values_list("state", "attempts"))


def test_they_are_done_in_order_and_their_results_recorded_together(
    done: list[int], recorded: list[int]
) -> None:
    ids = make_jobs(4)

    assert working.run_job(ids[0])

    assert done == recorded == ids[:3]
    assert states() == [("done", 1)] * 3 + [("pending", 0)]


def test_three_take_as_many_statements_as_one(recorded: list[int]) -> None:
    def statements(count: int) -> int:
        ids = make_jobs(count)
        with CaptureQueriesContext(connection) as found:
            working.run_job(ids[0])
        return len(found)

    assert statements(3) == statements(1)


def test_an_error_is_that_of_its_job_and_those_behind_it_are_as_before(
    done: list[int],
    breaking: Says,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ids = make_jobs(3)
    breaking[ids[1]] = kinds.JobError("The server said no.")
    told: list[object] = []
    monkeypatch.setattr(hints, "send", lambda *jobs, **_: told.extend(jobs))

    with django_capture_on_commit_callbacks(execute=True):
        working.run_job(ids[0])

    assert done == ids[:1]
    assert states() == [("done", 1), ("pending", 1), ("pending", 0)]
    failed = Job.objects.get(pk=ids[1])
    assert failed.last_error.startswith("jobs.kinds.JobError: The server said no.")
    assert told == [[ids[2]]]

    breaking.clear()
    assert [working.run_job(pk) for pk in (ids[2], ids[1])] == [True, False]  # which pauses
    assert done == [ids[0], ids[2]]


def test_what_ends_a_try_from_outside_is_told_from_a_failure(breaking: Says) -> None:
    (job_id,) = make_jobs(1)
    breaking[job_id] = OperationalError()

    working.run_job(job_id)

    assert states() == [("pending", 1)]
    assert "OperationalError" in Job.objects.get().last_error


def test_after_five_seconds_nothing_more_is_begun(
    done: list[int], recorded: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_turn, "_NO_MORE_AFTER", -1.0)
    ids = make_jobs(3)

    working.run_job(ids[0])

    assert done == recorded == ids[:1]
    assert states() == [("done", 1), ("pending", 0), ("pending", 0)]


def test_a_result_that_cannot_be_recorded_hurts_no_other(
    done: list[int], register: Callable[..., str]
) -> None:
    ids = make_jobs(3)
    recorded: list[int] = []

    def record(pk: int) -> None:
        if pk == ids[1]:
            raise ObjectDoesNotExist
        recorded.append(pk)

    def work(jobs: Sequence[Job]) -> Iterator[kinds.Finish]:
        for job in jobs:
            done.append(job.pk)
            yield lambda pk=job.pk: record(pk)  # type: ignore[misc]

    register(work, external=True, most=3)

    working.run_job(ids[0])

    assert done == ids  # once each: the work itself is not done again
    assert recorded[-2:] == [ids[0], ids[2]]
    assert states() == [("done", 1), ("pending", 1), ("done", 1)]


def test_a_lease_that_was_lost_meanwhile_is_nobodys_but_its_own(
    register: Callable[..., str],
) -> None:
    ids = make_jobs(3)

    def work(jobs: Sequence[Job]) -> Iterator[None]:
        yield from (None for _ in jobs)
        Job.objects.filter(pk=ids[1]).update(lease_token="00000000-0000-0000-0000-000000000000")

    register(work, external=True, most=3)

    working.run_job(ids[0])

    assert states() == [("done", 1), ("leased", 1), ("done", 1)]
