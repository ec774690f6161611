"""The rows of a brief's form: what it expects, and what that rests on."""

from typing import Any

from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from accounts.staff_fields import StaffFields
from briefs.admin.forms import CitationForm, JudgementForm, JudgementFormSet
from briefs.models import Brief, Citation, Judgement


class _Rows(StaffFields):
    """Rows of an inline, as many as a brief has at the very most: a tampered form would have Django make thousands."""

    max_num: int

    def get_formset(
        self, request: HttpRequest, obj: Brief | None = None, **options: Any
    ) -> type[BaseInlineFormSet]:
        """Refuse more rows than that."""
        options |= {"absolute_max": self.max_num + 1, "validate_max": True}
        return super().get_formset(request, obj, **options)  # type: ignore[misc]


class JudgementInline(_Rows, StackedInline):
    """What we expect, in the order of the page."""

    model = Judgement
    fk_name = "brief"
    form = JudgementForm
    formset = JudgementFormSet
    extra = 0
    max_num = 30
    fields = (
        *("position", "text", "likelihood", "confidence", "horizon_on", "revises"),
        "change_reason",
    )
    autocomplete_fields = ("revises",)
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Judgement]:
        return super().get_queryset(request).filter(position__isnull=False)


class CitationInline(_Rows, TabularInline):
    """What it rests on; readers see the grades, and the names of sources that may be named."""

    model = Citation
    form = CitationForm
    hide_title = True
    extra = 0
    max_num = 100
    fields = ("position", "source", "credibility", "title", "url", "published_on", "note")
    autocomplete_fields = ("source",)
    ordering = ("position",)
