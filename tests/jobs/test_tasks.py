from collections.abc import Callable

import pytest

from jobs import tasks
from jobs.models import Heartbeat
from tests.jobs.making import make_job

pytestmark = pytest.mark.django_db


def test_a_look_does_the_job(register: Callable[..., str]) -> None:
    done: list[int] = []
    job = make_job(kind=register(lambda job: done.append(job.pk)))

    tasks.look(job.pk)

    assert done == [job.pk]


def test_a_look_for_nothing_is_no_error() -> None:
    tasks.look(0)


def test_a_ping_shows_that_a_worker_works() -> None:
    tasks.ping()

    assert Heartbeat.objects.get().name == "worker"
