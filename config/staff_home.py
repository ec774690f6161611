"""The first of the staff screens: what waits for this user, and the lists that they may open."""

from typing import Any, NamedTuple

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

# More than these is "99+": a number that nobody reads is not worth counting a long list for.
_MOST = 99


class Waiting(NamedTuple):
    """Work of one kind for who has the permission: what a list shows when asked for `value` of the filter `name`."""

    title: str
    permission: str
    model: str
    name: str
    value: str

    @property
    def asked(self) -> dict[str, str]:
        """The filter as the list takes it from its address."""
        return {self.name: self.value} if self.value else {}


WAITING = (
    Waiting("Your open leads", "intake.change_lead", "intake.Lead", "whose", "open"),
    Waiting("Leads overdue", "intake.change_lead", "intake.Lead", "due", "late"),
    Waiting("Leads due within 24 hours", "intake.change_lead", "intake.Lead", "due", "soon"),
    Waiting("Leads in the pool", "intake.change_lead", "intake.Lead", "whose", "pool"),
    Waiting("Holds to decide", "intake.view_hold", "intake.Hold", "decision", ""),
    Waiting("Requests held back", "intake.decide_quarantine", "intake.Quarantine", "outcome", ""),
    Waiting(
        "Erasures asked for",
        "accounts.erase_person",
        "intake.ErasureRequest",
        "state__exact",
        "open",
    ),
    Waiting(
        "Erasures for a second person",
        "accounts.erase_person",
        "intake.ErasureOrder",
        "state__exact",
        "open",
    ),
    Waiting("Briefs: your turn", "briefs.change_brief", "briefs.Brief", "turn", "mine"),
    Waiting("Briefs for any reviewer", "briefs.approve_brief", "briefs.Brief", "turn", "anybody"),
    Waiting(
        "Judgements to resolve", "briefs.resolve_judgement", "briefs.Judgement", "state", "due"
    ),
    Waiting("Jobs that failed for good", "jobs.retry_job", "jobs.Job", "state__exact", "dead"),
)


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the page shows beyond the frame."""
    lines = [line for kind in WAITING if (line := _line(request, kind))]
    return context | {
        "title": "Start",
        "waiting": [line for line in lines if line["number"] != "0"],
    }


def _line(request: HttpRequest, kind: Waiting) -> dict[str, str] | None:
    """The number of what waits and the list that shows it; None for whose work it is not."""
    screen = admin.site._registry[apps.get_model(kind.model)]
    if not (request.user.has_perm(kind.permission) and screen.has_view_permission(request)):
        return None
    found = _rows(request, screen, kind).order_by()[: _MOST + 1].count()
    opts = screen.model._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    query = f"?{urlencode(kind.asked)}" if kind.asked else ""
    number = f"{_MOST}+" if found > _MOST else str(found)
    return {"title": kind.title, "number": number, "link": f"{address}{query}"}


def _rows(request: HttpRequest, screen: Any, kind: Waiting) -> QuerySet[Any]:
    """What the list would show: its own gate, then its own filter."""
    rows: QuerySet[Any] = screen.get_queryset(request)
    for one in screen.get_list_filter(request):
        if getattr(one, "parameter_name", "") == kind.name:
            given = {name: [value] for name, value in kind.asked.items()}
            found: QuerySet[Any] = one(request, given, screen.model, screen).queryset(request, rows)
            return found
    return rows.filter(**kind.asked)
