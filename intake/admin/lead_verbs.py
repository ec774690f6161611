"""What staff do to a lead: the buttons of its page, in the order in which they stand there."""

from typing import Any

from django import forms

from accounts.form_fields import LongTextField
from accounts.staff_screens import Verb
from intake import leads, prioritising
from intake.admin.deadlines import DEADLINE_VERBS
from intake.admin.hand_over import HAND_OVER_VERBS
from intake.admin.merging import undo_verb
from intake.admin.privacy_verbs import LEAD_VERBS as PRIVACY_VERBS
from intake.admin.quarantine import QUARANTINE_VERBS
from intake.admin.reaching import REACHING_VERBS
from intake.admin.register import ENGAGE
from intake.admin.sanctions_deciding import SANCTIONS_VERBS
from intake.models import MOVES, Lead, Priority, RecordKind, Status


class ReasonForm(forms.Form):
    """Why, in the words of whoever decides."""

    reason = LongTextField(label="Why?", limit=5000, widget=forms.Textarea(attrs={"rows": 4}))


class NoteForm(forms.Form):
    """A note for the timeline."""

    text = LongTextField(label="Note", limit=20_000, widget=forms.Textarea(attrs={"rows": 6}))


def _can_become(status: Status) -> Any:
    return lambda lead: status in MOVES[lead.status]


def _is_open_and(priority: Priority) -> Any:
    return lambda lead: not (lead.closed_at or lead.erased_at) and lead.priority == priority


def _may_be_disqualified(lead: Lead) -> bool:
    """What is held back is released or called spam instead, so that the rate of false alarms stays true."""
    return lead.status != Status.QUARANTINED and Status.DISQUALIFIED in MOVES[lead.status]


LEAD_VERBS: tuple[Verb, ...] = (
    *QUARANTINE_VERBS,
    *SANCTIONS_VERBS,
    Verb(
        "contact", "Mark as contacted", lambda lead, by: leads.contact_lead(lead=lead, by=by),
        _can_become(Status.CONTACTED), "intake.change_lead", "Noted that the client was reached.",
    ),
    Verb(
        "qualify", "Qualify", lambda lead, by: leads.qualify_lead(lead=lead, by=by),
        _can_become(Status.QUALIFIED), "intake.change_lead", "The lead is qualified.",
    ),
    Verb(
        "note", "Add a note", lambda lead, by, text: leads.add_note(lead=lead, by=by, text=text),
        lambda lead: lead.erased_at is None, "intake.change_lead", "The note is on the timeline.", NoteForm,
    ),
    Verb(
        "urgent", "Mark as urgent",
        lambda lead, by, reason: prioritising.mark_urgent(lead=lead, by=by, reason=reason),
        _is_open_and(Priority.NORMAL), "intake.change_lead", "The lead is urgent.", ReasonForm,
    ),
    Verb(
        "calm", "Not urgent",
        lambda lead, by, reason: prioritising.calm_lead(lead=lead, by=by, reason=reason),
        _is_open_and(Priority.URGENT), "intake.change_lead", "The lead is urgent no longer.", ReasonForm,
    ),
    *REACHING_VERBS,
    *DEADLINE_VERBS,
    *HAND_OVER_VERBS,
    Verb(
        "lose", "Mark as lost", lambda lead, by, reason: leads.lose_lead(lead=lead, by=by, reason=reason),
        _can_become(Status.LOST), "intake.change_lead", "The lead is lost.", ReasonForm,
    ),
    Verb(
        "disqualify", "Disqualify",
        lambda lead, by, reason: leads.disqualify_lead(lead=lead, by=by, reason=reason),
        _may_be_disqualified, "intake.change_lead", "The lead is closed.", ReasonForm,
    ),
    ENGAGE,
    undo_verb(RecordKind.LEAD),
    *PRIVACY_VERBS,
)  # fmt: skip
