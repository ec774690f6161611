"""Accepted requests with four times as many refused ones beside them.

A saturated machine shares itself between the two, so that the question is another: a quarter of what the house could
take comes at an even pace, alone and then beside the refused ones, and as many have to be stored.
"""

from typing import Any

from tests.bench import servers
from tests.bench.intake import driving
from tests.bench.intake.asking import Probe
from tests.bench.intake.lines import Seen
from tests.bench.telling import say, tell

PAIRS = (
    ("request by form", "refused by the form: no address"),
    ("request by API", "refused by the API: no address"),
)
SHARE, TIMES = 1 / 4, 4
CLIENTS = 4


def tell_all(web: servers.Web, probes: list[Probe], seen: Seen, seconds: float) -> None:
    """Each pair that this run has measured by itself."""
    named = {probe.name: probe for probe in probes}
    for accepted, refused in PAIRS:
        if seen.has(accepted) and seen.has(refused):
            say(f"{accepted}, beside refused ones")
            pace = seen.rate(accepted) * SHARE
            _tell(web, named[accepted], named[refused], pace, seconds)


def _tell(web: servers.Web, accepted: Probe, refused: Probe, pace: float, seconds: float) -> None:
    alone = _paced(web, accepted, pace, seconds)
    others = driving.start(web, refused, 2 * CLIENTS, seconds=seconds + 1, pace=TIMES * pace)
    both = _paced(web, accepted, pace, seconds)
    beside = driving.finish(refused, others)
    ratio = both["rate"] / alone["rate"]
    name = f"{accepted.name}, with {beside['rate'] / both['rate']:.1f} times as many refused"
    tell(
        name, both["rate"], "requests/s", alone["rate"], ratio, ">= 0.8 of that alone", ratio >= 0.8
    )
    tell(f"{name}: p95", both["p95"], "ms", alone["p95"])


def _paced(web: servers.Web, probe: Probe, pace: float, seconds: float) -> dict[str, Any]:
    return driving.finish(probe, driving.start(web, probe, CLIENTS, seconds=seconds, pace=pace))
