"""What readers who asked for mail are told: that a brief is out, that it was corrected, that it was taken back."""

from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.erasure_door import never_truncated
from briefs.models.brief import Brief
from briefs.models.revision import Correction

LATE_AFTER = timedelta(minutes=5)


class AnnouncementKind(models.TextChoices):
    """What is told."""

    PUBLICATION = "publication", "publication"
    CORRECTION = "correction", "correction"
    WITHDRAWAL = "withdrawal", "withdrawal"


class Announcement(models.Model):
    """That something was told, once. Written once, never changed; staff see when, how late, and whether by mail."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="announcements")
    kind = models.CharField(
        max_length=12, choices=AnnouncementKind, default=AnnouncementKind.PUBLICATION
    )
    correction = models.OneToOneField(
        Correction, on_delete=models.PROTECT, related_name="announcement", null=True, blank=True
    )
    due_at = models.DateTimeField(help_text="From when it could have been told.")
    made_at = models.DateTimeField()
    is_mailed = models.BooleanField(
        default=True, help_text="A brief that has been out for more than a day is not mailed."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "kind"],
                condition=~Q(kind="correction"),
                name="announcement_once_a_brief",
            ),
            models.CheckConstraint(
                condition=Q(kind="correction", correction__isnull=False)
                | Q(kind__in=["publication", "withdrawal"], correction__isnull=True),
                name="announcement_names_its_correction",
            ),
            models.CheckConstraint(
                condition=Q(made_at__gte=F("due_at")), name="announcement_not_before_its_hour"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.brief}"

    @property
    def is_late(self) -> bool:
        """Whether workers took longer than a few minutes to tell."""
        return self.made_at - self.due_at > LATE_AFTER
