"""One fault run from beginning to end, and its figures."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests import crowd
from tests.chaos import faults, reconciling
from tests.chaos.faults import Fault, Span
from tests.chaos.house import House
from tests.chaos.senders import Request, Senders

# Without any step forward for so long, nothing more will come; longer than any wait between two tries of a mail.
STUCK_SECONDS = 300
CROWD = 5_000  # of a thousand houses: the requests of one house wait for each other


@dataclass
class Run:
    """What happened: the requests, the faults, and what is wrong afterwards (empty lists: nothing)."""

    requests: list[Request]
    spans: list[Span]
    problems: dict[str, list[str]]
    figures: dict[str, float]

    @property
    def broken(self) -> dict[str, list[str]]:
        """The promises that were broken, with a few examples each."""
        return {promise: found[:5] for promise, found in self.problems.items() if found}


def run(
    house: House,
    course: list[Fault],
    chance: random.Random,
    rate: float,
    say: Callable[[str], None] = lambda text: None,
) -> Run:
    """Send requests at this rate (a second) while the faults come one after another; then reconcile."""
    words = crowd.words(house.stack.database_url, CROWD, crowd.EACH_ONCE)
    senders, spans = Senders(house.stack.url, rate, lambda number: _words(words, number)), []
    with senders.sending():
        for fault in course:
            time.sleep(chance.uniform(0.2, 2))
            spans.append(faults.inflict(house, fault, chance))
            say(f"{fault.name}, {spans[-1].ended - spans[-1].began:.1f} s")
        time.sleep(1)
    say(f"{len(senders.requests)} requests sent; waiting until all is quiet")
    settle(house)
    found = reconciling.problems(house, senders.requests)
    return Run(senders.requests, spans, found, figures(house, senders.requests, spans))


def _words(crowd: list[dict[str, str]], number: int) -> dict[str, str]:
    """What one of the crowd sends: after the last the first come again, with other addresses of the same houses."""
    said = crowd[number % len(crowd)]
    house = said["email"].partition("@")[2]
    return said | {"email": f"client{number}@{house}"}


def settle(house: House) -> None:
    """Wait until all is done, or nothing moves any more: what is not done then is found by the reconciliation."""
    left, since = reconciling.left_to_do(house), time.monotonic()
    while left and time.monotonic() - since < STUCK_SECONDS:
        house.supervise()
        time.sleep(0.5)
        before, left = left, reconciling.left_to_do(house)
        since = since if left >= before else time.monotonic()


def figures(house: House, requests: list[Request], spans: list[Span]) -> dict[str, float]:
    """What the run measured; times in seconds."""
    stored = reconciling.leads(house)
    waits = [
        undisturbed(lead.created_at, lead.decided_at, spans) for lead in stored if lead.decided_at
    ]
    return {
        "requests": len(requests),
        "faults": len(spans),
        "attempts that were not answered, or by 503": sum(len(r.attempts) - 1 for r in requests),
        "leads held for staff": sum(lead.status in reconciling.HELD for lead in stored),
        "mails repeated under the same Message-ID": reconciling.mails_repeated(house),
        "processes that ended by themselves": len(house.died),
        "answer, p99": _p99(_answers(requests, spans, lambda touching: not touching)),
        "answer with the broker frozen, p99": _p99(
            _answers(requests, spans, lambda touching: touching == {"valkey frozen"})
        ),
        "routed, p99, without the time of faults": _p99(waits),
        "routed, longest, without the time of faults": max(waits, default=0),
    }


def undisturbed(began: float, ended: float, spans: list[Span]) -> float:
    """Seconds between two moments in which no fault was; faults come one after another."""
    disturbed = sum(
        max(0, min(ended, span.ended) - max(began, span.began))
        for span in spans
        if span.touches(began, ended)
    )
    return ended - began - disturbed


def _answers(
    requests: list[Request], spans: list[Span], fits: Callable[[set[str]], bool]
) -> list[float]:
    """Seconds of the answers that were thanks, by which faults they shared a moment with; web and database
    away do not count."""
    times = []
    for attempt in (attempt for request in requests for attempt in request.attempts):
        ended = attempt.at + attempt.seconds
        touching = {span.fault for span in spans if span.touches(attempt.at, ended)}
        if attempt.status in (201, 303) and fits(touching):
            times.append(attempt.seconds)
    return times


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98] if len(values) > 1 else sum(values)
