"""Every fault once, in two minutes: nothing that a client was thanked for is lost, nothing is done twice."""

import random

import pytest

from tests.chaos import faults, house, running

pytestmark = [pytest.mark.processes, pytest.mark.timeout(1200)]
REQUESTS_A_SECOND = 3


def test_nothing_is_lost_or_done_twice_under_every_fault() -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)  # noqa: S311 - an order of faults is no secret
    course = faults.course(chance, len(faults.FAULTS), faults.FAULTS)

    with house.running() as opened:
        result = running.run(opened, course, chance, REQUESTS_A_SECOND)

    assert result.broken == {}, f"seed {seed}"
    assert result.figures["faults"] == len(faults.FAULTS)
    assert result.figures["requests"] > 100
