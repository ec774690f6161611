"""Sanctions lists in the staff screens, and the files that were sent for them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display

from accounts.as_shown import AsShown
from accounts.form_fields import LongTextField
from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin, VerbForm
from intake.models import (
    SanctionsFile,
    SanctionsList,
)
from intake.sanctions import lists, uploads

_LOAD = "intake.load_sanctionslist"


class LoadForm(VerbForm):
    """A file of the publisher, as it is published."""

    file = forms.FileField(
        label="File",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        help_text="As the publisher publishes it; docs/sanctions.md says where. It is read by a worker: see below the "
        "list what came of it. An older, broken or much shorter file is refused and the list stays as it is.",
    )
    may_shrink = forms.BooleanField(
        label="The list may lose more than a tenth of its entries", required=False
    )
    older_because = LongTextField(
        label="If it is older than what is loaded: why is it used all the same?",
        required=False,
        limit=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as: a wrong file with a later date was loaded. Empty: an older file is refused. It stays on "
        "record with your name.",
    )


def _send(one: SanctionsList, by: User, file: Any, may_shrink: bool, older_because: str) -> str:
    uploads.send_file(
        to=one, upload=file, may_shrink=may_shrink, by=by, older_because=older_because
    )
    return reverse("admin:intake_sanctionsfile_changelist")


@admin.register(SanctionsList)
class SanctionsListAdmin(VerbAdmin):
    """Which lists there are, of which date each is, and whether it is out of date."""

    verbs = (
        Verb(
            "load", "Load a file", _send, lambda one: True, _LOAD,
            "The file is kept and will be read in a moment.", LoadForm, is_main=True,
        ),
    )  # fmt: skip
    form = AsShown
    list_before_template = "intake/admin/sanctions_lists.html"
    list_display = (
        "name",
        "state",
        "dated",
        "loaded",
        "entry_count",
        "name_count",
        "age_limit",
    )
    list_select_related = ("loaded_by",)
    ordering = ("pk",)
    fields = (
        *("name", "state", "is_used", "max_age_days", "dated", "loaded", "source"),
        *("entry_count", "name_count", "sha256"),
    )
    readonly_fields = (
        "name",
        "state",
        "dated",
        "loaded",
        "source",
        "entry_count",
        "name_count",
        "sha256",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Every list that can be loaded, before anybody loaded one."""
        found = lists.all_lists()
        context = {"nothing_loaded": not any(one.loaded_at and one.is_used for one in found)}
        return super().changelist_view(request, (extra_context or {}) | context)

    @admin.display(description="List", ordering="pk")
    def name(self, one: SanctionsList) -> str:
        """The publisher and the list."""
        return str(one)

    @display(
        description="State",
        label={
            "current": "success",
            "out of date": "danger",
            "not loaded": "info",
            "not in use": "info",
        },
    )
    def state(self, one: SanctionsList) -> str:
        """Whether names are looked for on it, and how old it is."""
        if one.loaded_at is None:
            return "not loaded"
        if not one.is_used:
            return "not in use"
        return "out of date" if one.is_stale() else "current"

    @admin.display(description="Of", ordering="published_on")
    def dated(self, one: SanctionsList) -> str:
        """The date that its file bears."""
        return f"{one.published_on:%d %B %Y}" if one.published_on else ""

    @admin.display(description="Out of date after", ordering="max_age_days")
    def age_limit(self, one: SanctionsList) -> str:
        """How old it may become."""
        return f"{one.max_age_days} days"

    @admin.display(description="Loaded", ordering="loaded_at")
    def loaded(self, one: SanctionsList) -> str:
        """When and by whom, and when the same file was seen again."""
        if one.loaded_at is None:
            return "never"
        text = f"{one.loaded_at:%d %b %Y, %H:%M} UTC by {one.loaded_by or 'a command'}"
        seen = one.confirmed_at
        return f"{text}; the same file again on {seen:%d %b %Y}" if seen else text


@admin.register(SanctionsFile)
class SanctionsFileAdmin(ReadOnlyAdmin):
    """Files that were sent, and what came of each."""

    list_display = ("name", "of_list", "state_name", "outcome", "sent_at", "sender")
    list_display_links = None
    list_select_related = ("of_list", "sent_by")
    list_filter = ("state", "of_list")
    ordering = ("-sent_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SanctionsFile]:
        """Without the bytes, which may be many."""
        return super().get_queryset(request).defer("body")

    @admin.display(description="Sent by", ordering="sent_by")
    def sender(self, one: SanctionsFile) -> str:
        """Who sent it."""
        return str(one.sent_by or "a command")

    @display(
        description="State", ordering="state", label={"refused": "danger", "loaded": "success"}
    )
    def state_name(self, one: SanctionsFile) -> str:
        """How it stands."""
        return one.get_state_display()
