"""What the list of briefs can be narrowed to."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from briefs.models import EDITABLE, Brief


class PendingFilter(admin.SimpleListFilter):
    """Briefs themselves, or the revisions of live ones."""

    title = "what"
    parameter_name = "pending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "briefs"), ("yes", "pending revisions")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Brief]) -> QuerySet[Brief]:
        if self.value() in ("yes", "no"):
            return queryset.filter(revises__isnull=self.value() == "no")
        return queryset


class TurnFilter(admin.SimpleListFilter):
    """What waits for whoever is looking, for anybody, or too long."""

    title = "whose turn"
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("mine", "mine"),
            ("anybody", "for any reviewer"),
            ("late", "overdue"),
            ("scheduled", "scheduled"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Brief]) -> QuerySet[Brief]:
        now = timezone.now()
        me = request.user.pk
        if self.value() == "mine":
            # What I am asked to write on, or to review; what I began and nobody holds.
            begun = Q(
                assignee__isnull=True, created_by=me, status__in=["draft", "changes_requested"]
            )
            return queryset.filter(Q(assignee=me) | begun, status__in=[*EDITABLE, "approved"])
        if self.value() == "anybody":
            waiting = queryset.filter(status="in_review", assignee__isnull=True)
            return waiting.exclude(head_revision__authors__contains=[me])
        if self.value() == "late":
            return queryset.filter(due_on__lt=now.date(), status__in=EDITABLE)
        if self.value() == "scheduled":
            return queryset.filter(status="published", published_at__gt=now)
        return queryset
