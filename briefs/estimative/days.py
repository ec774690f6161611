"""Days that a text names, and the day that the check proposes."""

import calendar
import re
from datetime import date
from functools import lru_cache

from django.utils import translation

from briefs import dates
from briefs.estimative.lexicon import Lexicon

_MONTHS_AHEAD = 3


def days_in(plain: str, lexicon: Lexicon) -> list[tuple[re.Match[str], date]]:
    """Each day in full ("30 April 2026", or "end of April 2026" for its last day), in the order of the text."""
    days = [
        (match, day)
        for pattern in (lexicon.full_day, lexicon.month_end)
        for match in pattern.finditer(plain)
        if (day := _day_of(match, lexicon)) is not None
    ]
    return sorted(days, key=lambda found: found[0].start())


def _day_of(match: re.Match[str], lexicon: Lexicon) -> date | None:
    told = {name[0]: value for name, value in match.groupdict().items() if value}
    year, month = int(told["y"]), lexicon.months.index(told["m"]) + 1
    try:
        return date(year, month, int(told.get("d") or calendar.monthrange(year, month)[1]))
    except ValueError:  # 31 April
        return None


def is_ahead(words: str, lexicon: Lexicon, asked_on: date) -> bool:
    """Whether words that name a time can mean one to come: a year or a day that is over cannot."""
    if year := re.search(r"20\d\d", words):
        named = days_in(words, lexicon)
        return max((day for _, day in named), default=date(int(year[0]), 12, 31)) >= asked_on
    return True


@lru_cache(maxsize=64)
def proposal(lexicon: Lexicon, asked_on: date) -> str:
    """A day to write, a quarter ahead: "by 30 April 2026"."""
    month = asked_on.month + _MONTHS_AHEAD - 1
    year, month = asked_on.year + month // 12, month % 12 + 1
    with translation.override(lexicon.language):
        day = dates.long_date(date(year, month, calendar.monthrange(year, month)[1]))
    return lexicon.by.format(day=day)
