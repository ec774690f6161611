"""The time zones that staff live in: UTC, Africa's and its neighbours', by the IANA's names."""

from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError

_YEARS = range(1900, 3000)
_AREAS = ("Africa/", "Indian/", "Europe/", "Asia/", "America/", "Atlantic/")


@cache
def choices() -> list[tuple[str, str]]:
    """(IANA name, name for people): UTC first, then Africa, then the rest by name."""
    names = sorted(name for name in available_timezones() if name.startswith(_AREAS))
    ordered = sorted(names, key=lambda name: (not name.startswith("Africa/"), name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in ordered)]


def check_year(typed: date) -> None:
    """Refuse a day on whose next one, or whose hours in other zones, no clock can tell: a validator of fields."""
    if typed.year not in _YEARS:
        raise ValidationError("Write a year between 1900 and 2999.", code="year")


def moment_of(typed: datetime, zone: str) -> datetime:
    """The moment, in UTC, at which clocks in that zone show this day and hour.

    Where the clocks change an hour is missing or comes twice. Raises ValidationError with code "hour_missing" or
    "hour_twice" then, which says what to write instead; with "year" for one that other zones could not tell.
    """
    check_year(typed)
    first, second = (typed.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    early, late = sorted((first.astimezone(UTC), second.astimezone(UTC)))
    if early.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == typed:
        raise ValidationError(
            f"The clocks of {zone} go back: {typed:%H:%M} comes twice on that day, at {early:%H:%M} and at"
            f" {late:%H:%M} UTC. Choose UTC as the time zone and write the one that you mean.",
            code="hour_twice",
        )
    before, after = (moment.astimezone(ZoneInfo(zone)) for moment in (early, late))
    raise ValidationError(
        f"The clocks of {zone} go forward: {typed:%H:%M} does not exist on that day. Write {before:%H:%M} or"
        f" {after:%H:%M}.",
        code="hour_missing",
    )


def in_both(moment: datetime, zone: str) -> str:
    """A moment as clocks in that zone show it, and in UTC: "29 March 2026, 09:00 Africa/Lagos (08:00 UTC)"."""
    utc, here = moment.astimezone(UTC), moment.astimezone(ZoneInfo(zone))
    if zone == "UTC":
        return f"{_told(utc)} UTC"
    there = f"{utc:%H:%M}" if here.date() == utc.date() else _told(utc)
    return f"{_told(here)} {zone} ({there} UTC)"


def _told(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M}"
