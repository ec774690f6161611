"""How much speaks for spam, what was held back for it, and what became of that."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now, TruncWeek

from accounts.erasure_door import frozen, never_truncated
from intake.models.lead import Lead


class Screening(models.Model):
    """The score of one request, item by item, and the line that it was held against. Frozen."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="screening")
    score = models.PositiveSmallIntegerField()
    line = models.PositiveSmallIntegerField(help_text="From this score on a request is held back.")
    items = models.JSONField(help_text="What, how many points, and what shows it.")
    rules = models.PositiveSmallIntegerField(help_text="Version of the rules.")
    text_digest = models.CharField(max_length=64, help_text="Of the words, to know them again.")
    text_bands = ArrayField(
        models.BigIntegerField(), default=list, help_text="Of the words, to know their like again."
    )
    screened_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["text_digest"], name="screening_same_words"),
        ]
        triggers = [frozen("intake_screening", "screening_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"{self.score} of {self.line}"


class QuarantineQuerySet(models.QuerySet["Quarantine"]):
    """What was held back, and how right that was."""

    def open(self) -> "QuarantineQuerySet":
        """Still held back."""
        return self.filter(outcome=Quarantine.Outcome.OPEN)

    def by_week(self, most: int = 8) -> list[dict[str, object]]:
        """Of each of the last weeks how many were held back and what became of them; newest first."""
        outcome = Quarantine.Outcome
        counts = {
            each.value: Count("pk", filter=Q(outcome=each)) for each in outcome if each != "closed"
        }
        lately = Now() - timedelta(weeks=most)
        weeks = (
            self.filter(held_at__gt=lately)
            .order_by()
            .annotate(week=TruncWeek("held_at"))
            .values("week")
            .annotate(held=Count("pk"), **{f"was_{name}": count for name, count in counts.items()})
            .order_by("-week")
        )
        return [week | {"rate": _rate(week)} for week in weeks[:most]]


# Outcomes that speak for spam, or do not speak against it: what is much like these is held back sooner.
HELD_FOR_SPAM = ("open", "spam", "expired")


def _rate(week: Mapping[str, Any]) -> int:
    """How many in a hundred were no spam after all."""
    wrong = week["was_released"] + week["was_proved"]
    return round(100 * wrong / week["held"])


class Quarantine(models.Model):
    """One request that was held back: since when, and how that ended. It ends once; spam may turn out to be none."""

    class Outcome(models.TextChoices):
        OPEN = "open", "held back"
        RELEASED = "released", "released"
        PROVED = "proved", "released by proof of work"
        SPAM = "spam", "spam"
        EXPIRED = "expired", "nobody looked in time"
        CLOSED = "closed", "closed otherwise"

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="quarantine")
    held_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.OPEN)
    text_digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="As of the screening: among the few that were held back.",
    )
    text_bands = ArrayField(models.BigIntegerField(), default=list, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    would_expire_at = models.DateTimeField(
        null=True, blank=True, help_text="When it would have been closed, had closing been on."
    )

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        verbose_name = "request held back"
        verbose_name_plural = "quarantine"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open", ended_at__isnull=True)
                | (~Q(outcome="open") & Q(ended_at__isnull=False)),
                name="quarantine_ended_exactly_when_over",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["open", "released", "proved", "spam", "expired", "closed"]
                ),
                name="quarantine_outcome_known",
            ),
        ]
        indexes = [
            models.Index(fields=["held_at"], name="quarantine_open", condition=Q(outcome="open")),
            models.Index(fields=["-held_at", "-id"], name="quarantine_newest"),
            models.Index(fields=["outcome", "-held_at", "-id"], name="quarantine_by_outcome"),
            models.Index(
                fields=["text_digest"],
                name="quarantine_same_words",
                condition=Q(outcome__in=HELD_FOR_SPAM),
            ),
            GinIndex(
                fields=["text_bands"],
                name="quarantine_like_words",
                condition=Q(outcome__in=HELD_FOR_SPAM),
                fastupdate=False,
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="quarantine_ends",
                field="outcome",
                transitions=[
                    *(("open", to) for to in ("released", "proved", "spam", "expired", "closed")),
                    ("spam", "released"),
                    ("expired", "released"),
                ],
            ),
            pgtrigger.ReadOnly(name="quarantine_frozen", fields=["lead", "held_at"]),
            frozen("intake_quarantine", "quarantine_kept", pgtrigger.Delete),
            never_truncated(),
        ]
        permissions = [("decide_quarantine", "Can release a request, or call it spam")]

    def __str__(self) -> str:
        return f"{self.lead}: {self.get_outcome_display()}"


class ProofOfWork(models.Model):
    """That a sender's browser solved the puzzle of one request. Its challenge counts once."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="proof_of_work")
    nonce = models.CharField(max_length=64, unique=True, help_text="Of the challenge.")
    solved_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "proofs of work"
        triggers = [frozen("intake_proofofwork", "proof_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"{self.lead}: {self.solved_at:%Y-%m-%d}"
