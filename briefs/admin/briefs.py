"""The brief's page: to write it, to send it through review, to look at it as a reader would, to publish it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet, Value
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts import time_zones
from accounts.models import User
from accounts.staff_screens import VerbAdmin
from briefs import brief_pages, completeness, reading, revising, translating
from briefs.admin import wording
from briefs.admin.brief_rows import CitationInline, JudgementInline
from briefs.admin.calendar import calendar_context
from briefs.admin.filters import PendingFilter, TurnFilter
from briefs.admin.forms import BriefForm
from briefs.admin.revision_pages import RevisionPages
from briefs.admin.verbs import BRIEF_VERBS
from briefs.models import (
    EDITABLE,
    ONCE_PUBLIC,
    Brief,
    Notice,
    ReviewComment,
    ReviewLink,
)

_SAVED = (
    *("title", "slug", "language", "kind", "status", "tlp", "summary", "body", "body_text"),
    *("names_text", "word_count", "reading_minutes", "countries", "topics", "data_cutoff"),
    *("is_sample", "updated_at"),
)


@admin.register(Brief)
class BriefAdmin(RevisionPages, VerbAdmin):
    """Briefs in every status. The status moves by the buttons only."""

    form = BriefForm
    verbs = BRIEF_VERBS
    change_form_outer_before_template = "briefs/admin/brief.html"
    change_form_after_template = "briefs/admin/_wording.html"
    inlines = (JudgementInline, CitationInline)
    list_display = (
        *("title", "status_name", "reference", "language", "about", "assignee", "due"),
        *("goes_out", "is_sample"),
    )
    list_select_related = ("assignee",)
    list_filter = (TurnFilter, "status", PendingFilter, "language", "kind", "tlp", "is_sample")
    search_fields = ("title", "reference", "summary")
    ordering = ("-pk",)
    autocomplete_fields = ("actors", "places", "incidents")
    warn_unsaved_form = True

    class Media:
        js = ("derisk/wording.js",)

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview)
        check = self.admin_site.admin_view(self.check_wording)
        calendar = self.admin_site.admin_view(self.calendar)
        return [
            path("calendar/", calendar, name="briefs_brief_calendar"),
            path("wording/", check, name="briefs_brief_wording"),
            path("<int:pk>/preview/", preview, name="briefs_brief_preview"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brief]:
        """With the time zone of whoever looks, for the columns that show an hour."""
        assert isinstance(request.user, User)
        return super().get_queryset(request).annotate(zone=Value(request.user.time_zone))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Brief | None:
        """The brief; locked while a save is under way, so that nothing moves between its check and its end."""
        brief: Brief | None = super().get_object(request, object_id, from_field)
        if brief is not None and request.method == "POST" and connection.in_atomic_block:
            zone = brief.zone  # type: ignore[attr-defined]  # annotated
            brief = revising.lock(brief)
            brief.zone = zone  # type: ignore[attr-defined]
        return brief

    def get_fieldsets(self, request: HttpRequest, obj: Brief | None = None) -> Any:
        """Who may only read gets the countries in words: the fields to choose them are the form's."""
        may_write = self.has_change_permission(request, obj) if obj else True
        where = ("main_country", "other_countries", "topics") if may_write else ("about", "topics")
        guard = ("seen_revision", "has_seen_theirs") if may_write and obj else ()
        # A pending revision has no address of its own.
        address = () if obj and obj.revises_id else ("slug",)
        own = (*guard, "title", *address, "language", "kind", "tlp", "summary")
        return (
            (None, {"fields": own}),
            ("Text", {"fields": ("body", "data_cutoff", "is_sample")}),
            ("Where and what", {"fields": where}),
            ("Who and what happened", {"fields": ("actors", "places", "incidents")}),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Brief | None = None
    ) -> tuple[str, ...]:
        """What has a reference moves by a button, which keeps the old address."""
        return ("slug",) if obj and obj.reference else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Brief | None = None
    ) -> dict[str, Any]:
        is_kept = obj is not None and bool(obj.revises_id or obj.reference)
        return {} if is_kept else {"slug": ("title",)}

    def has_change_permission(self, request: HttpRequest, obj: Brief | None = None) -> bool:
        """What readers have seen changes by a revision only."""
        if obj and obj.status in ONCE_PUBLIC:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Brief | None = None) -> bool:
        """Every save is kept: a draft that nobody wants stays one."""
        return False

    def save_model(self, request: HttpRequest, obj: Brief, form: Form, change: bool) -> None:
        """Save the text; an approved one is a draft again before it changes."""
        assert isinstance(request.user, User)
        if not change:
            obj.created_by = request.user
            super().save_model(request, obj, form, change)
            return
        if obj.status == "approved" and form.has_changed():
            obj.status = revising.reopen(brief=obj, by=request.user).status
        obj.save(update_fields=_SAVED)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what hangs on it, then keep all of it as a revision."""
        assert isinstance(request.user, User)
        super().save_related(request, form, formsets, change)
        revising.record_revision(brief=form.instance, by=request.user)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Beside the text the check of its wording; beside a save that was stopped what the others changed."""
        form = context["adminform"].form
        obj = kwargs.get("obj")
        context["wording"] = (
            wording.of_brief(obj) if obj and not form.is_bound else wording.of_typing(request.POST)
        )
        context["may_check"] = self._may_write(request, obj)
        context["theirs"] = getattr(form, "theirs", None)
        if context["theirs"] is None and "has_seen_theirs" in form.fields:
            del form.fields["has_seen_theirs"]
            context["adminform"].fieldsets = [
                (name, {**options, "fields": _without_tick(options["fields"])})
                for name, options in context["adminform"].fieldsets
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def page_context(self, request: HttpRequest, obj: Brief) -> dict[str, Any]:
        """Where it stands, who moved it there, what it lacks, and where to look at it."""
        assert isinstance(request.user, User)
        root = obj.root
        gaps = completeness.gaps_of(obj, timezone.now()) if obj.is_editable else []
        moves = root.moves.select_related("by", "revision").order_by("-moved_at", "-pk")[:50]
        return {
            "brief": obj,
            "zone": request.user.time_zone,
            "root": root,
            "moves": moves,
            "gaps": gaps,
            "facts_differ": any(gap.code == "translation_differs" for gap in gaps),
            "pending": Brief.objects.filter(revises=obj).first(),
            "editions": root.editions.order_by("-number"),
            "announcement": root.announcements.filter(kind="publication").first(),
            "told": Notice.objects.filter(
                announcement__brief=root, announcement__kind="publication"
            ).count(),
            "corrections": root.corrections.select_related("made_by").order_by("-made_at"),
            "is_behind": translating.is_behind(obj),
            "thread": _thread(obj),
            "links": ReviewLink.objects.of(obj),
            "may": _may(request),
            "is_late": _is_late(obj),
            "is_scheduled": bool(obj.published_at and obj.published_at > timezone.now()),
        }

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The brief's page as readers would see it, for staff who may read briefs."""
        brief = self.get_object(request, str(pk))
        if brief is None or not self.has_view_permission(request, brief):
            raise Http404
        return brief_pages.show(request, reading.preview_brief(pk))

    def check_wording(self, request: HttpRequest) -> HttpResponse:
        """The findings for a text as it is being typed, for whoever may write briefs; nothing is saved."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        if wording.is_too_long(request.POST):
            return HttpResponse("This is more than a brief may hold.", status=413)
        context = {"wording": wording.of_typing(request.POST)}
        return TemplateResponse(request, "briefs/admin/_findings.html", context)

    def calendar(self, request: HttpRequest) -> HttpResponse:
        """What goes out, ends or falls due in the next thirty days, for whoever may read briefs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        context = {
            **self.admin_site.each_context(request),
            **calendar_context(request.user.time_zone),
            "title": "Calendar",
        }
        return TemplateResponse(request, "briefs/admin/calendar.html", context)

    def _may_write(self, request: HttpRequest, obj: Brief | None) -> bool:
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    @admin.display(description="Status", ordering="status")
    def status_name(self, brief: Brief) -> str:
        """The status in words."""
        name = brief.get_status_display()
        if brief.revises_id:
            return f"{name} (pending revision)"
        if brief.published_at and brief.published_at > timezone.now():
            return "scheduled"
        return name

    @admin.display(description="Due", ordering="due_on")
    def due(self, brief: Brief) -> str:
        """The day, and whether it has gone by without an end of the work."""
        if brief.due_on is None:
            return "-"
        day = f"{brief.due_on.day} {brief.due_on:%B %Y}"
        return f"{day}, overdue" if _is_late(brief) else day

    @admin.display(description="Published", ordering="published_at")
    def goes_out(self, brief: Brief) -> str:
        """When readers see it from, in both time zones, and until when if it ends."""
        if brief.published_at is None:
            return "–"
        zone = brief.zone  # type: ignore[attr-defined]  # annotated
        end = f"; ends {time_zones.in_both(brief.expires_at, zone)}" if brief.expires_at else ""
        return time_zones.in_both(brief.published_at, zone) + end

    @admin.display(description="Countries")
    def about(self, brief: Brief) -> str:
        """Its countries, the main one first."""
        return ", ".join(brief.country_names)


def _thread(brief: Brief) -> dict[str, list[ReviewComment]]:
    """What was said of it, the open ones apart."""
    said = list(ReviewComment.objects.of(brief))
    return {
        "said": said,
        "open": [comment for comment in said if comment.resolved_at is None],
        "resolved": [comment for comment in said if comment.resolved_at is not None],
    }


def _is_late(brief: Brief) -> bool:
    """Whether the day set for it has gone by while somebody should work on it."""
    is_past = brief.due_on is not None and brief.due_on < timezone.now().date()
    return is_past and brief.status in EDITABLE


def _may(request: HttpRequest) -> dict[str, bool]:
    """What this user may do in the thread and with the links of reviewers."""
    return {
        "comment": request.user.has_perm("briefs.add_reviewcomment"),
        "links": request.user.has_perm("briefs.change_reviewlink"),
        "write": request.user.has_perm("briefs.change_brief"),
    }


def _without_tick(fields: Any) -> Any:
    return tuple(name for name in fields if name != "has_seen_theirs")
