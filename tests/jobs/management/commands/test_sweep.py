import signal
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError

from jobs import hints, sweeping
from jobs.models import Heartbeat, Job
from tests.jobs.broker import Broker
from tests.log_lines import logged

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The command sets handlers for its process, which here is ours."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_once_sweeps_once_and_pings_a_worker(broker: Broker) -> None:
    call_command("sweep", once=True)

    assert Heartbeat.objects.get().name == "sweep"
    regular = [("jobs.look", [job.pk]) for job in Job.objects.order_by("pk")]
    assert broker.messages() == [("jobs.ping", []), *regular]


def test_sweeps_until_it_is_asked_to_stop(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    sweeps: list[hints.Breaker] = []

    def sweep(breaker: hints.Breaker) -> None:
        sweeps.append(breaker)
        if len(sweeps) == 3:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(sweeping, "sweep_once", sweep)

    call_command("sweep", every=0.01)

    assert len(sweeps) == 3
    assert len(set(map(id, sweeps))) == 1  # the breaker remembers
    assert broker.messages() == [("jobs.ping", [])]  # every ten seconds, not at each sweep


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_outlives_a_database_that_is_away(
    broker: Broker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    sweeps: list[int] = []

    def sweep(breaker: hints.Breaker) -> None:
        sweeps.append(1)
        if len(sweeps) == 2:
            signal.raise_signal(signal.SIGINT)
        raise error("connection to 10.0.0.1 refused")

    monkeypatch.setattr(sweeping, "sweep_once", sweep)

    call_command("sweep", every=0.01)

    assert len(sweeps) == 2
    lines = [(line["event"], line["error"]) for line in logged(caplog, "derisk.sweep")]
    assert lines == [("sweep failed", error.__name__)] * 2
