"""What the rules read out of a request's words, for staff to accept or drop."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.erasure_door import frozen, never_truncated
from intake.models.lead import Lead
from intake.needs import Certainty, Kind


class NeedSuggestion(models.Model):
    """One thing that the text seems to say, with the stretch of text that shows it. Only its state ever changes."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        ACCEPTED = "accepted", "accepted"
        DROPPED = "dropped", "dropped"

    # The constraint `suggestion_once` begins with it.
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, db_index=False, related_name="suggestions"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(
        max_length=120, help_text="A code, a slug, or the number of a place, after its kind."
    )
    label = models.CharField(max_length=200, help_text="What it was called when it was found.")
    start = models.PositiveIntegerField(help_text="Where the passage begins in the enquiry's text.")
    end = models.PositiveIntegerField()
    passage = models.TextField(help_text="The words that show it.")
    rule = models.CharField(max_length=40)
    certainty = models.CharField(max_length=10, choices=Certainty)
    rules_version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "kind", "value"], name="suggestion_once"),
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="suggestion_has_a_passage"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values)
                & Q(certainty__in=Certainty.values)
                & Q(state__in=["open", "accepted", "dropped"]),
                name="suggestion_words_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="suggestion_decided_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="suggestion_frozen",
                exclude=["state", "decided_by", "decided_at"],
            ),
            pgtrigger.FSM(
                name="suggestion_moves",
                field="state",
                transitions=[
                    ("open", "accepted"),
                    ("open", "dropped"),
                    ("accepted", "dropped"),
                    ("dropped", "accepted"),
                ],
            ),
            frozen("intake_needsuggestion", "suggestion_kept", pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.label}"
