"""The brief's page: to write it, to look at it as a reader would, to publish and archive it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.admin import TabularInline
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from accounts.models import User
from accounts.staff_screens import Verb, VerbAdmin
from briefs import geography, publishing, reading, views
from briefs.models import Brief, BriefStatus, Judgement, Move
from briefs.topics import Topic


def _may_be(status: BriefStatus) -> Any:
    return lambda brief: brief.may_become(status)


BRIEF_VERBS = (
    Verb(
        "publish",
        "Publish",
        lambda brief, by: publishing.publish_brief(brief=brief, by=by),
        _may_be(BriefStatus.PUBLISHED),
        "briefs.publish_brief",
        "The brief is public.",
        is_main=True,
    ),
    Verb(
        "archive",
        "Archive",
        lambda brief, by: publishing.archive_brief(brief=brief, by=by),
        _may_be(BriefStatus.ARCHIVED),
        "briefs.publish_brief",
        "The brief is no longer public.",
    ),
)


class BriefForm(forms.ModelForm):
    """Countries and topics as choices, the main country apart; the body as plain Markdown."""

    main_country = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "none yet"), *geography.country_choices()],
        widget=UnfoldAdminSelectWidget,
    )
    other_countries = forms.MultipleChoiceField(
        required=False,
        choices=geography.country_choices,
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 8}),
        help_text="Hold Ctrl or Cmd to choose several.",
    )
    topics = forms.MultipleChoiceField(
        required=False, choices=Topic.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Brief
        fields = (
            *("title", "slug", "language", "kind", "summary", "body", "data_cutoff", "is_sample"),
            *("topics", "actors", "places", "incidents"),
        )
        widgets = {
            "summary": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 30, "class": "staff-markdown"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.countries and "main_country" in self.fields:
            main, *others = self.instance.countries
            self.fields["main_country"].initial = main
            self.fields["other_countries"].initial = others

    def clean(self) -> dict[str, Any] | None:
        """Put the countries in order before the model looks at them."""
        data = super().clean()
        if data is not None and "main_country" in self.fields:
            chosen = [data.get("main_country") or "", *data.get("other_countries", [])]
            self.instance.countries = list(dict.fromkeys(code for code in chosen if code))
        return data


class JudgementFormSet(BaseInlineFormSet):
    """Judgements of one brief; what readers can see keeps at least one."""

    def clean(self) -> None:
        """Refuse to take the last judgement from a brief that is public."""
        super().clean()
        kept = [
            form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        if self.instance.published_at and not kept:
            raise forms.ValidationError("A public brief keeps at least one judgement.")


class JudgementForm(forms.ModelForm):
    """The claim in a box that shows all of it."""

    class Meta:
        model = Judgement
        fields = ("position", "text", "likelihood", "confidence", "horizon_on")
        widgets = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


class JudgementInline(TabularInline):
    """What we expect, in the order of the page."""

    model = Judgement
    fk_name = "brief"
    form = JudgementForm
    hide_title = True
    formset = JudgementFormSet
    extra = 0
    fields = ("position", "text", "likelihood", "confidence", "horizon_on")
    ordering = ("position",)


@admin.register(Brief)
class BriefAdmin(VerbAdmin):
    """Briefs in every status. The status moves by the buttons only."""

    form = BriefForm
    verbs = BRIEF_VERBS
    change_form_outer_before_template = "briefs/admin/brief.html"
    inlines = (JudgementInline,)
    list_display = (
        "title",
        "status_name",
        "reference",
        "language",
        "about",
        "published_at",
        "is_sample",
    )
    list_filter = ("status", "language", "kind", "is_sample")
    search_fields = ("title", "reference", "summary")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50
    autocomplete_fields = ("actors", "places", "incidents")
    prepopulated_fields = {"slug": ("title",)}
    warn_unsaved_form = True

    class Media:
        css = {"all": ("derisk/staff.css",)}

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview)
        return [
            path("<int:pk>/preview/", preview, name="briefs_brief_preview"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Brief | None = None) -> Any:
        """Who may only read gets the countries in words: the fields to choose them are the form's."""
        may_write = self.has_change_permission(request, obj) if obj else True
        where = ("main_country", "other_countries", "topics") if may_write else ("about", "topics")
        return (
            (None, {"fields": ("title", "slug", ("language", "kind"), "summary")}),
            ("Where and what", {"fields": where}),
            ("Text", {"fields": ("body", "data_cutoff", "is_sample")}),
            ("Who and what happened", {"fields": ("actors", "places", "incidents")}),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Brief | None = None
    ) -> tuple[str, ...]:
        """Readers hold the address of what was published; it stays."""
        return ("slug",) if obj and obj.published_at else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Brief | None = None
    ) -> dict[str, Any]:
        return {} if obj and obj.published_at else self.prepopulated_fields

    def has_change_permission(self, request: HttpRequest, obj: Brief | None = None) -> bool:
        """What readers can see is changed by those who may publish only."""
        if obj and obj.published_at and not request.user.has_perm("briefs.publish_brief"):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Brief | None = None) -> bool:
        """What was public once is archived, never deleted."""
        return bool(obj and not obj.published_at) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Brief, form: Any, change: bool) -> None:
        if not change:
            assert isinstance(request.user, User)
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def page_context(self, request: HttpRequest, obj: Brief) -> dict[str, Any]:
        """Where it stands, who moved it there, and where to look at it."""
        moves = Move.objects.filter(brief=obj).select_related("by").order_by("-moved_at", "-pk")
        return {"brief": obj, "moves": moves}

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The brief's page as readers would see it, for staff who may read briefs."""
        brief = self.get_object(request, str(pk))
        if brief is None or not self.has_view_permission(request, brief):
            raise Http404
        return views.show_brief(request, reading.preview_brief(pk))

    @admin.display(description="Status", ordering="status")
    def status_name(self, brief: Brief) -> str:
        """The status in words."""
        return brief.get_status_display()

    @admin.display(description="Countries")
    def about(self, brief: Brief) -> str:
        """Its countries, the main one first."""
        return ", ".join(brief.country_names)
