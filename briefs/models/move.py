"""Who moved a brief from one status to another, when, and over which text."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.erasure_door import never_truncated
from briefs.models.brief import Brief
from briefs.models.brief_states import BriefStatus
from briefs.models.revision import Revision

_FOUR_EYES = """
IF NEW.revision_id IS NULL OR EXISTS (
    SELECT 1 FROM briefs_revision AS revision
    WHERE revision.id = NEW.revision_id AND NEW.by_id = ANY (revision.authors)
) THEN
    RAISE EXCEPTION 'brief %: nobody approves a text of their own', NEW.brief_id;
END IF;
RETURN NEW;
"""


class Move(models.Model):
    """One change of a brief's status, or of its pending revision's. Written once, never changed."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="moves")
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="moves", null=True, blank=True
    )
    of_pending = models.BooleanField("of a pending revision", default=False)
    from_status = models.CharField(max_length=20, choices=BriefStatus)
    to_status = models.CharField(max_length=20, choices=BriefStatus)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="brief_moves"
    )
    moved_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(max_length=2_000, blank=True)
    is_emergency = models.BooleanField(default=False)
    # ICD 203's standards, 1 to 9, that the approver ticked.
    checklist = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_emergency=False) | ~Q(reason="") & Q(to_status="published"),
                name="move_emergency_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(to_status__in=["changes_requested", "withdrawn"]) | ~Q(reason=""),
                name="move_has_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="four_eyes",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__to_status="approved")
                & pgtrigger.Q(new__from_status="in_review"),
                func=_FOUR_EYES,
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
