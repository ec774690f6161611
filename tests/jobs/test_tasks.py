from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from jobs import tasks
from jobs.models import Heartbeat, Job
from tests import racing
from tests.jobs.broker import Broker
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db(
    transaction=True
)  # as in a worker, nothing is open around a task


def test_a_look_does_the_job(register: Callable[..., str]) -> None:
    done: list[int] = []
    job = make_job(kind=register(lambda job: done.append(job.pk)))

    tasks.look(job.pk)

    assert done == [job.pk]


def test_a_look_does_several_jobs_in_its_order_also_after_one_that_fails(
    register: Callable[..., str],
) -> None:
    done: list[int] = []

    def work(job: Job) -> None:
        done.append(job.pk)
        if len(done) == 1:
            raise LookupError

    kind = register(work)
    one, two, three = (make_job(kind=kind).pk for _ in range(3))

    tasks.look(two, one, three)

    assert done == [two, one, three]
    assert [Job.objects.get(pk=pk).state for pk in done] == ["pending", "done", "done"]


def test_after_a_slow_job_workers_are_told_of_the_rest_again(
    register: Callable[..., str], broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    kind = register(lambda job: done.append(job.pk))
    one, two, three = (make_job(kind=kind).pk for _ in range(3))
    monkeypatch.setattr(tasks, "_NO_MORE_AFTER", 0.0)

    tasks.look(one, two, three)

    assert done == [one]
    left = Job.objects.get(pk=two)
    assert (left.state, left.attempts) == ("pending", 0)
    assert broker.messages() == [("jobs.look", [two, three])]


def test_a_worker_of_what_somebody_waits_for_leaves_all_but_the_first_to_others(
    register: Callable[..., str], broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DERISK_ONLY_FIRST", "yes")
    done: list[int] = []
    kind = register(lambda job: done.append(job.pk))
    one, two, three = (make_job(kind=kind).pk for _ in range(3))

    tasks.look(one, two, three)

    assert done == [one]
    assert broker.messages() == [("jobs.look", [two, three])]


def test_a_connection_that_died_since_the_last_task_is_replaced(
    register: Callable[..., str],
) -> None:
    done: list[int] = []
    job = make_job(kind=register(lambda job: done.append(job.pk)))
    tasks.ping()
    racing.race(partial(end_connection, connection.connection.info.backend_pid))

    tasks.look(job.pk)

    assert done == [job.pk]


def end_connection(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_look_for_nothing_is_no_error() -> None:
    tasks.look(0)


def test_a_ping_shows_that_a_worker_works() -> None:
    tasks.ping()

    assert Heartbeat.objects.get().name == "worker"
