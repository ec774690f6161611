"""Who moved a brief from one status to another, and when."""

import pgtrigger
from django.conf import settings
from django.db import models

from briefs.models.brief import Brief, BriefStatus


class Move(models.Model):
    """One change of a brief's status. Written once, never changed."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=20, choices=BriefStatus)
    to_status = models.CharField(max_length=20, choices=BriefStatus)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="brief_moves"
    )
    moved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
