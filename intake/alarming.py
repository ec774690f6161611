"""Words of duty of care: how they make a lead urgent, and what of that stays when some are dropped, a merge is undone.

A merged request raises what does its work. Waiting for a person could cost what the words are about.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from intake import deadlines, matching, needs, prioritising
from intake.models import Lead, NeedSuggestion, Priority
from intake.needs import Alarm, Kind

OF_TEXT = "Words of duty of care"
OF_ADDITION = "Words of duty of care that the client added"
_ACCEPTED = NeedSuggestion.State.ACCEPTED
_MOST_OF_A_PART = 160  # of a reason, so that the part's reference is not cut off it


def is_alarming(lead: Lead) -> bool:
    """Whether a request speaks of danger: by the text itself as long as no worker has read it; then by what was found
    and staff left of it.
    """
    if lead.needs_read_by:
        return lead.priority == Priority.URGENT
    return needs.needs_urgent_help(lead.enquiry.needs)


def heed_addition(lead: Lead, text: str) -> None:
    """Words of duty of care in what the client added later make an open lead urgent too, of a merged one that which
    does its work; the caller has locked them.

    They are no suggestion to drop: these tell of the request's own text. One that is urgent stays so when those are.
    """
    alarms = _named(needs.alarms_of(text))
    if alarms and lead.priority == Priority.URGENT:
        prioritising.set_reason(lead, reason_of(OF_ADDITION, alarms))
    raise_priority(lead, OF_ADDITION, alarms)


def raise_priority(lead: Lead, what: str, alarms: Sequence[str]) -> None:
    """Make an open lead urgent for these words; of a merged request, whose words stay its own, all that it was merged
    into as well. The caller has locked the lead.
    """
    if not alarms or matching.live(lead).closed_at:
        return
    for one in matching.chain(lead):
        reason = reason_of(what, alarms)
        if one is not lead:
            reason = _of_part(reason, lead)
            one = Lead.objects.select_for_update().get(pk=one.pk)
        if one.priority != Priority.URGENT:
            prioritising.set_priority(one, Priority.URGENT, reason, by=None)


def _of_part(reason: str, part: Lead) -> str:
    """Why a lead is urgent because a part of it is."""
    return f"{reason[:_MOST_OF_A_PART]}, in {part.reference}"


@transaction.atomic
def part(*, lead: Lead, other: Lead, by: User) -> None:
    """Take back that words of `other`, or of what is part of it, made the lead urgent, which is apart from them again,
    unless something else speaks for it. Locks the lead.
    """
    lead = deadlines.locked(lead.pk)
    theirs = tuple(_of_part("", one) for one in matching.family(other))
    if lead.priority_reason.endswith(theirs):
        text = f"{other.reference} is apart from this one again"
        _calm_unless(_why_urgent(lead), lead, text, by)


@transaction.atomic
def stay_urgent(*, lead: Lead, since: datetime) -> None:
    """Keep a lead urgent whose merge, which made it so and is undone, hid what else speaks of danger: another part, or
    words of its own that were found or accepted `since`. Locks the lead.
    """
    lead = deadlines.locked(lead.pk)
    ours = _alarms_left(lead).filter(
        Q(made_at__gte=since) | Q(state=_ACCEPTED, decided_at__gte=since)
    )
    is_told = _urgent_parts(lead).exists() or ours.exists()
    if lead.priority != Priority.URGENT and not lead.closed_at and is_told:
        prioritising.set_priority(lead, Priority.URGENT, _why_urgent(lead), by=None)


def _calm_unless(reason: str, lead: Lead, text: str, by: User) -> None:
    """Make a lead normal again, unless something makes it urgent still; then that is why."""
    if reason:
        prioritising.set_reason(lead, reason)
    else:
        prioritising.set_priority(lead, Priority.NORMAL, text, by=by)


def _why_urgent(lead: Lead) -> str:
    """What makes a lead urgent of what is part of it, of what its client added and of its own words; "" for nothing."""
    if other := _urgent_parts(lead).first():
        return _of_part(other.priority_reason, other)
    texts = lead.additions.order_by("pk").values_list("text", flat=True)
    if alarms := _named(kind for text in texts for kind in needs.alarms_of(text)):
        return reason_of(OF_ADDITION, alarms)
    labels = _alarms_left(lead).order_by("pk").values_list("label", flat=True)
    return reason_of(OF_TEXT, list(labels)) if labels else ""


def _named(kinds: Iterable[str]) -> list[str]:
    return [str(Alarm(kind).label) for kind in dict.fromkeys(kinds)]


def _urgent_parts(lead: Lead) -> QuerySet[Lead]:
    return Lead.objects.filter(merged_into=lead, priority=Priority.URGENT).order_by("pk")


def _alarms_left(lead: Lead) -> QuerySet[NeedSuggestion]:
    return lead.suggestions.filter(kind=Kind.URGENCY).exclude(state=NeedSuggestion.State.DROPPED)


def reason_of(what: str, alarms: Sequence[str]) -> str:
    """Why a lead is urgent, in words of the rules, not of the client: more people read the timeline than the text."""
    return f"{what}: " + ", ".join(label.lower() for label in alarms)


def calm_down(lead: Lead, by: User) -> None:
    """Make a lead normal again whose last word staff dropped, unless something else made it urgent: what the client
    added, what is part of it, or staff. The caller has locked it.
    """
    if not lead.priority_reason.startswith(f"{OF_TEXT}:") or _alarms_left(lead).exists():
        return
    _calm_unless(_why_urgent(lead), lead, "No words of duty of care are left", by)
