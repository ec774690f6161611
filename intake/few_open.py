"""Leads of statuses that few have among all that are over. PostgreSQL takes them for spread evenly, and would look
for the next of them, which are the newest, in all others first.
"""

from functools import reduce
from operator import or_

from django.db.models import F, Q

from intake.models.lead_queryset import LeadQuerySet

# As by number, but no index has it: so the few are found by their statuses first, then sorted.
BY_NUMBER = (F("pk") + 0).asc()


def of_statuses(*statuses: str) -> Q:
    """Each status by an index of its own; no single one has the new ones and the others."""
    return reduce(or_, (Q(status=status) for status in statuses))


def after(rows: LeadQuerySet, number: int) -> LeadQuerySet:
    """Those that follow upon this number, in their order. From the first one on they stand close together."""
    return rows.filter(pk__gt=number).order_by("pk" if number else BY_NUMBER)
