"""Proposal templates."""

from django.contrib import admin
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from proposals.admin.markdown import SectionForm, TermsForm
from proposals.models import ProposalTemplate, TemplateLine, TemplateSection


class TemplateSectionInline(StackedInline):
    """Standing sections."""

    model = TemplateSection
    form = SectionForm
    extra = 0
    ordering = ("position",)


class TemplateLineInline(TabularInline):
    """Standing price lines, without a price."""

    model = TemplateLine
    extra = 0
    ordering = ("position",)


@admin.register(ProposalTemplate)
class ProposalTemplateAdmin(ModelAdmin):
    """What a new draft starts from."""

    form = TermsForm
    inlines = (TemplateSectionInline, TemplateLineInline)
    list_display = ("name", "language", "is_default")
    search_fields = ("name",)
    ordering = ("name",)
