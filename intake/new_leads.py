"""What is done with new leads on their way to somebody, many together: each is locked and read once, and handed on."""

from collections.abc import Collection, Mapping

from django.db import transaction

from accounts.later import Later
from briefs import prepared
from intake import conflict_checks, locking, matching, routing, screening
from intake.sanctions import lists
from intake.sanctions import screening as sanctions

# Fewer are linked in the transaction that routes them: to commit, lock and read them again costs more than others of
# their houses save that wait for the link alone and not for the decision.
_MANY = 6


def make_known_before(*, lead_ids: Collection[int], tried: bool) -> None:
    """`make_known`, in a transaction before that of routing, of many leads; also of what was `tried` before and failed:
    staff see who asks, whatever keeps it from its adviser.
    """
    if tried or len(lead_ids) >= _MANY:
        with transaction.atomic():
            make_known(lead_ids=lead_ids)


def make_known(*, lead_ids: Collection[int]) -> None:
    """Hold spam back, and link the others to the people behind them. The caller's transaction holds the locks."""
    leads, later = locking.locked(lead_ids), Later()
    passing, people = screening.passing_of(leads, later, *matching.asked_people(leads))
    matching.link(passing, people)
    later.send()


def route(*, request_ids: Mapping[int, str]) -> Later:
    """Give these leads to advisers, unless they are held back; the registers are asked before, once. What is still to
    be stored of it.

    `request_ids` tells by lead because of which request. What is missing, or known to nobody yet, is left out or made
    known first. The caller's transaction holds the locks.
    """
    leads, later = locking.locked(request_ids.keys()), Later()
    passing, people = screening.passing_of(leads, later, *matching.asked_people(leads))
    if not passing:
        return later
    used, *told = matching.link(passing, people, lists.asked_loaded(), *routing.asked(passing))
    was_held = sanctions.ensure_screened(passing, lists.loaded_of(used), later)
    if conflict_checks.check_new(passing, later) or was_held:
        told = prepared.fetch_all(*routing.asked(passing))
    routing.route(passing, told, request_ids, later)
    return later
