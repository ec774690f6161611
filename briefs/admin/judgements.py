"""Judgements in every brief: which are due, and what came of them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join

from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin
from briefs import judging
from briefs.admin.verb_forms import ResolveForm
from briefs.models import Judgement

RESOLVE = Verb(
    "resolve",
    "Say what came of it",
    lambda judgement, by, **words: judging.resolve_judgement(judgement=judgement, by=by, **words),
    lambda judgement: judgement.brief.published_at is not None,
    "briefs.resolve_judgement",
    "It is on record, and in the scorecard.",
    ResolveForm,
    is_main=True,
)


class DueFilter(admin.SimpleListFilter):
    """Those that can be told by now."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("due", "due"), ("open", "open"), ("resolved", "resolved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Judgement]) -> QuerySet[Judgement]:
        published = queryset.filter(brief__published_at__isnull=False)
        if self.value() == "due":
            return published.filter(outcome="open", horizon_on__lt=timezone.now().date())
        if self.value() == "open":
            return published.filter(outcome="open")
        return published.exclude(outcome="open") if self.value() == "resolved" else queryset


@admin.register(Judgement)
class JudgementAdmin(VerbAdmin, ReadOnlyAdmin):
    """Every judgement, also those that a revision dropped: they are scored all the same."""

    verbs = (RESOLVE,)
    list_display = ("text", "brief_name", "likelihood", "confidence", "horizon_on", "outcome")
    list_filter = (DueFilter, "outcome", "likelihood")
    list_select_related = ("brief",)
    search_fields = ("text", "brief__reference", "brief__title")
    ordering = ("horizon_on", "pk")
    fields = (
        *("text", "brief", "likelihood", "confidence", "horizon_on", "revises", "change_reason"),
        *("dropped_at", "outcome", "outcome_note", "evidence", "resolved_by", "resolved_at"),
        "said_before",
    )
    readonly_fields = ("said_before",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Judgement], search_term: str
    ) -> tuple[QuerySet[Judgement], bool]:
        """To choose an earlier judgement: published ones only."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.path.endswith("/autocomplete/"):
            found = found.filter(brief__published_at__lte=timezone.now())
        return found, may_repeat

    @admin.display(description="Brief")
    def brief_name(self, judgement: Judgement) -> str:
        """Its brief, by reference or title."""
        return judgement.brief.reference or judgement.brief.title

    @admin.display(description="Said before")
    def said_before(self, judgement: Judgement) -> str:
        """What was said of it and replaced, the newest first."""
        earlier = judgement.resolutions.select_related("resolved_by").order_by("-pk")[1:]
        rows = (
            (f"{row.resolved_at:%-d %B %Y, %H:%M} UTC", row.resolved_by, row) for row in earlier
        )
        return format_html_join("", "<p>{} · {} · {}</p>", rows) or "–"
