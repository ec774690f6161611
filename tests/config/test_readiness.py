import itertools
import os
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
        "Not ready after 0 s, 0 s without a step.\n"
        f"  sweep: never seen (see {tmp_path}/logs/sweep.log)"
    )


def test_a_house_that_makes_progress_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clock that stands at each look a minute later than before; each look finds another step done."""
    clock = itertools.count(0, 30)
    answers = [(0, {}), (503, {"failing": ["sweep"], "checks": {"sweep": "never seen"}})] * 3
    looks = iter([*answers, (200, {"failing": [], "checks": {}})])
    monkeypatch.setattr(readiness.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(readiness.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(readiness, "ask", lambda port, host: next(looks))

    assert readiness.wait(Supervisor(tmp_path), 8000, "localhost", seconds=100) == []

    assert f"web: no answer (see {tmp_path}/logs/web.log)" in capsys.readouterr().out


def test_work_of_the_process_that_fails_is_a_step_and_that_of_others_is_none() -> None:
    progress = readiness.Progress(since=-100)
    progress.note(["worker"], 1.0)
    progress.since = -100

    progress.note(["worker"], 1.4)
    assert progress.since == -100
    progress.note(["worker"], 1.5)
    assert progress.since > 0


def test_processor_time_is_that_of_the_process_and_what_it_started() -> None:
    assert 0 < readiness._processor_seconds(os.getpid()) < 10_000
    assert os.getpid() in readiness._family(os.getpid())
    assert readiness._family(2**22 + 1) == []


def test_degraded_house_is_ready_and_says_what_is_degraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"failing": ["broker"], "checks": {"broker": "TimeoutError"}}
    monkeypatch.setattr(readiness, "ask", lambda port, host: (200, answer))

    degraded = readiness.wait(Supervisor(tmp_path), 8000, "localhost", seconds=0)

    assert degraded == [f"broker: TimeoutError (see {tmp_path}/logs/valkey.log)"]
