"""Changing a promise by hand: another time, a pause while we wait for the client, and its end. Each says why."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import time_zones
from accounts.models import User
from intake import deadlines, promising
from intake.models import Activity, Deadline, DeadlineChange, Lead, Stage
from intake.reasons import given
from jobs import queue

State, Change = Deadline.State, DeadlineChange.Kind
FARTHEST = timedelta(days=90)


@transaction.atomic
def move_deadline(
    *, deadline: Deadline, due_at: datetime, by: User, reason: str, shown: str = ""
) -> Deadline:
    """Promise another time. A later one that the client was told of is told again by mail. `shown` is what the page
    showed (`seen`); "" shows nothing.

    Raises ValidationError: code "required" without a reason, "past" or "too_far" (over 90 days) for the time, "same"
    when it is the present one, "conflict" when the stage is over, the clock stands still, or it is due at another time
    than the page showed.
    """
    reason = given(reason)
    lead, deadline = _locked_running(deadline)
    now, before = timezone.now(), deadline.due_at
    _refuse_when(deadline.paused_at is not None, "The clock stands still. Let it run first.")
    moved = f"Meanwhile this changed: it is due by {_told(before)}. Look again, then decide."
    _refuse_when(bool(shown) and shown != seen(deadline), moved)
    _refuse_when(due_at <= now, "This time is past. Choose one that is to come.", "past")
    _refuse_when(due_at > now + FARTHEST, "That is more than 90 days ahead.", "too_far")
    _refuse_when(due_at == before, "It is due at this time already.", "same")
    deadline.due_at, deadline.state, deadline.step = due_at, State.OPEN, 0
    deadlines.aim(deadline, now)
    deadline.save(update_fields=["due_at", "state", "step", "warn_at", "next_look_at"])
    change = deadlines.record(deadline, Change.MOVED, by=by, reason=reason, before=before)
    text = (
        f"{deadline.get_stage_display().capitalize()}: {_told(before)} → {_told(due_at)}: {reason}"
    )
    _note(lead, Activity.Kind.DEADLINE_MOVED, text, by)
    _tell_when_later(deadline, change)
    return deadline


def seen(deadline: Deadline) -> str:
    """What a page showed of a deadline, for the form that it offers to give back."""
    return f"{deadline.pk}.{deadline.due_at.timestamp():.6f}"


@transaction.atomic
def pause_deadline(*, deadline: Deadline, by: User, reason: str) -> Deadline:
    """Stop the clock while we wait for the client; what is left is kept in the minutes that count, not in hours of
    the wall.

    Raises ValidationError: code "required" without a reason, "conflict" when the stage is over, overdue or the clock
    stands already, or when the client was not answered yet: nobody waits for them then.
    """
    reason = given(reason)
    lead, deadline = _locked_running(deadline)
    now = timezone.now()
    _refuse_when(deadline.paused_at is not None, "The clock stands still already.")
    _refuse_when(
        deadline.stage == Stage.FIRST_ANSWER, "Answer the client first; then wait for them."
    )
    _refuse_when(now >= deadline.due_at, "This deadline is missed; a pause does not undo that.")
    calendar = promising.calendar_for(deadline.policy, lead.owner)
    deadline.paused_at = now
    deadline.time_left = calendar.between(now, deadline.due_at)
    deadline.next_look_at = None
    deadline.save(update_fields=["paused_at", "time_left", "next_look_at"])
    deadlines.record(deadline, Change.PAUSED, by=by, reason=reason)
    _note(lead, Activity.Kind.DEADLINE_PAUSED, f"{_stage(deadline)}: {reason}", by)
    return deadline


@transaction.atomic
def resume_deadline(*, deadline: Deadline, by: User | None, reason: str = "") -> Deadline:
    """Let the clock run again: what was left is counted from now on, in working time.

    Raises ValidationError(code="conflict") when it runs, or the stage is over.
    """
    lead, deadline = _locked_running(deadline)
    _refuse_when(deadline.paused_at is None, "The clock is running.")
    now, before = timezone.now(), deadline.due_at
    again = promising.promise(deadline.policy, lead, now, deadline.time_left)
    # Never earlier than it was: the client would read of a time that was never possible.
    deadline.due_at = max(again, before)
    deadline.paused_at = deadline.time_left = None
    if deadline.due_at != before:  # else whoever was reminded of it is not reminded once more
        deadline.state = State.OPEN
    deadlines.aim(deadline, now)
    deadline.save(
        update_fields=["due_at", "paused_at", "time_left", "state", "warn_at", "next_look_at"]
    )
    change = deadlines.record(deadline, Change.RESUMED, by=by, reason=reason, before=before)
    text = f"{_stage(deadline)}: due by {_told(deadline.due_at)}"
    _note(lead, Activity.Kind.DEADLINE_RESUMED, text, by)
    _tell_when_later(deadline, change)
    return deadline


def _tell_when_later(deadline: Deadline, change: DeadlineChange) -> None:
    """No promise gets later in silence."""
    before = change.due_before
    if before and change.due_after > before and deadline.policy.is_promised:
        ask = queue.Ask("intake.tell_promise", change.pk, key=f"deadline_change:{change.pk}")
        queue.enqueue(ask)


def resume_for_client(lead: Lead) -> None:
    """The client said something: nothing waits for them any more. Under the lead's lock."""
    for deadline in lead.deadlines.running().filter(paused_at__isnull=False):
        resume_deadline(deadline=deadline, by=None, reason="The client added something.")


def _locked_running(deadline: Deadline) -> tuple[Lead, Deadline]:
    lead = deadlines.locked(deadline.lead_id)
    found = Deadline.objects.select_for_update(of=("self",)).select_related("policy", "adviser")
    deadline = found.get(pk=deadline.pk)
    _refuse_when(deadline.ended_at is not None, "This stage is over.")
    return lead, deadline


def _refuse_when(applies: bool, text: str, code: str = "conflict") -> None:
    if applies:
        raise ValidationError(text, code=code)


def _note(lead: Lead, kind: Activity.Kind, text: str, by: User | None) -> None:
    Activity.objects.create(lead=lead, kind=kind, text=text, by=by)


def _stage(deadline: Deadline) -> str:
    return str(deadline.get_stage_display()).capitalize()


def _told(moment: datetime) -> str:
    return time_zones.in_both(moment, "UTC")
