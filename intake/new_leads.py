"""What is done with new leads on their way to somebody, many together: each is locked and read once, and handed on."""

from collections.abc import Collection, Mapping

from intake import conflict_checks, locking, matching, routing, screening
from intake.sanctions import screening as sanctions


def make_known(*, lead_ids: Collection[int]) -> None:
    """Hold spam back, and link the others to the people behind them. The caller's transaction holds the locks."""
    matching.link(screening.passing_of(locking.locked(lead_ids)))


def route(*, request_ids: Mapping[int, str]) -> None:
    """Give these leads to advisers, unless they are held back; the registers are asked before, once.

    `request_ids` tells by lead because of which request. What is missing, or known to nobody yet, is left out or made
    known first. The caller's transaction holds the locks.
    """
    passing = screening.passing_of(locking.locked(request_ids.keys()))
    if any(one.contact_id is None and not one.erased_at for one in passing):
        matching.link(passing)
        passing = locking.locked([one.pk for one in passing])
    sanctions.ensure_screened(passing)
    conflict_checks.check_new(passing)
    routing.route(passing, request_ids)
