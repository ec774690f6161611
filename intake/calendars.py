"""Working time: whether somebody works at a moment, when they do next, and how long a span is in their hours.

Pure arithmetic, for routing and for deadlines alike. Moments are aware datetimes; what comes back is in UTC. Hours are
those of wall clocks: a day on which the clocks change is as long as it truly is. A wall time that a change skips counts
as the one that the clocks show instead; one that comes twice opens at its first and closes at its second coming.
Public holidays are those of the `holidays` package, by country; of lunar ones of years to come it gives estimates.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays
from django_countries import countries

Window = tuple[time, time]
Hours = Mapping[int, tuple[Window, ...]]
Span = tuple[datetime, datetime]

_MIDNIGHT = time(0)
_ONE_DAY = timedelta(days=1)
# Who has not worked for so long is taken for somebody who never will.
_IDLE_DAYS = 800
_DAY = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


class NeverWorks(ValueError):
    """A calendar has no working moment in the next two years."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Hours of each weekday (0 is Monday; an end of 00:00 is midnight) in an IANA zone, less public holidays of a
    country (ISO 3166 alpha-2; empty: none) and less the spans in which the person is away (the end is outside)."""

    zone: str
    hours_by_weekday: Hours
    holidays_country: str = ""
    away_spans: tuple[Span, ...] = field(default=())

    def is_working(self, at: datetime) -> bool:
        """Whether this is a working moment; that at which a span ends is none."""
        return any(start <= at < end for start, end in self._of_day(self._local(at)))

    def next_working(self, at: datetime) -> datetime:
        """This moment when it is a working one, else the next that is; raises NeverWorks."""
        return self.add(at, timedelta(0))

    def add(self, at: datetime, business_duration: timedelta) -> datetime:
        """The moment at which so much working time has passed, at the end of a day rather than the start of the next.

        Raises NeverWorks, and ValueError for a duration below zero.
        """
        if business_duration < timedelta(0):
            raise ValueError("Working time is added, never taken away.")
        left = business_duration
        for start, end in self.spans(at):
            if left <= end - start:
                return start + left
            left -= end - start
        raise NeverWorks(f"No working moment in {_IDLE_DAYS} days from {at}.")

    def between(self, a: datetime, b: datetime) -> timedelta:
        """How much working time lies between two moments; below zero when the second comes first."""
        if b < a:
            return -self.between(b, a)
        return sum((end - start for start, end in self.spans(a, b)), timedelta(0))

    def spans(self, start: datetime, end: datetime | None = None) -> Iterator[Span]:
        """The working spans from a moment on, cut at both ends; without an end, until there is none for two years."""
        day, idle = self._local(start), 0
        last = self._local(end) if end else date.max
        while day <= last and (end or idle <= _IDLE_DAYS):
            idle += 1
            for opens, closes in self._of_day(day):
                cut = max(opens, start), min(closes, end or closes)
                if cut[0] < cut[1]:
                    idle = 0
                    yield cut[0].astimezone(UTC), cut[1].astimezone(UTC)
            day += _ONE_DAY

    def _local(self, at: datetime) -> date:
        if at.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return at.astimezone(ZoneInfo(self.zone)).date()

    def _of_day(self, day: date) -> Iterator[Span]:
        windows = self.hours_by_weekday.get(day.weekday(), ())
        if not windows or day in public_holidays(self.holidays_country, day.year):
            return
        closed = datetime.min.replace(tzinfo=UTC)
        for opens, closes in windows:
            start = max(closed, moment_of(day, opens, self.zone))
            closed = moment_of(day if closes > _MIDNIGHT else day + _ONE_DAY, closes, self.zone, 1)
            yield from _without((start, closed), self.away_spans)


@lru_cache(maxsize=4096)
def moment_of(day: date, wall: time, zone: str, coming: int = 0) -> datetime:
    """The moment, in UTC, at which clocks in the zone show this; the first or second (1) coming when there are two."""
    local = datetime.combine(day, wall, ZoneInfo(zone))
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    # In a gap the offsets stand the other way round: the second reading lies before the clocks change.
    return max(first, second) if coming else first


def _without(span: Span, away: Sequence[Span]) -> Iterator[Span]:
    start, end = span
    for leaves, returns in sorted(away):
        if leaves < end and returns > start:
            if start < leaves:
                yield start, leaves
            start = max(start, returns)
    if start < end:
        yield start, end


def next_in_all(
    calendars: Sequence[WorkingCalendar], at: datetime, days: int = _IDLE_DAYS
) -> datetime:
    """The first moment from `at` on, within so many days, at which all of them work; raises NeverWorks.

    With one calendar of an adviser and one of a client it is the earliest moment at which one can reach the other.
    """
    moment = at.astimezone(UTC)
    limit = moment + days * _ONE_DAY
    while moment <= limit:
        later = max((one.next_working(moment) for one in calendars), default=moment)
        if later == moment:
            return moment
        moment = later
    raise NeverWorks(f"No moment in {days} days from {at} at which all work.")


@lru_cache(maxsize=1024)
def public_holidays(country: str, year: int) -> Mapping[date, str]:
    """The public holidays of a country in a year, with their names; none for one that is not known."""
    if country not in holidays.list_supported_countries():
        return {}
    return dict(holidays.country_holidays(country, years=year).items())


@lru_cache(maxsize=1)
def holiday_countries() -> list[tuple[str, str]]:
    """The countries whose public holidays are known, by their English names."""
    known = holidays.list_supported_countries(include_aliases=False)
    names = {code: str(countries.name(code)) for code in known}
    return sorted(((code, name) for code, name in names.items() if name), key=lambda c: c[1])


# Where the package `holidays` is behind (0.109): Mauritania's weekend is Saturday and Sunday since October 2014
# (www.reuters.com/article/us-mauritania-workweek-idUSKBN0H625120140911), Libya's is Friday and Saturday, as in CLDR.
_WEEKENDS = {"MR": frozenset((5, 6)), "LY": frozenset((4, 5))}


@lru_cache(maxsize=256)
def weekend_of(country: str) -> frozenset[int]:
    """The weekdays of a country's weekend, 0 is Monday; Saturday and Sunday for one that is not known."""
    if country in _WEEKENDS:
        return _WEEKENDS[country]
    if country not in holidays.list_supported_countries():
        return frozenset((5, 6))
    return frozenset(holidays.country_holidays(country).weekend)


