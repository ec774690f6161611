"""By when a lead's stage must be left: policies, the promise itself, every change of it, and who was told."""

from datetime import datetime, timedelta

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.erasure_door import frozen, never_truncated
from intake.models.adviser import Adviser
from intake.models.lead import Lead, Priority, Status


class Stage(models.TextChoices):
    """What the client waits for."""

    FIRST_ANSWER = "first_answer", "first answer"
    FOLLOW_UP = "follow_up", "follow-up"
    PROPOSAL = "proposal", "proposal"


# In which stage a lead is; one that is not listed waits for nothing of ours.
STAGE_OF: dict[str, Stage] = {
    Status.NEW: Stage.FIRST_ANSWER,
    Status.ROUTED: Stage.FIRST_ANSWER,
    Status.CONTACTED: Stage.FOLLOW_UP,
    Status.QUALIFIED: Stage.PROPOSAL,
    Status.PROPOSAL: Stage.PROPOSAL,
}


class Clock(models.TextChoices):
    """Which minutes count."""

    WORKING = "working", "working hours of the adviser and the client"
    ALWAYS = "always", "round the clock"


class DeadlinePolicy(models.Model):
    """How long a stage may take. There is one for each priority and stage; changing it moves no running deadline."""

    priority = models.CharField(max_length=6, choices=Priority)
    stage = models.CharField(max_length=12, choices=Stage)
    minutes = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(525_600)],
        help_text="Minutes that count by the clock below; 480 are a working day of eight hours.",
    )
    clock = models.CharField(max_length=7, choices=Clock, default=Clock.WORKING)
    warn_before = models.PositiveIntegerField(
        "remind before",
        help_text="Minutes of the owner's working time before the end, at which the owner is reminded.",
    )
    escalate_every = models.PositiveIntegerField(
        "a step every",
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(43_200)],
        help_text="Minutes between two steps once it is missed: owner, cover, desk, desk leads.",
    )
    is_promised = models.BooleanField(
        "told to the client",
        default=True,
        help_text="The client is told the time, by mail and on the status page.",
    )
    is_active = models.BooleanField(
        "in force", default=True, help_text="Off: such leads get no deadline."
    )

    class Meta:
        verbose_name_plural = "deadline policies"
        constraints = [
            models.UniqueConstraint(fields=["priority", "stage"], name="policy_one_per_stage"),
            models.CheckConstraint(
                condition=Q(minutes__gt=F("warn_before")),
                name="policy_warns_within_its_time",
                violation_error_message="The reminder comes after the start: it needs fewer minutes than the stage.",
            ),
            models.CheckConstraint(
                condition=Q(escalate_every__gte=5), name="policy_steps_are_minutes_apart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()} {self.get_stage_display()}"

    @property
    def duration(self) -> timedelta:
        """How long the stage may take, by the policy's clock."""
        return timedelta(minutes=self.minutes)


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Deadlines by what they still ask for."""

    def running(self) -> "DeadlineQuerySet":
        """Those whose stage was not left yet, paused ones too."""
        return self.filter(ended_at__isnull=True)

    def ticking(self) -> "DeadlineQuerySet":
        """Running and not paused."""
        return self.running().filter(paused_at__isnull=True)

    def overdue(self, now: datetime) -> "DeadlineQuerySet":
        """Ticking past their time, whether a sweep has seen it or not."""
        return self.ticking().filter(due_at__lt=now)

    def open_of(self, adviser: Adviser) -> "DeadlineQuerySet":
        """What this adviser must meet, for leads that they cover too; the next one first, each with its lead."""
        theirs = Q(lead__owner=adviser) | Q(lead__cover=adviser)
        mine = self.ticking().filter(theirs).select_related("lead", "policy")
        return mine.order_by("due_at", "pk")


_NEXT_DUE = """
    UPDATE intake_lead SET due_at = (
        SELECT min(due_at) FROM intake_deadline
        WHERE lead_id = intake_lead.id AND ended_at IS NULL AND paused_at IS NULL
    ) WHERE id {of};
    RETURN NULL;
"""


class Deadline(models.Model):
    """By when one stage of one lead must be left. What the client was told never gets later in silence."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        WARNED = "warned", "due soon"
        MET = "met", "met"
        MISSED = "missed", "missed"
        CANCELLED = "cancelled", "not needed any more"

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="deadlines")
    policy = models.ForeignKey(DeadlinePolicy, on_delete=models.PROTECT, related_name="deadlines")
    stage = models.CharField(max_length=12, choices=Stage)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    adviser = models.ForeignKey(
        Adviser,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deadlines",
        help_text="Whose calendar counted; nobody's: the house's own.",
    )
    started_at = models.DateTimeField(help_text="From when the time is counted.")
    due_at = models.DateTimeField(help_text="The promised time.")
    warn_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(
        default=0, help_text="How far up it was told since it was missed."
    )
    next_look_at = models.DateTimeField(
        null=True, blank=True, help_text="When the sweep has something to do; empty: nothing more."
    )
    paused_at = models.DateTimeField(null=True, blank=True, help_text="We wait for the client.")
    time_left = models.DurationField(
        null=True, blank=True, help_text="What was left, by the policy's clock, when it was paused."
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "stage"],
                condition=Q(ended_at__isnull=True),
                name="deadline_one_running_per_stage",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "warned"], ended_at__isnull=True)
                | Q(state__in=["met", "cancelled"], ended_at__isnull=False)
                | Q(state="missed"),
                name="deadline_ended_as_its_state_says",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, time_left__isnull=True)
                | Q(paused_at__isnull=False, time_left__isnull=False, ended_at__isnull=True),
                name="deadline_paused_with_time_left",
            ),
            models.CheckConstraint(
                condition=Q(next_look_at__isnull=True)
                | Q(ended_at__isnull=True, paused_at__isnull=True),
                name="deadline_looked_at_while_it_ticks",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"],
                name="deadline_to_look_at",
                condition=Q(next_look_at__isnull=False),
            ),
            models.Index(
                fields=["due_at"], name="deadline_running", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["ended_at"], name="deadline_missed", condition=Q(state="missed")),
        ]
        triggers = [
            pgtrigger.FSM(
                name="deadline_moves",
                field="state",
                transitions=[
                    ("open", "warned"),
                    *(
                        (old, new)
                        for old in ("open", "warned")
                        for new in ("met", "missed", "cancelled")
                    ),
                    ("warned", "open"),
                    ("missed", "open"),
                ],
            ),
            # The lead's own column, by which lists filter and sort: no verb can forget it. Many that are set together
            # write their leads together: one by one that was three quarters of setting them.
            pgtrigger.Trigger(
                name="deadline_on_lead",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("due_at", "ended_at", "paused_at"),
                func=_NEXT_DUE.format(of="= NEW.lead_id"),
            ),
            pgtrigger.Trigger(
                name="deadlines_on_leads",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func=_NEXT_DUE.format(of="= ANY (ARRAY(SELECT lead_id FROM fresh))"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead}, {self.get_stage_display()}"

    @property
    def is_late(self) -> bool:
        """Past its time and still to be done, whether a sweep has seen it or not."""
        return self.ended_at is None and self.paused_at is None and self.due_at < timezone.now()


class DeadlineChange(models.Model):
    """One thing that happened to a deadline, who did it and why. Written once, never changed."""

    class Kind(models.TextChoices):
        SET = "set", "set"
        RENEWED = "renewed", "counted anew"
        MOVED = "moved", "moved by hand"
        PAUSED = "paused", "paused"
        RESUMED = "resumed", "runs again"
        WARNED = "warned", "owner reminded"
        MISSED = "missed", "missed"
        MET = "met", "met"
        LATE = "late", "done late"
        CANCELLED = "cancelled", "not needed any more"

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=9, choices=Kind)
    due_before = models.DateTimeField(null=True, blank=True)
    due_after = models.DateTimeField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    happened_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [frozen("intake_deadlinechange", "deadline_change_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"{self.deadline}: {self.get_kind_display()}"


class DeadlineNotice(models.Model):
    """That one person was told of one deadline at one step; once."""

    class Kind(models.TextChoices):
        WARNING = "warning", "due soon"
        MISSED = "missed", "missed"

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=7, choices=Kind)
    due_at = models.DateTimeField(help_text="The promise that it was about.")
    rung = models.PositiveSmallIntegerField(
        help_text="0 the owner, 1 the cover, 2 the desk, 3 desk leads."
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deadline_notices"
    )
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "kind", "due_at", "to"], name="deadline_notice_once"
            ),
        ]
        triggers = [frozen("intake_deadlinenotice", "deadline_notice_frozen"), never_truncated()]

    def __str__(self) -> str:
        return f"{self.deadline} → {self.to}"
