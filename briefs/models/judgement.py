"""What we hold to be the case or to come, with how likely and how sure, and what came of it."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.constraints import CheckedTogether
from accounts.erasure_door import never_truncated
from briefs.likelihood import SCALE, Confidence, Likelihood
from briefs.models.brief import Brief


class Outcome(models.TextChoices):
    """What became of a judgement once its day had come."""

    OPEN = "open", pgettext_lazy("outcome", "Open")
    OCCURRED = "occurred", pgettext_lazy("outcome", "Occurred")
    PARTLY = "partly", pgettext_lazy("outcome", "Partly occurred")
    DID_NOT_OCCUR = "did_not_occur", pgettext_lazy("outcome", "Did not occur")
    OVERTAKEN = "overtaken", pgettext_lazy("outcome", "Overtaken by events")
    UNRESOLVABLE = "unresolvable", pgettext_lazy("outcome", "Cannot be told")


_STAYS = """
IF EXISTS (SELECT 1 FROM briefs_brief WHERE id = OLD.brief_id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'judgement %: what was published is scored; a change is a new judgement', OLD.id;
END IF;
"""
_OTHER_EYES = """
IF EXISTS (SELECT 1 FROM briefs_brief WHERE id = NEW.brief_id AND created_by_id = NEW.resolved_by_id) THEN
    RAISE EXCEPTION 'judgement %: whoever judged does not decide what came of it', NEW.id;
END IF;
RETURN NEW;
"""


class Judgement(CheckedTogether):
    """One forecast of a brief: a claim that time will prove right or wrong by its horizon.

    One that was published is never lost: dropped from the text, it keeps no position and is still scored.
    """

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="judgements")
    # The same in every revision of its brief, so that a pending one finds its live one.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(
        default=1, null=True, blank=True, help_text="1 is the first."
    )
    text = models.CharField(
        max_length=400, help_text="One claim, without a word of likelihood in it."
    )
    # Kept on the row: another scale one day must not reword what was judged on this one.
    scale = models.CharField(max_length=10, default=SCALE, editable=False)
    likelihood = models.CharField(max_length=20, choices=Likelihood)
    confidence = models.CharField(max_length=10, choices=Confidence)
    horizon_on = models.DateField("by", help_text="The day on which it can be checked.")
    revises = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="revised_by",
        null=True,
        blank=True,
        help_text="The earlier judgement that this one changes.",
    )
    change_reason = models.CharField(
        max_length=300, blank=True, help_text="Why it differs from the earlier one."
    )
    dropped_at = models.DateTimeField(null=True, blank=True, editable=False)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.OPEN, editable=False)
    outcome_note = models.TextField(max_length=600, blank=True, editable=False)
    evidence = models.ForeignKey(
        Brief,
        on_delete=models.PROTECT,
        related_name="resolves",
        null=True,
        blank=True,
        editable=False,
    )
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="resolved_judgements",
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        permissions = [("resolve_judgement", "Can say what came of a judgement")]
        indexes = [
            models.Index(
                fields=["horizon_on", "id"], name="judgement_due", condition=Q(outcome="open")
            ),
            models.Index(
                fields=["likelihood"], name="judgement_scored", condition=~Q(outcome="open")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "position"],
                name="judgement_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["brief", "key"], name="judgement_key_once"),
            models.CheckConstraint(
                condition=Q(likelihood__in=Likelihood.values), name="judgement_likelihood_known"
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=Confidence.values), name="judgement_confidence_known"
            ),
            models.CheckConstraint(condition=Q(scale=SCALE), name="judgement_scale_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="judgement_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome="open",
                    resolved_at__isnull=True,
                    resolved_by__isnull=True,
                    evidence__isnull=True,
                )
                | ~Q(outcome="open") & Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="judgement_resolved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True, dropped_at__isnull=False)
                | Q(position__isnull=False, dropped_at__isnull=True),
                name="judgement_dropped_has_no_position",
            ),
            models.CheckConstraint(
                condition=Q(revises__isnull=True) | ~Q(revises=models.F("id")),
                name="judgement_revises_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_is_scored",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.likelihood <> NEW.likelihood OR OLD.confidence <> NEW.confidence"
                    " OR OLD.horizon_on <> NEW.horizon_on OR OLD.scale <> NEW.scale"
                    " OR OLD.brief_id <> NEW.brief_id)"
                ),
                func=_STAYS + "RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="published_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_STAYS + "RETURN OLD;",
            ),
            pgtrigger.Trigger(
                name="resolved_by_others",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("(NEW.resolved_by_id IS NOT NULL)"),
                func=_OTHER_EYES,
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.text
