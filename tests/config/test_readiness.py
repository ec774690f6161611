from pathlib import Path

import pytest

from config import readiness
from config.supervisor import CannotStart, Supervisor


def test_missing_names_each_failing_check_and_the_log_that_knows_more(tmp_path: Path) -> None:
    answer = {
        "status": "down",
        "failing": ["worker", "broker"],
        "checks": {"database": "ok", "worker": "never seen", "broker": "ConnectionError"},
    }

    assert readiness.missing(Supervisor(tmp_path), answer) == [
        f"worker: never seen (see {tmp_path}/logs/worker.log)",
        f"broker: ConnectionError (see {tmp_path}/logs/valkey.log)",
    ]


def test_house_that_does_not_get_ready_says_what_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"failing": ["sweep"], "checks": {"sweep": "never seen"}}
    monkeypatch.setattr(readiness, "ask", lambda port, host: (503, answer))

    with pytest.raises(CannotStart) as refusal:
        readiness.wait(Supervisor(tmp_path), 8000, "localhost", seconds=0)

    assert str(refusal.value) == (
        f"Not ready after 0 s.\n  sweep: never seen (see {tmp_path}/logs/sweep.log)"
    )


def test_degraded_house_is_ready_and_says_what_is_degraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"failing": ["broker"], "checks": {"broker": "TimeoutError"}}
    monkeypatch.setattr(readiness, "ask", lambda port, host: (200, answer))

    degraded = readiness.wait(Supervisor(tmp_path), 8000, "localhost", seconds=0)

    assert degraded == [f"broker: TimeoutError (see {tmp_path}/logs/valkey.log)"]
