"""The lead's page: who the client is, whom and what they may be the same as, and what was merged into the lead."""

from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from intake import matching, mergeable
from intake.admin.merging import page_of, suggested
from intake.models import Activity, Attachment, Lead, RecordKind

_MOST_SHOWN = 5


def people_context(user: User, lead: Lead, activities: list[Activity]) -> dict[str, Any]:
    """For the page. Whoever sees a lead sees what was merged into it: it is the same work."""
    merged = merged_leads(user, lead, {one.kind for one in activities})
    recognised = (one.text for one in activities if one.kind == Activity.Kind.MATCHED)
    records = [lead, lead.contact, lead.organisation]
    return {
        "merged_leads": merged,
        "activities": _together(activities, merged),
        "recognised": next(recognised, ""),
        "other_leads": _other_leads(user, lead),
        "suggested": suggested(user, records) if lead.merged_into_id is None else [],
        "may_merge_kinds": [kind for kind in RecordKind if mergeable.may_merge(user, kind)],
        "may_merge": mergeable.may_merge(user, RecordKind.LEAD),
        "merge_address": f"{page_of(lead).removesuffix('change/')}merge/",
        "merged_into_page": _page_if_visible(user, lead.merged_into),
    }


def is_visible_through_its_target(user: User, lead: Lead) -> bool:
    """Whether the user sees the lead, or the one that it was merged into in the end."""
    pks = {lead.pk, matching.live(lead).pk}
    return Lead.objects.visible_to(user).filter(pk__in=pks).exists()


def merged_leads(user: User, lead: Lead, happened: set[str]) -> list[Lead]:
    """What was merged into the lead, and into that, oldest first, each with `is_visible`.

    Of most leads what happened tells, without asking, that there is none.
    """
    found: list[Lead] = []
    into = [lead.pk] if Activity.Kind.MERGED in happened else []
    files = Prefetch(
        "enquiry__attachments", Attachment.objects.select_related("scan").defer("body")
    )
    while into:
        rows = Lead.objects.filter(merged_into__in=into).select_related("enquiry")
        level = list(rows.prefetch_related("additions", "corrections", files).order_by("pk"))
        found += level
        into = [one.pk for one in level]
    pks = [one.pk for one in found]
    visible = (
        set(Lead.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
        if pks
        else set()
    )
    for one in found:
        one.is_visible = one.pk in visible  # type: ignore[attr-defined]
    return found


def _together(activities: list[Activity], merged: list[Lead]) -> list[Activity]:
    """One timeline, newest first; what happened to another lead says to which."""
    if not merged:
        return activities
    references = {one.pk: one.reference for one in merged}
    others = list(Activity.objects.filter(lead__in=merged).select_related("by"))
    for one in others:
        one.of_lead = references[one.lead_id]  # type: ignore[attr-defined]
    return sorted([*activities, *others], key=lambda one: (one.happened_at, one.pk), reverse=True)


def _other_leads(user: User, lead: Lead) -> list[Lead]:
    if lead.contact_id is None:
        return []
    rows = Lead.objects.visible_to(user).filter(contact=lead.contact_id).exclude(pk=lead.pk)
    return list(rows.order_by("-pk")[:_MOST_SHOWN])


def _page_if_visible(user: User, lead: Lead | None) -> str:
    if lead is None or not Lead.objects.visible_to(user).filter(pk=lead.pk).exists():
        return ""
    return page_of(lead)
