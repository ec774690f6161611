"""How urgent a lead is: by words of duty of care at once, and by staff, who hear more than was written."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from intake import deadlines, reasons
from intake.models import Activity, Lead, Priority
from jobs import queue

_LONGEST_REASON = 200


@transaction.atomic
def mark_urgent(*, lead: Lead, by: User, reason: str) -> None:
    """Make a lead urgent, by the clock too.

    Raises ValidationError: code "required" without a reason, "conflict" when it is urgent already, or closed.
    """
    _change(lead, Priority.URGENT, by, reason)


@transaction.atomic
def calm_lead(*, lead: Lead, by: User, reason: str) -> None:
    """Make an urgent lead one as most are, by the clock too; raises as `mark_urgent`."""
    _change(lead, Priority.NORMAL, by, reason)


def _change(lead: Lead, priority: Priority, by: User, reason: str) -> None:
    reason = reasons.given(reason.strip().rstrip("."))
    lead = deadlines.locked(lead.pk)
    if lead.closed_at or lead.erased_at:
        raise ValidationError("This lead is closed.", code="conflict")
    if lead.priority == priority:
        raise ValidationError(f"It is {priority.label} already.", code="conflict")
    set_priority(lead, priority, reason, by=by)


def set_priority(lead: Lead, priority: Priority, reason: str, *, by: User | None) -> None:
    """Set the priority of a lead that the caller has locked, note why, and have its clocks counted anew."""
    lead.priority = priority
    set_reason(lead, reason if priority == Priority.URGENT else "")
    text = f"{priority.label.capitalize()}. {reason}."
    activity = Activity.objects.create(lead=lead, kind=Activity.Kind.PRIORITY, text=text, by=by)
    key = f"lead:{lead.pk}:activity:{activity.pk}"
    queue.enqueue(queue.Ask("intake.keep_deadline", lead.pk, key))


def set_reason(lead: Lead, reason: str) -> None:
    """Say why a lead that the caller has locked is as urgent as it is."""
    lead.priority_reason = reason[:_LONGEST_REASON]
    lead.save(update_fields=["priority", "priority_reason"])
