"""The two workers of a machine, forked by one process."""

import os
import signal
from pathlib import Path

import pytest

from tests.processes import Workers, children_of, eventually
from tests.stack import Stack


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def family(workers: Workers) -> list[int]:
    return [workers.pid, *workers.children, *workers.pool]


@pytest.fixture
def workers(module_stack: Stack) -> Workers:
    """Those that an earlier test has left alive, else new ones: two processes for what somebody waits for, one for
    the rest."""
    started = [Workers(process.child) for process in module_stack.started if process.alive]
    return started[0] if started else module_stack.worker(at_once=2, others=1)


def test_what_somebody_waits_for_has_processes_to_which_all_others_give_way(
    workers: Workers,
) -> None:
    at_once, others = workers.children
    nice = {pid: os.getpriority(os.PRIO_PROCESS, pid) for pid in family(workers)}
    assert len(children_of(at_once)) == 2
    assert len(children_of(others)) == 1
    assert {nice[pid] for pid in (at_once, *children_of(at_once))} == {0}
    assert {nice[pid] for pid in (others, *children_of(others))} == {10}


def test_both_stop_when_they_are_asked_to(workers: Workers) -> None:
    everybody = family(workers)

    workers.child.ask_to_stop()

    assert workers.child.process.wait(60) == 0
    assert [pid for pid in everybody if is_running(pid)] == []


def test_when_one_of_them_dies_the_other_stops_and_all_can_be_started_anew(
    workers: Workers,
) -> None:
    everybody = family(workers)

    os.kill(workers.children[0], signal.SIGKILL)

    assert workers.child.process.wait(60) == 128 + signal.SIGKILL
    eventually(lambda: not any(map(is_running, everybody)))


def test_without_the_process_that_forked_them_they_stop(workers: Workers) -> None:
    everybody = family(workers)

    os.kill(workers.pid, signal.SIGKILL)

    eventually(lambda: not any(map(is_running, everybody[1:])))
