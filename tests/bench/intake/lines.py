"""What requests and the list of leads may cost: the lines of the design, from the medians of the rounds."""

import statistics
from collections.abc import Mapping

from tests.bench.telling import tell

ACCEPTED = ("request by form", "request by API")
REFUSED = (
    "refused by the API: no address",
    "refused by the API: broken JSON",
    "refused by the API: key of another request",
    "refused by the API: a flood",
    "refused by the form: no address",
    "refused by the form: a flood",
)


class Seen:
    """Medians over the rounds, by probe, size and number of clients."""

    def __init__(self, results: Mapping[tuple[str, str, int], list[dict[str, float]]]) -> None:
        self._medians = {
            key: {what: statistics.median(one[what] for one in seen) for what in ("rate", "p50", "p95")}
            for key, seen in results.items()
        }  # fmt: skip

    def rate(self, name: str, size: str = "small") -> float:
        """Answers a second with eight clients."""
        return self._medians[name, size, 8]["rate"]

    def p50(self, name: str, size: str = "small") -> float:
        """Milliseconds that the middle one of one client's answers took."""
        return self._medians[name, size, 1]["p50"]

    def p95(self, name: str, size: str = "small") -> float:
        """Milliseconds in which 95 % of one client's answers came."""
        return self._medians[name, size, 1]["p95"]

    def has(self, name: str) -> bool:
        """Whether this run has measured it."""
        return any(key[0] == name for key in self._medians)


def tell_all(seen: Seen) -> None:
    """Each line that this run has measured."""
    for name in ACCEPTED:
        if seen.has(name):
            _tell_accepted(seen, name)
    for name in REFUSED:
        if seen.has(name):
            _tell_refused(seen, name)
    if seen.has("lead list of staff"):
        _tell_list(seen)


def _tell_accepted(seen: Seen, name: str) -> None:
    bare = seen.rate("I", "bare")
    _at_least(name, seen.rate(name), "requests/s, 8 clients", bare, 0.20, "I")
    large = seen.rate(name, "large")
    _at_least(
        f"{name}, many leads",
        large,
        "requests/s, 8 clients",
        seen.rate(name),
        0.9,
        "that with few leads",
    )
    _at_most(f"{name}, p95", seen.p95(name), "ms, 1 client", seen.p50("I", "bare"), 8, "I's p50")


def _tell_refused(seen: Seen, name: str) -> None:
    """A refused request costs at most half of an accepted one of its kind: it is answered twice as often."""
    kind = "request by form" if "the form" in name else "request by API"
    if seen.has(kind):
        size = "flooded" if "flood" in name else "small"
        _at_least(
            name, seen.rate(name, size), "requests/s, 8 clients", seen.rate(kind), 2, f"a {kind}"
        )


def _tell_list(seen: Seen) -> None:
    name = "lead list of staff"
    _at_most(f"{name}, growth", seen.p50(name, "large"), "ms, 1 client, p50", seen.p50(name), 1.3,
             "the same with few leads")  # fmt: skip


def _at_least(name: str, value: float, unit: str, reference: float, least: float, of: str) -> None:
    ratio = value / reference
    tell(name, value, unit, reference, ratio, f">= {least} of {of}", ratio >= least)


def _at_most(name: str, value: float, unit: str, reference: float, most: float, of: str) -> None:
    ratio = value / reference
    tell(name, value, unit, reference, ratio, f"<= {most} of {of}", ratio <= most)