def office_hours(country: str = "", opens: time = time(9), closes: time = time(17)) -> Hours:
    """The same hours on each day that is not of the country's weekend."""
    free = weekend_of(country)
    return {day: () if day in free else ((opens, closes),) for day in range(7)}


def hours_of(days: Sequence[str]) -> Hours:
    """Hours as people write them, Monday first; raises ValueError."""
    return {weekday: parse_day(text) for weekday, text in enumerate(days)}


@lru_cache(maxsize=1024)  # of each adviser for each lead they were a tenth of the acknowledgement
def parse_day(text: str) -> tuple[Window, ...]:
    """The windows of one day: "09:00-12:30, 13:30-17:00"; empty: a day off. Raises ValueError with how to mend it."""
    windows = tuple(_window(part) for part in text.split(",") if part.strip())
    for (_, closes), (opens, _) in pairwise(windows):
        if closes == _MIDNIGHT or opens < closes:
            raise ValueError("Write the hours in their order, each after the one before it.")
    return windows


def _window(text: str) -> Window:
    found = _DAY.fullmatch(text.strip())
    if not found:
        raise ValueError(f"Write hours as 09:00-17:00, several with a comma: not “{text.strip()}”.")
    a, b, c, d = (int(number) for number in found.groups())
    if a > 23 or c > 24 or b > 59 or d > 59 or (c == 24 and d):
        raise ValueError(f"There is no such hour: “{text.strip()}”.")
    opens, closes = time(a, b), time(c % 24, d)
    if closes != _MIDNIGHT and closes <= opens:
        raise ValueError(
            f"“{text.strip()}” ends before it starts. For a night write two days: until 24:00, and from 00:00."
        )
    return opens, closes
