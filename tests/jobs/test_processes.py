"""The promises of jobs under kill -9, a frozen and an emptied broker: real worker, sweep, Valkey and PostgreSQL."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

import pytest
from django.db.models import Max
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from jobs import queue
from tests.conftest import STACK
from tests.factories import UserFactory
from tests.jobs.house import House
from tests.processes import eventually
from tests.stack import Stack

pytestmark = [pytest.mark.processes, pytest.mark.timeout(360)]


@pytest.fixture(scope="module")
def built(module_stack: Stack) -> House:
    return House(module_stack)


@pytest.fixture
def house(built: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """The house of all these tests, with nothing to do and at least one worker."""
    request.node.stash[STACK] = built.stack  # shows the logs if the test fails
    built.clear()
    built.workers(1)
    yield built
    built.thaw()
    built.open_gate()


@pytest.mark.parametrize("victim", ["the worker with its pool", "the one process that works"])
def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once(house: House, victim: str) -> None:
    house.workers(2)
    (job_id,) = house.ask("tests.hold")
    (pid,) = eventually(lambda: house.begun(job_id))

    if victim == "the one process that works":
        os.kill(pid, signal.SIGKILL)
    else:
        house.worker_of(pid).kill()
    house.open_gate()

    house.wait_until_done()
    assert len(house.begun(job_id)) == 2
    (winner,) = house.effects(job_id)
    assert winner != pid
    assert house.jobs.get().attempts == 2


def test_jobs_that_were_being_done_together_when_their_worker_was_killed_are_done_once_each(
    house: House,
) -> None:
    ids = house.ask("tests.hold_together", 3)
    (pid,) = eventually(lambda: house.begun(ids[0]))
    assert set(house.states().values()) == {"leased"}

    os.kill(pid, signal.SIGKILL)
    house.open_gate()

    house.wait_until_done()
    assert [len(house.effects(job_id)) for job_id in ids] == [1] * 3
    assert pid not in {winner for job_id in ids for winner in house.effects(job_id)}
    assert set(house.jobs.values_list("attempts", "interruptions")) == {(2, 1)}


def test_a_worker_that_lost_its_lease_while_working_changes_nothing(house: House) -> None:
    house.workers(2)
    (job_id,) = house.ask("tests.hold")
    (slow,) = eventually(lambda: house.begun(job_id))
    frozen = house.worker_of(slow)

    frozen.freeze()
    eventually(lambda: house.states() and len(house.begun(job_id)) == 2)
    house.open_gate()
    house.wait_until_done()
    frozen.resume()

    eventually(lambda: '"lease lost"' in frozen.log)
    assert house.begun(job_id)[0] == slow
    assert house.effects(job_id) == [house.begun(job_id)[1]]
    assert house.jobs.get().attempts == 2


def test_a_dead_broker_stops_neither_the_job_in_work_nor_what_is_asked_for_meanwhile(
    house: House,
) -> None:
    (held,) = house.ask("tests.hold")
    (pid,) = eventually(lambda: house.begun(held))
    busy = house.worker_of(pid)
    losses = busy.log.count("Connection to broker lost")

    house.stack.valkey.kill()
    eventually(lambda: busy.log.count("Connection to broker lost") > losses)
    house.open_gate()
    house.wait_until_done()
    asked = house.ask("tests.note", 5)
    pauses = house.sweeps[0].log.count("hints paused")
    eventually(lambda: house.sweeps[0].log.count("hints paused") > pauses)
    assert [house.states()[job_id] for job_id in asked] == ["pending"] * 5

    house.stack.valkey.start()

    house.wait_until_done()
    assert [len(house.effects(job_id)) for job_id in [held, *asked]] == [1] * 6
    assert house.begun(held) == [pid]
    assert busy.alive


def test_a_frozen_broker_makes_nobody_wait_and_loses_nothing(house: House) -> None:
    with house.web_like() as web:
        web.ask(5)  # connections are made, modules loaded
        usual = web.ask(21)

        house.stack.valkey.freeze()
        frozen = web.ask(21)
        house.stack.valkey.resume()

        # Waiting for the broker's time-out would make it a hundredfold.
        assert median(frozen) < 20 * median(usual)
        house.wait_until_done()
    assert len(house.states()) == 47
    assert [len(house.effects(job_id)) for job_id in house.states()] == [1] * 47


def test_hints_that_an_emptied_broker_forgot_are_given_again(house: House) -> None:
    stopped = [*house.workers(1), *house.sweeps]  # a sweep gives them again at any time
    for process in stopped:
        process.freeze()
    with house.web_like() as web:
        web.ask(5)
        with house.stack.valkey.client as client:
            eventually(lambda: client.llen("derisk"))

            house.stack.valkey.flush()

            assert client.llen("derisk") == 0
    assert set(house.states().values()) == {"pending"}
    for process in stopped:
        process.resume()
    house.wait_until_done()
    assert [len(house.effects(job_id)) for job_id in house.states()] == [1] * 5


def test_jobs_that_fail_or_kill_their_worker_end_dead_while_others_get_done(house: House) -> None:
    (failing,) = house.ask("tests.fail")
    (deadly,) = house.ask("tests.exit", max_attempts=1)  # and may be stopped twice
    others = house.ask("tests.note", 10)

    eventually(lambda: set(house.states().values()) == {"dead", "done"}, 120)

    assert {pk for pk, state in house.states().items() if state == "dead"} == {failing, deadly}
    assert [len(house.effects(job_id)) for job_id in others] == [1] * 10
    assert house.effects(failing) == house.effects(deadly) == []
    assert house.jobs.get(pk=failing).attempts == 8
    assert house.jobs.get(pk=deadly).attempts == 2
    page = staff_list_of_dead_jobs()
    assert "JobError: This never works. at kinds_for_tests.py:" in page
    assert "The worker stopped, hung or lost its connection while it worked." in page


def staff_list_of_dead_jobs() -> str:
    client = Client()
    client.force_login(UserFactory.create(roles=["desk lead"]))
    return client.get(reverse("admin:jobs_job_changelist"), {"state": "dead"}).content.decode()


def test_two_workers_and_two_sweeps_do_each_job_once(house: House) -> None:
    house.workers(2)
    house.sweeps.append(house.sweep())

    ids = house.ask("tests.note", 200)

    house.wait_until_done()
    assert [len(house.effects(job_id)) for job_id in ids] == [1] * 200
    assert set(house.jobs.values_list("attempts", flat=True)) == {1}


def test_what_comes_after_others_waits_for_them_and_is_done_as_soon_as_they_are(
    house: House,
) -> None:
    firsts = house.ask("tests.hold_first", 3)
    keys = house.jobs.filter(pk__in=firsts).order_by("pk").values_list("key", flat=True)
    after = queue.enqueue(*(queue.Ask("tests.note_after", 1, key=key) for key in keys))
    house.jobs.filter(pk__in=after).update(hinted_at=Now() - timedelta(seconds=30))
    eventually(lambda: any(house.begun(pk) for pk in firsts))
    held = house.jobs.filter(pk__in=firsts, state="leased")
    held.update(lease_until=Now() + timedelta(minutes=1))  # or a slow machine takes them for lost
    house.wait_for_sweeps(2)
    assert set(house.jobs.filter(pk__in=after).values_list("state", flat=True)) == {"pending"}

    house.open_gate()

    eventually(lambda: set(house.jobs.values_list("state", flat=True)) == {"done"})
    assert [len(house.effects(job_id)) for job_id in [*firsts, *after]] == [1] * 6
    (last,) = house.jobs.filter(pk__in=firsts).aggregate(Max("done_at")).values()
    assert not house.jobs.filter(pk__in=after, done_at__lt=last).exists()


def test_a_hint_that_comes_again_does_no_harm(house: House) -> None:
    (job_id,) = house.ask("tests.hold")
    eventually(lambda: house.begun(job_id))

    house.hint(job_id, 5)
    house.open_gate()
    house.wait_until_done()
    house.hint(job_id, 5)

    assert len(house.begun(job_id)) == len(house.effects(job_id)) == 1
    assert house.jobs.get().attempts == 1
