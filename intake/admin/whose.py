"""Whose a lead is, on the staff screens: the filter, who had it when, and who may only take it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from intake.models import Activity, Lead
from intake.models.adviser import OPEN_STATUSES
from intake.models.lead_queryset import LeadQuerySet, seat_of

_STANDS_IN = {Activity.Kind.COVERED, Activity.Kind.LENT}


class WhoseFilter(admin.SimpleListFilter):
    """Leads by whose they are to the user."""

    title = "whose"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What can be asked for."""
        return [
            ("open", "mine, and open"),
            ("mine", "mine"),
            ("covered", "covered by me"),
            ("pool", "in the pool: nobody could take it"),
            ("stood_in", "covered by somebody"),
            ("left", "of people who may not log in"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        """By the lead's own columns; anything else asked for is ignored."""
        match self.value():
            case "open":
                return queryset.filter(owner=seat_of(request.user)[0], status__in=OPEN_STATUSES)
            case "mine":
                return queryset.filter(owner=seat_of(request.user)[0])
            case "covered":
                return queryset.filter(cover=seat_of(request.user)[0])
            case "pool":
                return queryset.filter(pool__isnull=False)
            case "stood_in":
                return queryset.filter(cover__isnull=False)
            case "left" if isinstance(queryset, LeadQuerySet):
                return queryset.left_behind()
        return queryset


def is_only_offered(request: HttpRequest, lead: Lead) -> bool:
    """Whether this user sees the lead only since they may take it."""
    if lead.pool_id is None or request.user.has_perm("intake.view_all_leads"):
        return False
    theirs = (lead.owner, lead.cover)
    return not any(one and one.user_id == request.user.pk for one in theirs)


def owners_context(lead: Lead, happened: set[str]) -> dict[str, Any]:
    """For the lead's page: who had it from when to when, and who stood in, which the timeline tells without asking."""
    spans = lead.assignments.select_related("adviser__user", "by").order_by("-started_at", "-pk")
    rows = lead.stand_ins.select_related("adviser__user", "owner__user", "absence__adviser")
    stand_ins = list(rows.order_by("-pk")) if happened & _STANDS_IN else []
    return {
        "assignments": spans,
        "stand_ins": stand_ins,
        "stand_in_now": next((one for one in stand_ins if one.ended_at is None), None),
    }
