"""By when we promise something: time counted in the adviser's calendar, then the next slot that the client shares.

Why two calendars: docs/decisions, "A promise is a slot that both sides share". Nothing here reads the database.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from intake import calendars, clocks
from intake.calendars import NeverWorks, WorkingCalendar
from intake.models import Adviser, DeadlinePolicy, Lead
from intake.models.deadline import Clock

_TICK = timedelta(microseconds=1)
_SHARED_WITHIN_DAYS = 30


def calendar_for(policy: DeadlinePolicy, adviser: Adviser | None) -> WorkingCalendar:
    """The calendar whose minutes count for this policy."""
    if policy.clock == Clock.ALWAYS:
        return clocks.round_the_clock()
    return clocks.of_adviser(adviser)


def promise(
    policy: DeadlinePolicy, lead: Lead, start: datetime, duration: timedelta | None = None
) -> datetime:
    """When the policy's time from `start` is over for the lead's owner, moved to a slot that the client shares.

    With `duration`, so much time instead. By a clock that never stops there is nothing to move.
    """
    own = calendar_for(policy, lead.owner)
    over = own.add(start, policy.duration if duration is None else duration)
    if policy.clock == Clock.ALWAYS:
        return over
    return next_shared(over, own, clocks.of_client(lead.enquiry.country, over))


def next_shared(at: datetime, own: WorkingCalendar, theirs: Sequence[WorkingCalendar]) -> datetime:
    """The first moment from `at` on at which all work; the end of a slot still belongs to it.

    Where they never work at the same time: the client's next slot, in which our answer waits for them.
    """
    if not theirs:
        return at
    try:
        found = calendars.next_in_all((own, *theirs), at - _TICK, days=_SHARED_WITHIN_DAYS)
    except NeverWorks:
        found = max(one.next_working(at - _TICK) for one in theirs)
    return max(at, found)


def warning_time(
    policy: DeadlinePolicy, adviser: Adviser | None, start: datetime, due: datetime
) -> datetime:
    """The last moment, between start and due, at which so much of the owner's working time is left as the policy says.

    When there is less than that from the start on: the start.
    """
    left = timedelta(minutes=policy.warn_before)
    for opens, closes in reversed([*calendar_for(policy, adviser).spans(start, due)]):
        if closes - opens >= left:
            return closes - left
        left -= closes - opens
    return start
