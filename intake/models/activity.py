"""What happened to a lead."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.erasure_door import frozen, never_truncated
from intake.models.lead import Lead


class Activity(models.Model):
    """One thing that happened to a lead. Written once, never changed."""

    class Kind(models.TextChoices):
        MATCHED = "matched", "Client recognised"
        ROUTED = "routed", "Given to an adviser"
        REASSIGNED = "reassigned", "Given to another adviser"
        CLAIMED = "claimed", "Taken from the pool"
        GIVEN_BACK = "given_back", "Given back to the desk"
        COVERED = "covered", "Covered during leave"
        COVER_ENDED = "cover_ended", "Cover ended"
        LENT = "lent", "Given to another during leave"
        HANDED_BACK = "handed_back", "Handed back after leave"
        KEPT = "kept", "Stays with another after leave"
        MOVED = "moved", "Moved on"
        QUARANTINED = "quarantined", "Held back"
        RELEASED = "released", "Released"
        ENGAGED = "engaged", "Entered in the register of engagements"
        WALL_RAISED = "wall_raised", "Wall raised"
        WALL_LIFTED = "wall_lifted", "Wall lifted"
        HELD = "held", "Held for a decision"
        HOLD_DECIDED = "hold_decided", "Decided about the hold"
        MERGED = "merged", "Merged"
        UNMERGED = "unmerged", "Merge undone"
        SUGGESTION_ACCEPTED = "suggestion_accepted", "Suggestion accepted"
        SUGGESTION_DROPPED = "suggestion_dropped", "Suggestion dropped"
        PRIORITY = "priority", "Priority changed"
        NOTE = "note", "Note"
        CLIENT_ADDED = "client_added", "Client added something"
        CLIENT_CORRECTED = "client_corrected", "Client corrected their details"
        STAFF_CORRECTED = "staff_corrected", "Details of the client corrected"
        LINK_SENT = "link_sent", "Link to the status page sent again"
        LINK_CLOSED = "link_closed", "Link to the status page closed"
        CLIENT_WITHDREW = "client_withdrew", "Client withdrew the request"
        FILE_HELD_BACK = "file_held_back", "File held back"
        CLIENT_ERASURE = "client_erasure", "Client asked for erasure"
        MAIL_FAILED = "mail_failed", "Mail to the client did not arrive"
        ERASURE_ASKED = "erasure_asked", "Erasure asked for"
        ERASED = "erased", "Erased"
        ERASURE_REFUSED = "erasure_refused", "Erasure refused"
        DATA_COPIED = "data_copied", "Copy of their data made"
        DEADLINE_MOVED = "deadline_moved", "Deadline moved"
        DEADLINE_PAUSED = "deadline_paused", "Waiting for the client"
        DEADLINE_RESUMED = "deadline_resumed", "The clock runs again"
        DEADLINE_MISSED = "deadline_missed", "Deadline missed"
        PROPOSAL_DRAFTED = "proposal_drafted", "Proposal drafted"
        PROPOSAL_SENT = "proposal_sent", "Proposal sent"
        PROPOSAL_ACCEPTED = "proposal_accepted", "Proposal accepted"
        PROPOSAL_DECLINED = "proposal_declined", "Proposal declined"
        PROPOSAL_EXPIRED = "proposal_expired", "Proposal expired"

    # The index of its newest begins with it.
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, db_index=False, related_name="activities"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
    )
    happened_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["lead", "happened_at", "id"], name="activity_of_lead")]
        triggers = [
            frozen("intake_activity", "activity_frozen"),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
