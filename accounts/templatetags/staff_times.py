"""Moments on the staff screens: in the time zone of whoever looks, and in UTC."""

from datetime import datetime

from django import template

from accounts import time_zones

register = template.Library()


@register.filter
def for_reader(moment: datetime | None, zone: str) -> str:
    """A moment in both time zones; nothing for none."""
    return time_zones.in_both(moment, zone) if moment else ""
