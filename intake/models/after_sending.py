"""What a client said or asked by the private link, after the request was sent."""

import calendar
from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from accounts.erasure_door import frozen, never_truncated
from accounts.models import Erasure
from intake.models.lead import Lead


class Addition(models.Model):
    """More words, more files, or both. Frozen as the enquiry is."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="additions")
    text = models.TextField(blank=True)
    form_id = models.UUIDField(help_text="The same form sent twice adds once.")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "form_id"], name="addition_once"),
        ]
        triggers = [frozen("intake_addition", "addition_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"Addition of {self.added_at:%Y-%m-%d}"


class ContactCorrection(models.Model):
    """How the client is to be reached from now on; the newest counts, the enquiry stays as it was sent."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="corrections")
    full_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Who of the house was told it; none: the client wrote it.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(full_name="") & ~Q(email=""), name="correction_complete"
            ),
        ]
        indexes = [models.Index(Lower("email"), name="correction_email")]
        triggers = [frozen("intake_contactcorrection", "correction_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"Correction of {self.made_at:%Y-%m-%d}"


class ErasureRequest(models.Model):
    """That a client asked for their data to be erased, and what a person answered. Both stay."""

    class State(models.TextChoices):
        OPEN = "open", "to be answered"
        DONE = "done", "erased"
        REFUSED = "refused", "refused"

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="erasure_request")
    asked_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=7, choices=State, default=State.OPEN, db_default=State.OPEN)
    answer = models.TextField(
        blank=True, db_default="", help_text="Why not, as the client reads it."
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    erasure = models.ForeignKey(
        Erasure, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True, erasure__isnull=True)
                | Q(state="done", answered_at__isnull=False, erasure__isnull=False)
                | Q(state="refused", answered_at__isnull=False, answered_by__isnull=False),
                name="erasure_request_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="erasure_request_open", condition=Q(state="open")
            )
        ]
        triggers = [
            frozen(
                "intake_erasurerequest",
                "erasure_request_frozen",
                pgtrigger.Update,
                "OLD.lead_id <> NEW.lead_id OR OLD.asked_at <> NEW.asked_at OR OLD.state <> 'open'",
            ),
            pgtrigger.Protect(name="erasure_request_kept", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"Erasure asked on {self.asked_at:%Y-%m-%d}"

    @property
    def due_on(self) -> date:
        """The last day to answer: one month after it was asked (GDPR, article 12 (3))."""
        asked = self.asked_at.date()
        year, month = divmod(asked.month, 12)
        last = calendar.monthrange(asked.year + year, month + 1)[1]
        return date(asked.year + year, month + 1, min(asked.day, last))
