"""Dates and countries as the publishers write them."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from django.utils import translation
from django_countries import countries

from briefs.search_keys import search_key

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NAMED_MONTH = ("%d %b %Y", "%d %B %Y", "%d-%b-%Y")
_YEARS = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
# As lists write countries where neither ISO's English names nor CLDR's have it so. Search keys.
_OTHER_NAMES = {
    "iran islamic republic of": "IR", "russian federation": "RU", "syrian arab republic": "SY", "libya": "LY",
    "libyan arab jamahiriya": "LY", "democratic people s republic of korea": "KP",
    "korea democratic people s republic of": "KP", "dprk": "KP", "korea north": "KP", "republic of korea": "KR",
    "democratic republic of congo": "CD", "congo democratic republic of the": "CD", "congo democratic republic": "CD",
    "congo democratic republic of": "CD", "drc": "CD", "republic of the congo": "CG", 
    "ivory coast": "CI", "burma": "MM", "viet nam": "VN", "united states of america": "US", "uk": "GB", "usa": "US",
    "uae": "AE", "bosnia and herzegovina": "BA", "turkey": "TR", "turkiye": "TR", "moldova republic of": "MD",
    "venezuela bolivarian republic of": "VE", "state of palestine": "PS", "palestinian": "PS", "the gambia": "GM",
    "united republic of tanzania": "TZ",
    "swaziland": "SZ", "cape verde": "CV", "occupied palestinian territories": "PS", "central african republic": "CF",
}  # fmt: skip


def day_first(text: str) -> date | None:
    """A day as 31/12/2025, the way of the British and of nobody else here."""
    found = _DAY_FIRST.search(text)
    return _day(found[3], found[2], found[1]) if found else None


def month_first(text: str) -> date | None:
    """A day as 12/31/2025, the way of the United States."""
    found = _DAY_FIRST.search(text)
    return _day(found[3], found[1], found[2]) if found else None


def iso_day(text: str) -> date | None:
    """The day of an ISO 8601 moment, such as 2025-12-31T00:00:09.554Z."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def named_month(text: str) -> date | None:
    """A day as 31 Dec 2025 or 31-Dec-2025."""
    for pattern in _NAMED_MONTH:
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def birth(text: str) -> str:
    """When somebody was born, as exactly as the list knows it: 1965-03-15, 1965, or the words as they stand."""
    day = iso_day(text) or day_first(text) or named_month(text)
    if day:
        return day.isoformat()
    years = _YEARS.findall(text)
    return "-".join(dict.fromkeys(years)) if years else text.strip()[:60]


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def country_codes(names: Iterable[str]) -> tuple[str, ...]:
    """ISO 3166 alpha-2 codes of countries given by name or code; what is none of either is left out."""
    return tuple(dict.fromkeys(code for name in names if (code := _country_code(name))))


@lru_cache(maxsize=2048)
def _country_code(name: str) -> str:
    if len(name) == 2 and name.upper() in countries.countries:
        return name.upper()
    return _names().get(search_key(name), "")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    found = {
        search_key(name): code for code, name in Locale("en").territories.items() if len(code) == 2
    }
    with translation.override("en"):
        found |= {search_key(str(name)): code for code, name in countries.countries.items()}
    return found | _OTHER_NAMES
