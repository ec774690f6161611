"""How the house prints dates, countries and topics, for templates."""

from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from briefs import dates, geography, topics
from briefs.models.passages import MARKS
from briefs.page_lines import PlacePoint

register = template.Library()


@register.filter
def long_date(value: date) -> str:
    """9 January 2025, in the page's language."""
    return dates.long_date(value)


@register.filter
def long_moment(value: datetime) -> str:
    """8 January 2025, 10:00 UTC."""
    return dates.long_moment(value)


@register.filter
def vague_date(value: date, precision: str) -> str:
    """A date known to the day, the week or the month."""
    return dates.vague_date(value, precision)


@register.filter
def listed(values: Iterable[object]) -> str:
    """Joined with the comma of the page's language."""
    return dates.comma().join(str(value) for value in values)


@register.simple_tag
def colon() -> str:
    """The colon of the page's language: French sets it off by a space that does not break."""
    return "\N{NO-BREAK SPACE}:" if get_language() == "fr" else ":"


@register.simple_tag
def comma() -> str:
    """The comma of the page's language and the blank after it: Arabic has its own."""
    return dates.comma()


_QUESTION_MARKS = {"fr": "\N{NARROW NO-BREAK SPACE}?", "ar": "\N{ARABIC QUESTION MARK}"}


@register.simple_tag
def question_mark() -> str:
    """The question mark of the page's language: French sets it off, Arabic has its own."""
    return _QUESTION_MARKS.get(get_language() or "", "?")


@register.filter
def country_name(code: str) -> str:
    """The country's name in the page's language."""
    return geography.country_name(code, get_language() or "en")


@register.filter
def country_names(codes: Iterable[str]) -> list[str]:
    """Their names in the page's language."""
    return [country_name(code) for code in codes]


@register.filter
def position(place: PlacePoint) -> str:
    """15.01° N 2.95° W, in the page's language."""
    return geography.position(place.latitude, place.longitude)


@register.filter
def topic_name(slug: str) -> str:
    """The topic's name in the page's language."""
    return topics.topic_name(slug)


@register.filter
def region_name(region: str) -> str:
    """A region of the United Nations' M49, in the page's language."""
    return geography.region_name(region)


@register.filter
def language_name(code: str) -> str:
    """A language of ours in its own words."""
    return dict(settings.LANGUAGES).get(code, code)


@register.filter
def marked(passage: str) -> SafeString:
    """A passage of a search with the words found in <mark>; everything else in it is escaped."""
    start, stop = MARKS
    safe = escape(passage).replace(start, "<mark>").replace(stop, "</mark>")
    return mark_safe(safe)  # noqa: S308  # nosec B308, B703  # escaped above
