"""Moments on the staff screens: in the time zone of whoever looks, and in UTC."""

from datetime import date, datetime

from django import template

from accounts import time_zones

register = template.Library()


@register.filter
def for_reader(moment: datetime | None, zone: str) -> str:
    """A moment in both time zones; nothing for none."""
    return time_zones.in_both(moment, zone) if moment else ""


@register.filter
def day_kept(text: str) -> str:
    """26 November 2026, of a day or a moment that is kept in JSON as ISO 8601."""
    day = date.fromisoformat(text[:10])
    return f"{day.day} {day:%B %Y}"
