"""Dates in words, as the house prints them: 9 January 2025, 9 janvier 2025."""

from datetime import UTC, date, datetime

from babel import dates
from django.utils.translation import get_language, gettext

# British order and month names in full for English; Portugal's spelling for Portuguese.
_LOCALES = {"en": "en_GB", "fr": "fr", "pt": "pt_PT", "ar": "ar"}
_COMMA_AFTER_WEEKDAY = ("pt_PT", "ar")


def long_date(value: date) -> str:
    """A day in the language being spoken now; a moment is taken in UTC."""
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    words = dates.format_date(day, "long", locale=_locale())
    return f"1er {words[2:]}" if _locale() == "fr" and day.day == 1 else words


def long_moment(value: datetime) -> str:
    """A day and a time of day in UTC, and says so."""
    return f"{long_date(value)}{comma()}{value.astimezone(UTC):%H:%M} UTC"


def weekday_date(day: date) -> str:
    """Thursday 26 November 2026."""
    weekday = dates.format_date(day, "EEEE", locale=_locale())
    return f"{weekday}{comma() if _locale() in _COMMA_AFTER_WEEKDAY else ' '}{long_date(day)}"


def comma() -> str:
    """The comma of the language being spoken now, and the blank after it."""
    return "، " if _locale() == "ar" else ", "


def vague_date(value: date, precision: str) -> str:
    """A date that is known to the day, the week or the month only."""
    if precision == "month":
        return dates.format_skeleton("yMMMM", value, locale=_locale())
    if precision == "week":
        return gettext("in the week of %(date)s") % {"date": long_date(value)}
    return long_date(value)


def _locale() -> str:
    return _LOCALES.get((get_language() or "en").split("-")[0], "en_GB")
