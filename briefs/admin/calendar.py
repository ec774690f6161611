"""The calendar of what comes up, day by day in the time zone of whoever looks."""

from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from briefs.agenda import Item, agenda


class Day(NamedTuple):
    """A day and what comes up on it."""

    on: date
    entries: list[Item]


def calendar_context(zone: str) -> dict[str, Any]:
    """What the page shows to somebody in that zone."""
    now = timezone.now()
    late, coming, more_late = agenda(now)

    def day_of(item: Item) -> date:
        return item.at.astimezone(ZoneInfo(zone)).date() if item.at else item.on

    ordered = sorted(coming, key=day_of)
    days = [Day(on, list(items)) for on, items in groupby(ordered, key=day_of)]
    return {"late": late, "more_late": more_late, "days": days, "now": now, "zone": zone}
