"""When the house answers, as the operator wrote it: looked at before the start, not at the first lead."""

import re
from zoneinfo import ZoneInfo

import environ

from intake import calendars


def told_in(env: environ.Env) -> tuple[str, str, str]:
    """Zone, hours and country of the house, from the environment."""
    zone = env.str("HOUSE_TIME_ZONE", default="") or "UTC"
    hours = env.str("HOUSE_HOURS", default="") or "09:00-17:00"
    return zone, hours, env.str("HOUSE_COUNTRY", default="")


def problem_with(zone: str, hours: str, country: str) -> str:
    """What is wrong with `HOUSE_TIME_ZONE`, `HOUSE_HOURS` or `HOUSE_COUNTRY`; empty when nothing is."""
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return "HOUSE_TIME_ZONE is no IANA zone. Set it like Africa/Dakar."
    try:
        windows = calendars.parse_day(hours)
    except ValueError:
        windows = ()
    if not windows:
        return "HOUSE_HOURS holds no hours. Set it like 09:00-12:30, 13:30-17:00."
    if not re.fullmatch(r"([A-Z]{2})?", country):
        return "HOUSE_COUNTRY is no code of a country (ISO 3166 alpha-2). Set it like SN."
    return ""
