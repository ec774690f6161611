"""Sanctions on the staff screens: lists and their files, listed names, the lead's box, deciding about a match."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin, VerbForm
from briefs import geography
from intake import holding
from intake.admin.reason_field import why
from intake.models import (
    Hold,
    HoldKind,
    Lead,
    SanctionsEntry,
    SanctionsFile,
    SanctionsList,
    SanctionsName,
    SanctionsScreening,
)
from intake.sanctions import finding, lists, uploads

_DECIDE = holding.PERMISSIONS[HoldKind.SANCTIONS]
_LOAD = "intake.load_sanctionslist"
_OUTCOMES = {
    Hold.Decision.UNFOUNDED: "Not the same: goes on, and is not asked again while neither entry nor name changes",
    Hold.Decision.PROCEED: "The same or perhaps, and the house may work for them: goes on",
    Hold.Decision.REFUSE: "The same: refused",
}


def open_hold(lead: Lead) -> Hold | None:
    """The hold that waits for a decision about a possible match."""
    return Hold.objects.open().filter(lead=lead, kind=HoldKind.SANCTIONS).first()


class DecideForm(VerbForm):
    """Both sides next to each other, what comes of it, and why."""

    beside = "intake/admin/sanctions_decide.html"
    decision = forms.ChoiceField(
        choices=[(value.value, label) for value, label in _OUTCOMES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what comes of it."},
    )
    reason = why("Why? Say what you compared, and with what source.")

    @property
    def hold(self) -> Hold | None:
        """What is to be decided."""
        return open_hold(self.obj)

    @property
    def matches(self) -> Sequence[dict[str, Any]]:
        """Each possible match with both sides."""
        hold = self.hold
        return [shown(match) for match in hold.matches if "entry" in match] if hold else []

    @property
    def client_country(self) -> str:
        """Where the client says they are."""
        code = self.obj.enquiry.country
        return geography.country_name(code, "en") if code else ""


def _decide(lead: Lead, by: User, decision: str, reason: str) -> None:
    hold = open_hold(lead)
    if hold is None:
        raise ValidationError("This was decided already.", code="conflict")
    holding.decide(hold=hold, by=by, decision=Hold.Decision(decision), reason=reason)


SANCTIONS_VERBS = (
    Verb(
        "decide-sanctions", "Decide about the possible match", _decide,
        lambda lead: open_hold(lead) is not None, _DECIDE, "Decided.", DecideForm, is_listed=False,
    ),
)  # fmt: skip


def shown(match: dict[str, Any]) -> dict[str, Any]:
    """A match with what a page needs besides what was kept."""
    entry = match["entry"]
    countries = [geography.country_name(code, "en") for code in entry["countries"]]
    return match | {"countries": ", ".join(countries), "is_weak": match["quality"] == "weak"}


def sanctions_context(user: User, lead: Lead) -> dict[str, Any]:
    """For the lead's page: what the last look at the lists found, and which lists are out of date; three statements."""
    last = SanctionsScreening.objects.filter(lead=lead).order_by("-pk").first()
    used = lists.loaded()
    hold = Hold.objects.filter(lead=lead, kind=HoldKind.SANCTIONS).select_related(
        "reviewer", "decided_by"
    )
    newest = hold.order_by("-pk").first()
    address = reverse("admin:intake_lead_verb", args=[lead.pk, "decide-sanctions"])
    return {
        "sanctions": last,
        "sanctions_matches": [shown(match) for match in last.matches] if last else [],
        "sanctions_lists_loaded": bool(used),
        "sanctions_stale": [one for one in used if one.is_stale()],
        "sanctions_hold": newest,
        "decide_sanctions": address if user.has_perm(_DECIDE) else "",
    }


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


def _send(one: SanctionsList, by: User, file: Any, may_shrink: bool) -> str:
    uploads.send_file(to=one, upload=file, may_shrink=may_shrink, by=by)
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

    class Media:
        css = {"all": ("derisk/staff.css",)}

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

    list_display = ("name", "of_list", "state_name", "outcome", "sent_at", "sent_by")
    list_display_links = None
    list_select_related = ("of_list", "sent_by")
    list_filter = ("state", "of_list")
    ordering = ("-sent_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SanctionsFile]:
        """Without the bytes, which may be many."""
        return super().get_queryset(request).defer("body")

    @display(
        description="State", ordering="state", label={"refused": "danger", "loaded": "success"}
    )
    def state_name(self, one: SanctionsFile) -> str:
        """How it stands."""
        return one.get_state_display()


def _quality(name: SanctionsName) -> int:
    return SanctionsName.Quality.values.index(name.quality)


@admin.register(SanctionsEntry)
class SanctionsEntryAdmin(ReadOnlyAdmin):
    """Who and what is listed. A search compares names as a screening does."""

    list_display = ("name", "kind_name", "of_list", "reference", "where", "listed_on")
    list_select_related = ("of_list",)
    list_filter = ("of_list", "kind")
    search_fields = ("name",)
    search_help_text = (
        "A name in any script and order: found by how it is written and how it sounds."
    )
    ordering = ("name", "pk")
    change_form_outer_before_template = "intake/admin/sanctions_entry.html"

    class Media:
        css = {"all": ("derisk/staff.css",)}

    def get_fieldsets(self, request: HttpRequest, obj: SanctionsEntry | None = None) -> list[Any]:
        """None: the page has everything already, in words."""
        return []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SanctionsEntry], search_term: str
    ) -> tuple[QuerySet[SanctionsEntry], bool]:
        """Names that are like it, by the indexes of names."""
        if not search_term.strip():
            return queryset, False
        both = (finding.asked(of, search_term) for of in ("contact", "organisation"))
        return queryset.filter(pk__in=finding.like([one for one in both if one])), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """With its names, and its countries by name."""
        entry = kwargs.get("obj")
        if entry is not None:
            context |= {
                "entry": entry,
                "names": sorted(entry.names.order_by("pk"), key=_quality),
                "countries": self.where(entry),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Kind", ordering="kind")
    def kind_name(self, entry: SanctionsEntry) -> str:
        """A person, a body or a vessel."""
        return entry.get_kind_display()

    @admin.display(description="Countries")
    def where(self, entry: SanctionsEntry) -> str:
        """Countries that the list names with it."""
        return ", ".join(geography.country_name(code, "en") for code in entry.countries)
