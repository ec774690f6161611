"""The offer to one client."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from intake.models import Lead


class Proposal(models.Model):
    """What the house offers for one lead."""

    class Status(models.TextChoices):
        OPEN = "open", "open"
        WON = "won", "won"
        LOST = "lost", "lost"
        WITHDRAWN = "withdrawn", "withdrawn"

    reference = models.CharField(max_length=20, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="proposals")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(status="open"),
                name="proposal_one_open_per_lead",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "won", "lost", "withdrawn"]),
                name="proposal_status_known",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="proposal_newest")]

    def __str__(self) -> str:
        return self.reference
