"""How long what is kept, in the staff screens: the rules, a look at what they would reach, and what they reached."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts import hiding
from accounts.as_shown import AsShown
from accounts.models import User
from accounts.numbers import told
from accounts.staff_screens import ReadOnlyAdmin, VerbAdmin
from briefs import freshness
from intake import retaining
from intake.models import (
    RetentionRule,
    RetentionRun,
)


@admin.register(RetentionRule)
class RetentionRuleAdmin(VerbAdmin):
    """For how long what is kept. A look first; then switch on."""

    form = AsShown
    list_before_template = "intake/admin/retention.html"
    list_display = ("keeps_name", "days", "is_on", "changed_at", "changed_by")
    list_select_related = ("changed_by",)
    ordering = ("pk",)
    fields = ("keeps_name", "days", "is_on")
    readonly_fields = ("keeps_name",)

    @admin.display(description="What")
    def keeps_name(self, rule: RetentionRule) -> str:
        """The kind of record in words."""
        return rule.get_keeps_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RetentionRule, form: Any, change: bool) -> None:
        """With who did it."""
        assert isinstance(request.user, User)
        obj.changed_by = request.user
        super().save_model(request, obj, form, change)
        freshness.public_changed()  # the privacy page tells it

    def response_change(self, request: HttpRequest, obj: RetentionRule) -> HttpResponse:
        """As usual, with what is due now of a rule that is on: the next run asks nobody."""
        if obj.is_on:
            due = retaining.look(obj)
            first = f" Due now: {due.told}; the next run, within six hours, begins with them."
            text = f"“{obj}” is on.{first if due.count else ' Nothing is due now.'}"
            self.message_user(request, text, messages.WARNING)
        return super().response_change(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Every kind has its rule, before anybody set one."""
        retaining.rules()
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        """The look, besides the usual."""
        view = self.admin_site.admin_view(self.simulate)
        return [path("look/", view, name="intake_retentionrule_look"), *super().get_urls()]

    def simulate(self, request: HttpRequest) -> HttpResponse:
        """How many of each kind would go now; recorded as a run."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        if request.method == "POST":
            retaining.simulate_rules(by=request.user)
            self.message_user(request, "Looked; nothing was changed. What was seen is below.")
            return HttpResponseRedirect(reverse("admin:intake_retentionrun_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": "What the rules would reach now",
            "opts": self.opts,
            "outlooks": [
                replace(outlook, examples=hiding.shown(request.user, outlook.examples))
                for outlook in map(retaining.look, retaining.rules())
            ],
        }
        return TemplateResponse(request, "intake/admin/retention_look.html", context)


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    """What the rules reached, and when."""

    empty_words = "No rule has run, and nobody has looked what one would reach."
    list_display = (
        "rule",
        "ran_at",
        "is_simulated",
        "days",
        "due",
        "done",
        "oldest",
        "which",
        "by",
    )
    list_filter = ("is_simulated", "rule")
    list_select_related = ("rule", "by")
    ordering = ("-ran_at", "-pk")
    fields = ("rule", "ran_at", "is_simulated", "days", "due", "done", "oldest", "which", "by")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, without references that the reader is walled from."""
        changelist = super().get_changelist_instance(request)
        for run in changelist.result_list:
            _show(run, request)
        return changelist

    def get_object(self, request: HttpRequest, *args: Any) -> Any:
        """The same of one."""
        run = super().get_object(request, *args)
        return _show(run, request) if run else None

    @admin.display(description="How many")
    def due(self, run: RetentionRun) -> str:
        """As far as they were counted."""
        return told(run.count)

    @admin.display(description="The oldest")
    def which(self, run: RetentionRun) -> str:
        """A few references."""
        return ", ".join(run.examples)


def _show(run: RetentionRun, request: HttpRequest) -> RetentionRun:
    assert isinstance(request.user, User)
    run.examples = hiding.shown(request.user, run.examples) if run.examples else []
    return run
