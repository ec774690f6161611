"""That something in the house was older or more than its limit, from when to when."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Alert(models.Model):
    """One condition, from the sweep that found it to the one that found it over. Desk leads were told of both."""

    condition = models.CharField(max_length=40)
    text = models.CharField(max_length=300, help_text="What was found first, in words.")
    began_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(help_text="When it was found last.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["condition"],
                condition=Q(ended_at__isnull=True),
                name="alert_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["-began_at", "-id"], name="alert_newest")]

    def __str__(self) -> str:
        return self.text
