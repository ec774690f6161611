"""The side bar of the staff screens: the lists that a user may open, in the order of the work."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse


class Entry(NamedTuple):
    """One line of the side bar. `model` is app.Model; the icon is one of Google's Material Symbols.

    It leads to the model's list, or to `page`, a named address of the staff site that its readers may open.
    """

    title: str
    icon: str
    model: str
    page: str = ""


SIDEBAR: dict[str, tuple[Entry, ...]] = {
    "Work": (
        Entry("Leads", "inbox", "intake.Lead"),
        Entry("Quarantine", "gpp_maybe", "intake.Quarantine"),
        Entry("Holds", "front_hand", "intake.Hold"),
        Entry("Sources", "ads_click", "intake.Lead", page="intake_lead_sources"),
        Entry("Proposals", "contract", "proposals.ProposalVersion"),
        Entry("Mail", "mail", "mail.Message"),
    ),
    "Publishing": (
        Entry("Briefs", "article", "briefs.Brief"),
        Entry("Calendar", "calendar_month", "briefs.Brief", page="briefs_brief_calendar"),
        Entry("Judgements", "rule", "briefs.Judgement"),
        Entry("Incidents", "event", "briefs.Incident"),
        Entry("Actors", "groups", "briefs.Actor"),
        Entry("Places", "location_on", "briefs.Place"),
        Entry("Sources", "source", "briefs.Source"),
        Entry("Subscribers", "mark_email_read", "briefs.Subscriber"),
    ),
    "People": (
        Entry("Contacts", "person", "intake.Contact"),
        Entry("Organisations", "apartment", "intake.Organisation"),
        Entry("Engagements", "handshake", "intake.Engagement"),
        Entry("Walls", "security", "intake.Wall"),
    ),
    "Privacy": (
        Entry("Erasure requests", "person_remove", "intake.ErasureRequest"),
        Entry("Erasures to do", "group_remove", "intake.ErasureOrder"),
        Entry("Erasures", "ink_eraser", "accounts.Erasure"),
        Entry("Copies of data", "folder_zip", "intake.DataCopy"),
        Entry("Retention", "auto_delete", "intake.RetentionRule"),
        Entry("Retention runs", "history", "intake.RetentionRun"),
    ),
    "House": (
        Entry("Advisers", "support_agent", "intake.Adviser"),
        Entry("Absences", "event_busy", "intake.Absence"),
        Entry("Desks", "desk", "intake.Desk"),
        Entry("Rules", "alt_route", "intake.RoutingRule"),
        Entry("Credit", "balance", "intake.CreditEntry"),
        Entry("Deadlines", "timer", "intake.DeadlinePolicy"),
        Entry("Sanctions lists", "fact_check", "intake.SanctionsList"),
        Entry("Files of lists", "upload_file", "intake.SanctionsFile"),
        Entry("Listed names", "person_search", "intake.SanctionsEntry"),
        Entry("API keys", "vpn_key", "intake.ApiKey"),
        Entry("Proposal templates", "draft", "proposals.ProposalTemplate"),
        Entry("Mail templates", "stylus_note", "mail.TemplateText"),
        Entry("Staff", "badge", "accounts.User"),
        Entry("Roles", "key", "auth.Group"),
    ),
    "Machine room": (
        Entry("Watch", "monitor_heart", "intake.Alert"),
        Entry("Jobs", "manufacturing", "jobs.Job"),
        Entry("Heartbeats", "ecg_heart", "jobs.Heartbeat"),
    ),
}
_NAMES = {
    entry.model: entry.title for group in SIDEBAR.values() for entry in group if not entry.page
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar for this user: the lists that exist and that they may open."""
    open_lists = {
        model._meta.label: reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        )
        for model, screen in admin.site._registry.items()
        if screen.has_module_permission(request) and screen.has_view_permission(request)
    }
    groups: list[dict[str, Any]] = [
        {
            "title": title,
            "items": [_line(entry, open_lists) for entry in entries if entry.model in open_lists],
        }
        for title, entries in SIDEBAR.items()
    ]
    lines = [line for group in groups for line in group["items"]]
    # The nearest one only: the calendar's address is below that of the list of briefs.
    here = max(
        (line["link"] for line in lines if request.path.startswith(line["link"])),
        key=len,
        default="",
    )
    for line in lines:
        line["active"] = line["link"] == here
    return [group for group in groups if group["items"]]


def name_of(opts: Any) -> str:
    """What a list is called, here and wherever one is told where one is."""
    return _NAMES.get(opts.label) or str(opts.verbose_name_plural)


def _line(entry: Entry, open_lists: dict[str, str]) -> dict[str, Any]:
    link = reverse(f"admin:{entry.page}") if entry.page else open_lists[entry.model]
    return {"title": entry.title, "icon": entry.icon, "link": link}
