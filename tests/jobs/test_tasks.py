from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from jobs import tasks
from jobs.models import Heartbeat
from tests import racing
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db(
    transaction=True
)  # as in a worker, nothing is open around a task


def test_a_look_does_the_job(register: Callable[..., str]) -> None:
    done: list[int] = []
    job = make_job(kind=register(lambda job: done.append(job.pk)))

    tasks.look(job.pk)

    assert done == [job.pk]


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
