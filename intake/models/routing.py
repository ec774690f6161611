"""Who got a lead and why, who was passed over and why, and who owned it from when to when."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.erasure_door import never_truncated
from intake.models.adviser import Adviser, Desk
from intake.models.lead import Lead
from intake.models.rule import RoutingRule
from intake.models.stand_in import span_of_row


class RoutingDecision(models.Model):
    """One run of the routing for one lead, with everything that it weighed."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="routing_decisions")
    chosen = models.ForeignKey(Adviser, on_delete=models.PROTECT, related_name="routing_decisions")
    rule = models.ForeignKey(
        RoutingRule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        help_text="The rule that the lead met; none: no rule did.",
    )
    desk = models.ForeignKey(
        Desk, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    is_fallback = models.BooleanField(
        default=False, help_text="Nobody could take it, so the desk's fallback did."
    )
    reason = models.TextField(help_text="Why this adviser, in one sentence.")
    inputs = models.JSONField(
        help_text="What the lead asked for when it was routed, and the rules and desks of that moment."
    )
    candidates = models.JSONField(
        help_text="Every adviser: reasons against, credit before and after."
    )
    engine = models.CharField(
        max_length=40, help_text="Name and version of the rules that decided."
    )
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="decision_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.lead} → {self.chosen}"


class Assignment(models.Model):
    """A span of time in which one adviser owned one lead."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="assignments")
    adviser = models.ForeignKey(Adviser, on_delete=models.PROTECT, related_name="assignments")
    decision = models.OneToOneField(
        RoutingDecision,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignment",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(ended_at__isnull=True),
                name="assignment_one_open_per_lead",
            ),
            ExclusionConstraint(
                name="assignment_spans_apart",
                expressions=[
                    ("lead", RangeOperators.EQUAL),
                    (span_of_row(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead}: {self.adviser}"


class CreditEntry(models.Model):
    """A line of the credit ledger. The lines of one decision add up to zero."""

    # The constraint `credit_once_per_decision` begins with it.
    decision = models.ForeignKey(
        RoutingDecision, on_delete=models.PROTECT, db_index=False, related_name="credit_entries"
    )
    adviser = models.ForeignKey(Adviser, on_delete=models.PROTECT, related_name="credit_entries")
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        verbose_name_plural = "credit entries"
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "adviser"], name="credit_once_per_decision"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="credit_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
            # The lines of a decision come in one statement, perhaps with those of others: they add up to zero or are
            # refused, and each balance moves by exactly its lines.
            pgtrigger.Trigger(
                name="credit_balances",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="lines"),
                func="""
                    IF EXISTS (SELECT FROM lines GROUP BY decision_id HAVING sum(amount) <> 0) THEN
                        RAISE EXCEPTION 'The credit lines of a decision add up to zero.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_adds_up_to_zero';
                    END IF;
                    UPDATE intake_adviser SET credit = credit + moved.amount
                        FROM (SELECT adviser_id, sum(amount) AS amount FROM lines GROUP BY adviser_id) AS moved
                        WHERE intake_adviser.id = moved.adviser_id;
                    RETURN NULL;
                """,
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.adviser}: {self.amount:+}"
