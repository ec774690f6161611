import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import supervisor
from tests.processes import eventually

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from config import supervisor
child = supervisor.spawn("sleeper", ["/bin/sleep", "600"], log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


def is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def parent_and_child(*before: str, log: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process, started by the command `before`, and the number of the child that it has; ended with this block."""
    command = [*before, sys.executable, "-c", PARENT, str(log)]
    with subprocess.Popen(
        command, cwd=supervisor.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        # Killed earlier, the launcher would find its parent gone and end for another reason.
        eventually(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
        try:
            yield parent, pid
        finally:
            parent.kill()


def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    with parent_and_child(log=tmp_path / "log") as (parent, pid):
        parent.kill()

    eventually(lambda: not is_running(pid))


def test_child_of_a_job_in_the_background_ends_by_an_interrupt(tmp_path: Path) -> None:
    ignoring = ["/bin/sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh"]
    with parent_and_child(*ignoring, log=tmp_path / "log") as (_, pid):
        os.kill(pid, signal.SIGINT)

        eventually(lambda: not is_running(pid))


def test_stop_kills_a_child_that_does_not_listen_and_what_it_has_started(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = supervisor.spawn("stubborn", [sys.executable, "-c", STUBBORN], log=log)
    grandchild = int(eventually(log.read_text))

    child.stop(seconds=0.2)

    assert child.process.returncode == -signal.SIGKILL
    eventually(lambda: not is_running(grandchild))


def test_child_that_ends_while_awaited_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("what an earlier run wrote\n")
    command = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    child = supervisor.spawn("web", command, log=log)

    with pytest.raises(supervisor.CannotStart) as refusal:
        child.wait_until(lambda: False)

    assert str(refusal.value) == (
        f"web ended with status 1. Its log, {log}, ends with:\nno such thing"
    )


def test_supervisor_stops_those_that_work_before_the_servers(tmp_path: Path) -> None:
    house = supervisor.Supervisor(tmp_path)
    told = []
    for name in ("postgres", "web", "worker"):
        child = house.start(name, SLEEPER, dict(os.environ))
        child.wait_until(lambda child=child: child.log.read_text() == "up\n")
        child.ask_to_stop = lambda child=child: (told.append(child.name), child.process.terminate())
    assert (tmp_path / "web.pid").read_text() == f"{house.children[1].pid}\n"

    house.stop_all("postgres")

    assert told == ["web", "worker", "postgres"]
    assert house.children == []
    assert list(tmp_path.glob("*.pid")) == []


def test_death_of_any_child_is_noticed(tmp_path: Path) -> None:
    house = supervisor.Supervisor(tmp_path)
    first, second = (house.start(name, SLEEPER, dict(os.environ)) for name in ("web", "worker"))

    second.process.kill()

    assert house.wait_for_death() is second
    house.stop_all()
    assert not first.alive


def test_a_child_that_ended_is_started_again_until_it_keeps_ending(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(supervisor, "PAUSE", 0)
    house = supervisor.Supervisor(tmp_path)
    command = [
        sys.executable,
        "-c",
        "import sys; sys.stdin.read(2) == 'go' and sys.exit('no such thing')",
    ]
    house.start("worker", command, dict(os.environ), waits=True).begin()
    pids = {house.children[0].pid}
    for _ in range(supervisor.MOST_ENDS - 1):
        child = house.wait_for_death()
        assert (tmp_path / "worker.pid").read_text() == f"{child.pid}\n"
        pids.add(house.revive(child).pid)
    last = house.wait_for_death()

    with pytest.raises(supervisor.CannotStart, match="worker ended with status 1"):
        house.revive(last)

    assert len(pids) == supervisor.MOST_ENDS
    assert "no such thing" in house.children[0].last_lines()
    house.stop_all()


def test_child_knows_its_name_and_leads_a_group_of_its_own(tmp_path: Path) -> None:
    house = supervisor.Supervisor(tmp_path)
    say = "import os; print(os.environ['PROCESS_NAME'], os.getpgid(0) == os.getpid())"
    child = house.start("sweep", [sys.executable, "-c", say], dict(os.environ))

    house.finish(child)

    assert child.log.read_text() == "sweep True\n"


def test_child_that_waits_begins_when_it_is_told_to(tmp_path: Path) -> None:
    house = supervisor.Supervisor(tmp_path)
    say = "import sys; print('up', flush=True); print(sys.stdin.read())"
    child = house.start("sweep", [sys.executable, "-c", say], dict(os.environ), waits=True)
    child.wait_until(lambda: child.log.read_text() == "up\n")

    child.begin()
    house.finish(child)

    assert child.log.read_text() == "up\ngo\n"
    child.begin()  # again, or too late: nothing happens


def test_who_is_never_told_does_not_begin(tmp_path: Path) -> None:
    """The word is what counts, not the end of the line: that comes too when whoever should give it has died."""
    command = [sys.executable, "-m", "config.early", "sweep", "--once"]
    child = supervisor.spawn("sweep", command, log=tmp_path / "log", waits=True)
    assert child.process.stdin is not None

    child.process.stdin.close()

    assert child.process.wait() == 1
    assert "sweep" not in (tmp_path / "log").read_text()


def test_log_that_has_grown_too_long_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LOG_LIMIT", 10)
    log = tmp_path / "web.log"
    log.write_text("x" * 11)

    supervisor.set_aside(log)

    assert not log.exists()
    assert (tmp_path / "web.log.1").read_text() == "x" * 11


def test_closed_terminal_ends_the_wait(tmp_path: Path) -> None:
    house = supervisor.Supervisor(tmp_path)
    house.start("web", SLEEPER, dict(os.environ))
    ours, terminal = os.openpty()

    os.close(ours)

    assert house.wait_for_death(terminal) is None
    house.stop_all()
    os.close(terminal)
