"""That a lead waits for a person's decision, and what they decided: a conflict of interest, a name on a list."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.erasure_door import frozen, never_truncated
from intake.models.lead import Lead


class HoldKind(models.TextChoices):
    """What somebody must look at before the lead goes on."""

    CONFLICT = "conflict", "possible conflict of interest"
    SANCTIONS = "sanctions", "possible match on a sanctions list"


class HoldQuerySet(models.QuerySet["Hold"]):
    """Holds by how they stand."""

    def open(self) -> "HoldQuerySet":
        """Those that nobody has decided yet."""
        return self.filter(decision=Hold.Decision.OPEN)


class Hold(models.Model):
    """One stop of one lead: what was found, who is to decide, and what they decided. Frozen once it is decided."""

    class Decision(models.TextChoices):
        OPEN = "open", "to be decided"
        UNFOUNDED = "unfounded", "somebody else: goes on"
        PROCEED = "proceed", "known and accepted: goes on"
        WITHOUT = "without", "goes on without some advisers"
        REFUSE = "refuse", "refused"
        OVER = "over", "closed otherwise"

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=9, choices=HoldKind)
    found = models.TextField(help_text="What was found, in words; may name clients.")
    matches = models.JSONField(
        default=list, help_text='What was found, one by one; each has a "key" that tells it again.'
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="holds_to_decide",
        help_text="Who was asked to decide; empty: nobody may.",
    )
    concerned = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="holds_about",
        help_text="Who is a party to it, and so does not decide it.",
    )
    opened_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=9, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "kind"],
                condition=Q(decision="open"),
                name="hold_one_open_per_lead_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(decision="open", decided_by=None, decided_at=None, reason="")
                | (
                    Q(decision__in=["unfounded", "proceed", "without", "refuse"])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reason="")
                )
                | Q(decision="over", decided_at__isnull=False),
                name="hold_decided_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["conflict", "sanctions"]), name="hold_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="hold_newest"),
            models.Index(fields=["decision", "-opened_at", "-id"], name="hold_by_decision"),
            models.Index(
                fields=["opened_at"], name="hold_open_longest", condition=Q(decision="open")
            ),
        ]
        triggers = [
            frozen(
                "intake_hold", "hold_frozen", pgtrigger.Update, only_when="OLD.decision <> 'open'"
            ),
            frozen("intake_hold", "hold_kept", pgtrigger.Delete),
            pgtrigger.ReadOnly(name="hold_is_of_one_lead", fields=["lead", "kind", "opened_at"]),
            never_truncated(),
        ]
        permissions = [
            ("decide_conflict", "Can decide about possible conflicts of interest"),
            ("decide_sanctions", "Can decide about possible matches on sanctions lists"),
        ]

    def __str__(self) -> str:
        return f"{self.lead}: {self.get_kind_display()}"
