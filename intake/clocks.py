"""Whose working time counts for a promise: the adviser's or, before there is one, the house's; and the client's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from django.conf import settings
from django.utils import timezone

from intake import calendars
from intake.calendars import NeverWorks, WorkingCalendar
from intake.models import Adviser

# In a country wider than this nobody knows when a client works who named only the country.
_WIDEST = timedelta(hours=3)


def of_adviser(adviser: Adviser | None) -> WorkingCalendar:
    """When the adviser works, less what they are away; when the house does, without one or for one who never works."""
    if adviser is None:
        return of_house()
    own = adviser.calendar([absence.span() for absence in adviser.absences.all()])
    try:
        own.next_working(timezone.now())
    except NeverWorks:
        return of_house()
    return own


def of_house() -> WorkingCalendar:
    """When the house answers, whoever it is: `HOUSE_TIME_ZONE`, `HOUSE_HOURS` and `HOUSE_COUNTRY`."""
    zone, hours, country = settings.HOUSE_CALENDAR
    return _house(zone, hours, country)


@lru_cache(maxsize=8)
def _house(zone: str, hours: str, country: str) -> WorkingCalendar:
    windows = calendars.parse_day(hours)
    free = calendars.weekend_of(country)
    week = {day: () if day in free else windows for day in range(7)}
    return WorkingCalendar(zone, week, country)


def of_client(country: str, at: datetime) -> tuple[WorkingCalendar, ...]:
    """When somebody in a country works, as far as that is known: office hours less its weekend and public holidays.

    One calendar for each time that its clocks show at that moment; none where the country is not known, or so wide
    that its clocks are more than three hours apart.
    """
    zones = zones_of(country, at)
    if not zones:
        return ()
    hours = calendars.office_hours(country)
    return tuple(WorkingCalendar(zone, hours, country) for zone in zones)


def zones_of(country: str, at: datetime) -> Sequence[str]:
    """One IANA zone for each time that clocks of a country show at a moment; none when they differ too much."""
    by_offset = {_offset(zone, at): zone for zone in reversed(_zones(country))}
    if not by_offset or max(by_offset) - min(by_offset) > _WIDEST:
        return ()
    return sorted(by_offset.values())


@lru_cache(maxsize=300)
def _zones(country: str) -> tuple[str, ...]:
    """The zones of a territory as CLDR has them."""
    territories = get_global("zone_territories")
    return tuple(sorted(zone for zone, territory in territories.items() if territory == country))


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)


@lru_cache(maxsize=1)
def round_the_clock() -> WorkingCalendar:
    """Every minute of every day."""
    every_day = {day: calendars.parse_day("00:00-24:00") for day in range(7)}
    return WorkingCalendar("UTC", every_day)
