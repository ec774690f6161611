import os
import signal
import subprocess
import sys
from pathlib import Path

from config import supervisor
from tests import servers
from tests.config.demo_runs import processes_of
from tests.processes import eventually

RUN = """
import os, sys, time
from tests import servers
for name in ("DATABASE_URL", "REDIS_URL"):
    os.environ.pop(name, None)
servers.bring_up()
print(os.environ["DERISK_HOME"], flush=True)
time.sleep(600)
"""


def run_of_its_own() -> tuple[subprocess.Popen[str], Path]:
    command = [sys.executable, "-c", RUN]
    run = subprocess.Popen(command, cwd=supervisor.BASE_DIR, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    return run, Path(run.stdout.readline().strip())


def test_run_that_is_asked_to_end_leaves_no_server_and_no_directory() -> None:
    run, home = run_of_its_own()
    with run:
        assert len(processes_of(home)) > 2

        run.send_signal(signal.SIGTERM)

    assert run.returncode == -signal.SIGINT
    assert processes_of(home) == []
    assert not home.exists()


def test_run_that_is_killed_leaves_no_server_and_the_next_one_removes_its_directory() -> None:
    run, home = run_of_its_own()
    with run:
        run.kill()
    eventually(lambda: processes_of(home) == [])
    assert home.exists()
    os.utime(home, (0, 0))

    servers.remove_leftovers()

    assert not home.exists()
    assert Path(os.environ["DERISK_HOME"]).exists(), "ours is in use"
