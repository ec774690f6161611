"""Who is in another adviser's place for one lead while that one is away."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from intake.models.adviser import Absence, Adviser
from intake.models.lead import Lead


def span_of_row() -> Func:
    """From when to when a row holds, for constraints: the end is outside, an open end has none."""
    return Func("started_at", "ended_at", function="tstzrange", output_field=DateTimeRangeField())


class StandInQuerySet(models.QuerySet["StandIn"]):
    """Stand-ins by whether they hold."""

    def open(self) -> "StandInQuerySet":
        """Those that hold now."""
        return self.filter(ended_at__isnull=True)


class StandIn(models.Model):
    """A span in which an adviser covers a lead that stays its owner's, or has it on loan until the owner is back."""

    class Kind(models.TextChoices):
        COVER = "cover", "covers it"
        LOAN = "loan", "has it meanwhile"

    class End(models.TextChoices):
        """Why it is over."""

        BACK = "back", "the owner is back"
        KEPT = "kept", "stays with who worked on it"
        CHANGED = "changed", "somebody else stands in"
        MOVED = "moved", "the lead went to another"
        CLOSED = "closed", "the lead was closed"

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="stand_ins")
    kind = models.CharField(max_length=5, choices=Kind)
    owner = models.ForeignKey(
        Adviser, on_delete=models.PROTECT, related_name="+", help_text="Who is away."
    )
    adviser = models.ForeignKey(
        Adviser, on_delete=models.PROTECT, related_name="stand_ins", help_text="Who stands in."
    )
    absence = models.ForeignKey(
        Absence,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stand_ins",
        help_text="Because of which; empty once it was removed.",
    )
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=7, choices=End, blank=True)

    objects = StandInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "kind"],
                condition=Q(ended_at__isnull=True),
                name="stand_in_one_open_per_lead",
            ),
            ExclusionConstraint(
                name="stand_in_spans_apart",
                expressions=[
                    ("lead", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (span_of_row(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(owner=F("adviser")), name="stand_in_is_another"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="stand_in_ended_for_a_reason",
            ),
        ]
        triggers = [
            # The lead's own column, by which it is seen, listed and told of: no verb can forget it.
            pgtrigger.Trigger(
                name="stand_in_on_lead",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("ended_at"),
                condition=pgtrigger.Q(new__kind="cover"),
                func="""
                    UPDATE intake_lead SET cover_id = (
                        SELECT adviser_id FROM intake_standin
                        WHERE lead_id = NEW.lead_id AND kind = 'cover' AND ended_at IS NULL
                    ) WHERE id = NEW.lead_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead}: {self.adviser} for {self.owner}"
