"""What follows from an adviser's row alone: what they know, when they are away and when they work next.

A process keeps it by what it follows from: rows that are the same give the same, and a changed one is another. With a
hundred advisers it took longer than all else of a decision.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache

from intake import skills
from intake.calendars import Span, WorkingCalendar, hours_of
from intake.models.adviser import Absence

_MOST = 2_000
Away = tuple[Span, int | None]  # and who stands in


@lru_cache(maxsize=_MOST)
def levels(rows: tuple[str, ...]) -> Mapping[str, int]:
    """What they know and how well, regions spread to their countries, of rows of skills in JSON."""
    read = [json.loads(row) for row in rows]
    return skills.with_regions({f"{one['kind']}:{one['value']}": one["level"] for one in read})


@lru_cache(maxsize=_MOST)
def absences(rows: tuple[str, ...], zone: str) -> tuple[Away, ...]:
    """The spans of rows of absences in JSON, told in their time zone, with who stands in."""
    return tuple(_absence(json.loads(row), zone) for row in rows)


def _absence(row: Mapping[str, str | None], zone: str) -> Away:
    starts, ends = (date.fromisoformat(str(row[name])) for name in ("starts_on", "ends_on"))
    span = Absence.span_in(zone, starts, _hour(row["from_hour"]), ends, _hour(row["to_hour"]))
    return span, row["delegate"]  # type: ignore[return-value]  # a number


def _hour(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def away(spans: Sequence[Away], at: datetime) -> tuple[datetime | None, int | None]:
    """Until when they are away at this moment, absences that follow at once counted, and who stands in."""
    now = [(span, delegate) for span, delegate in spans if span[0] <= at < span[1]]
    if not now:
        return None, None
    until = max(end for (_, end), _ in now)
    for (start, end), _ in sorted(spans, key=lambda one: one[0]):
        if start <= until < end:
            until = end
    return until, next((delegate for _, delegate in now if delegate), None)


def works_next(
    zone: str, hours: tuple[str, ...], country: str, absent: tuple[Away, ...], at: datetime
) -> datetime | None:
    """When they work next, this moment when they do now; None when never in two years.

    Hours that cannot be read count as none: one adviser's row must not stop everybody's leads.
    """
    try:
        return _hours(zone, hours, country, absent).next_working(at)
    except ValueError:
        return None


class _Hours:
    """A calendar that keeps the span of work which it was last asked for: it holds until that ends."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._kept: tuple[datetime, datetime, datetime] | None = None  # asked at, start, end

    def next_working(self, at: datetime) -> datetime | None:
        kept = self._kept
        if kept is None or not kept[0] <= at < kept[2]:
            span = next(self._calendar.spans(at), None)
            if span is None:
                return None
            self._kept = kept = (at, *span)
        return max(at, kept[1]).astimezone(UTC)


@lru_cache(maxsize=_MOST)
def _hours(zone: str, hours: tuple[str, ...], country: str, absent: tuple[Away, ...]) -> _Hours:
    return _Hours(
        WorkingCalendar(zone, hours_of(hours), country, tuple(span for span, _ in absent))
    )
