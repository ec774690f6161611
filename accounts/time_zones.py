"""The time zones that staff live in: UTC, Africa's and its neighbours', by the IANA's names."""

from functools import cache
from zoneinfo import available_timezones

_AREAS = ("Africa/", "Indian/", "Europe/", "Asia/", "America/", "Atlantic/")


@cache
def choices() -> list[tuple[str, str]]:
    """(IANA name, name for people): UTC first, then Africa, then the rest by name."""
    names = sorted(name for name in available_timezones() if name.startswith(_AREAS))
    ordered = sorted(names, key=lambda name: (not name.startswith("Africa/"), name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in ordered)]
