"""Deadlines on the staff screens: the policies, the lead's clocks with their buttons, the list's column and filter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts import time_zones
from accounts.as_shown import AsShown
from accounts.form_fields import LongTextField
from accounts.models import User
from accounts.staff_fields import StaffFields
from accounts.staff_screens import Verb, VerbForm
from briefs.admin.verb_forms import MomentForm, NaiveMomentField
from intake import policies, rescheduling, watching
from intake.admin.seen_form import SeenForm
from intake.models import (
    STAGE_OF,
    Deadline,
    DeadlineChange,
    DeadlineNotice,
    DeadlinePolicy,
    Lead,
    Stage,
)

_SOON = timedelta(hours=24)
_HISTORY = (
    Prefetch("changes", DeadlineChange.objects.select_related("by").order_by("pk")),
    Prefetch("notices", DeadlineNotice.objects.select_related("to").order_by("pk")),
)


def _why() -> LongTextField:
    return LongTextField(label="Why?", limit=2000, widget=forms.Textarea(attrs={"rows": 4}))


def _running(lead: Lead) -> Deadline | None:
    """The clock that the lead's buttons are about: of its present stage."""
    return lead.deadlines.running().select_related("policy").order_by("due_at", "pk").first()


class MoveDeadlineForm(MomentForm, SeenForm):
    """To when, and why."""

    due_at = NaiveMomentField(label="Due by")
    reason = _why()
    field_order = ("due_at", "zone", "reason", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deadline = _running(self.obj)
        self.fields["due_at"].initial = self._local(self.deadline.due_at if self.deadline else None)

    def seen_of(self, lead: Lead) -> str:
        """By when the stage is due."""
        deadline = _running(lead)
        return rescheduling.seen(deadline) if deadline else ""

    @property
    def moments(self) -> Sequence[str]:  # type: ignore[override]  # read by clean() alone
        """Which fields are moments, once the form is made: the lead has no such attribute to start from."""
        return ("due_at",) if hasattr(self, "deadline") else ()

    @property
    def intro(self) -> Sequence[str]:
        """What time it is, what is promised now, and who hears of it."""
        zone = self.by.time_zone
        lines = [f"It is now {time_zones.in_both(timezone.now(), zone)}."]
        if self.deadline:
            stage = self.deadline.get_stage_display()
            lines.append(f"The {stage} is due by {time_zones.in_both(self.deadline.due_at, zone)}.")
            if self.deadline.policy.is_promised:
                lines.append("The client was told this time. They get a mail when it gets later.")
        return lines


class WhyForm(VerbForm):
    """Why."""

    reason = _why()


def _move(lead: Lead, by: User, due_at: datetime, reason: str, seen: str) -> None:
    rescheduling.move_deadline(
        deadline=_asked(lead), due_at=due_at, by=by, reason=reason, shown=seen
    )


def _pause(lead: Lead, by: User, reason: str) -> None:
    rescheduling.pause_deadline(deadline=_asked(lead), by=by, reason=reason)


def _resume(lead: Lead, by: User) -> None:
    rescheduling.resume_deadline(deadline=_asked(lead), by=by)


def _asked(lead: Lead) -> Deadline:
    found = _running(lead)
    if found is None:
        raise forms.ValidationError("No clock is running for this lead any more.", code="conflict")
    return found


def _ticks(lead: Lead) -> bool:
    return lead.due_at is not None


def _may_wait(lead: Lead) -> bool:
    return (
        lead.due_at is not None
        and lead.due_at > timezone.now()
        and STAGE_OF.get(lead.status) not in (None, Stage.FIRST_ANSWER)
    )


def _stands_still(lead: Lead) -> bool:
    """Asked of the database only where it can be: an open lead with nothing due."""
    return (
        lead.due_at is None
        and lead.status in STAGE_OF
        and lead.deadlines.filter(paused_at__isnull=False).exists()
    )


DEADLINE_VERBS: tuple[Verb, ...] = (
    Verb(
        "move-deadline", "Move the deadline", _move, _ticks, "intake.change_lead",
        "The deadline is moved.", MoveDeadlineForm, is_listed=False,
    ),
    Verb(
        "pause-deadline", "Wait for the client", _pause, _may_wait, "intake.change_lead",
        "The clock stands still until the client adds something or you let it run.", WhyForm, is_listed=False,
    ),
    Verb(
        "resume-deadline", "Let the clock run", _resume, _stands_still, "intake.change_lead",
        "The clock runs again.", is_listed=False,
    ),
)  # fmt: skip


class DeadlineFilter(admin.SimpleListFilter):
    """Leads by what is due."""

    title = "deadline"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What can be asked for."""
        return [
            ("late", "overdue"),
            ("soon", "due within 24 hours"),
            ("paused", "waiting for the client"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        """By the lead's own column and its index; anything else asked for is ignored."""
        now = timezone.now()
        match self.value():
            case "late":
                return queryset.filter(due_at__lt=now)
            case "soon":
                return queryset.filter(due_at__gte=now, due_at__lt=now + _SOON)
            case "paused":
                paused = Deadline.objects.running().filter(paused_at__isnull=False)
                return queryset.filter(Exists(paused.filter(lead=OuterRef("pk"))))
        return queryset


class DueColumn:
    """Goes before `ModelAdmin` in the bases of the list of leads."""

    @display(
        description="Due",
        ordering="due_at",
        label={"late": "danger", "soon": "warning", "": "info"},
    )
    def due(self, lead: Lead) -> Any:
        """How long there is, or for how long it is overdue; in words, not by colour alone."""
        if lead.due_at is None:
            return None
        left = (lead.due_at - timezone.now()).total_seconds()
        if left < 0:
            return "late", f"overdue for {watching.in_words(-left)}"
        return "soon" if left < _SOON.total_seconds() else "", f"in {watching.in_words(left)}"


def deadlines_context(user: User, lead: Lead) -> dict[str, Any]:
    """For the lead's page: its clocks, the running one first, each with what happened to it."""
    found = lead.deadlines.select_related("policy", "adviser__user").order_by("-started_at", "-pk")
    clocks = list(found.prefetch_related(*_HISTORY))
    return {
        "clocks": sorted(clocks, key=lambda one: one.ended_at is not None),
        "zone": user.time_zone,
    }


@admin.register(DeadlinePolicy)
class DeadlinePolicyAdmin(StaffFields, ModelAdmin):
    """How long each stage may take. The set is closed: what a house does not want is switched off."""

    form = AsShown
    list_display = ("name", "time", "clock", "reminder", "is_promised", "is_active")
    list_filter = ("priority",)
    ordering = ("priority", "pk")
    readonly_fields = ("priority", "stage")
    fields = (
        "priority", "stage", "minutes", "clock", "warn_before", "escalate_every", "is_promised", "is_active",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadlinePolicy]:
        """All of them, also in a house where nothing was due yet."""
        policies.current()
        return super().get_queryset(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description="Policy", ordering="priority")
    def name(self, policy: DeadlinePolicy) -> str:
        """Priority and stage."""
        return str(policy).capitalize()

    @admin.display(description="Time", ordering="minutes")
    def time(self, policy: DeadlinePolicy) -> str:
        """In hours and minutes of its clock."""
        return watching.in_words(policy.minutes * 60)

    @admin.display(description="Reminder", ordering="warn_before")
    def reminder(self, policy: DeadlinePolicy) -> str:
        """How long before."""
        return f"{watching.in_words(policy.warn_before * 60)} before"
