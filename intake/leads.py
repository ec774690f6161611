"""Working a lead: every change of its status goes through here."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from intake import deadlines
from intake.models import MOVES, Activity, Hold, Lead, Quarantine, Status
from intake.reasons import given

_A_WHILE = timedelta(hours=1)  # in which the same note once more is a page that was sent twice
_CLOSED = (Status.WON, Status.LOST, Status.DISQUALIFIED)


@transaction.atomic
def move_lead(
    *,
    lead: Lead,
    to: Status,
    by: User | None,
    reason: str = "",
    activity: Activity.Kind = Activity.Kind.MOVED,
) -> Lead:
    """Lock the lead, move it to a status that follows its present one, and record that.

    Raises ValidationError(code="conflict") when the move is not allowed from where the lead stands by now,
    or it was erased or merged into another.
    """
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    old = Status(lead.status)
    _refuse_move(lead, old, to)
    lead.status = to
    lead.closed_at = timezone.now() if to in _CLOSED else None
    lead.closing_reason = reason if to in _CLOSED else ""
    lead.pool = None  # somebody works on it
    lead.save(update_fields=["status", "closed_at", "closing_reason", "pool"])
    text = f"{old.label} → {Status(to).label}" + (f": {reason}" if reason else "")
    Activity.objects.create(lead=lead, kind=activity, text=text, by=by)
    _end_what_waits(lead, old, text, by)
    deadlines.enter_stage(lead, by=by)
    return lead


def _refuse_move(lead: Lead, old: Status, to: Status) -> None:
    if lead.erased_at:
        raise ValidationError("This lead was erased.", code="conflict")
    if lead.merged_into_id is not None:
        raise ValidationError(
            f"This lead was merged into {lead.merged_into}. Undo the merge first.", code="conflict"
        )
    if to not in MOVES[old]:
        raise ValidationError(
            f"This lead is {old.label}; it cannot become {Status(to).label} from there.",
            code="conflict",
        )


def _end_what_waits(lead: Lead, old: Status, text: str, by: User | None) -> None:
    """Its quarantine and its holds wait for nobody any more."""
    if old == Status.QUARANTINED:  # unless whoever moves it has said already how that ended
        Quarantine.objects.open().filter(lead=lead).update(
            outcome=Quarantine.Outcome.CLOSED, ended_at=Now(), ended_by=by
        )
    if lead.status in (Status.LOST, Status.DISQUALIFIED):  # what was won must still be decided
        Hold.objects.open().filter(lead=lead).update(
            decision=Hold.Decision.OVER, decided_at=Now(), decided_by=by, reason=text
        )


def contact_lead(*, lead: Lead, by: User) -> Lead:
    """Note that the adviser reached the client."""
    return move_lead(lead=lead, to=Status.CONTACTED, by=by)


def qualify_lead(*, lead: Lead, by: User) -> Lead:
    """Note that the request is one that the house can and will answer with a proposal."""
    return move_lead(lead=lead, to=Status.QUALIFIED, by=by)


def disqualify_lead(*, lead: Lead, by: User, reason: str) -> Lead:
    """Close a lead that is no work for the house; raises ValidationError(code="required") without a reason."""
    return move_lead(lead=lead, to=Status.DISQUALIFIED, by=by, reason=given(reason))


def lose_lead(*, lead: Lead, by: User, reason: str) -> Lead:
    """Close a lead that went elsewhere; raises ValidationError(code="required") without a reason."""
    return move_lead(lead=lead, to=Status.LOST, by=by, reason=given(reason))


@transaction.atomic
def add_note(*, lead: Lead, by: User, text: str) -> Activity:
    """Add a note to the timeline; a second click, or going back and sending the same again, adds nothing.

    Raises ValidationError: code "required" when it is empty, "conflict" when the lead was erased.
    """
    if not text.strip():
        raise ValidationError("Write the note first.", code="required")
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if lead.erased_at:
        raise ValidationError("This lead was erased; nothing is noted on it.", code="conflict")
    note = {"kind": Activity.Kind.NOTE, "text": text.strip(), "by": by}
    lately = timezone.now() - _A_WHILE
    same = lead.activities.filter(**note, happened_at__gt=lately).first()
    return same or Activity.objects.create(lead=lead, **note)
