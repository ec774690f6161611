"""Each time that somebody said what came of a judgement: the newest counts, none is lost."""

import pgtrigger
from django.conf import settings
from django.db import models

from accounts.erasure_door import never_truncated
from briefs.models.brief import Brief
from briefs.models.judgement import Judgement, Outcome


class Resolution(models.Model):
    """What was said of a judgement, by whom, with what to show for it. Written once, never changed."""

    judgement = models.ForeignKey(Judgement, on_delete=models.PROTECT, related_name="resolutions")
    outcome = models.CharField(max_length=20, choices=Outcome)
    note = models.TextField(max_length=600)
    evidence = models.ForeignKey(
        Brief, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    resolved_at = models.DateTimeField()
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="resolutions"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values) & ~models.Q(outcome="open"),
                name="resolution_outcome_known",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.note}"
