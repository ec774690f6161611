"""What is held: the list, the page with what was found, the decision, and the box on the lead's page."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin, VerbForm
from intake import holding, lead_search, watching
from intake.admin.reason_field import why
from intake.models import Activity, ConflictCheck, Hold, HoldKind, Lead
from intake.seeing import of_visible_leads

Decision = Hold.Decision
_OPEN_LONG = 4 * 3600
_CHOICES = (
    (Decision.UNFOUNDED, "Somebody else of that name: it goes on, and walls that it raised are lifted"),
    (Decision.PROCEED, "Known and accepted: it goes on; whoever works for the other side stays walled"),
    (Decision.WITHOUT, "It goes on without these advisers as well:"),
    (Decision.REFUSE, "Refused: the request is closed"),
)  # fmt: skip


class DecisionForm(VerbForm):
    """What becomes of it, without whom, and why."""

    beside = "intake/admin/hold_found.html"
    decision = forms.ChoiceField(
        label="Decision",
        choices=_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of it."},
    )
    without = forms.ModelMultipleChoiceField(
        label="Without",
        required=False,
        queryset=User.objects.filter(adviser__isnull=False, is_active=True).order_by("full_name"),
        widget=forms.CheckboxSelectMultiple,
        help_text="They are walled from the request.",
    )
    reason = why()


def _decide(hold: Hold, by: User, decision: str, without: Any, reason: str) -> None:
    holding.decide(
        hold=hold, by=by, decision=Decision(decision), reason=reason, without=list(without)
    )


class DecisionFilter(admin.SimpleListFilter):
    """First of all what is still to be decided."""

    title = "decision"
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        decided = [(value, label) for value, label in Decision.choices if value != Decision.OPEN]
        return [*decided, ("all", "all")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for number, choice in enumerate(super().choices(changelist)):
            yield choice if number else choice | {"display": Decision.OPEN.label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Hold]) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(decision=self.value() or Decision.OPEN)


def holds_visible_to(user: User) -> QuerySet[Hold]:
    """Of leads that the user may see, and not against an engagement that they are walled from."""
    names_walled = RawSQL(
        "EXISTS (SELECT FROM walled_engagements(%s) w(id) WHERE intake_hold.matches @>"
        " jsonb_build_array(jsonb_build_object('engagement', w.id)))",
        [user.pk],
        output_field=BooleanField(),
    )
    rows = of_visible_leads(Hold.objects.all(), user)
    return rows.annotate(names_walled=names_walled).filter(names_walled=False)


@admin.register(Hold)
class HoldAdmin(VerbAdmin, ReadOnlyAdmin):
    """Requests that wait for a decision."""

    empty_words = "Nothing waits for a decision."
    # About a name on a list it is decided on the lead's page, beside the list's entry.
    verbs = (
        Verb(
            "decide", "Decide", _decide,
            lambda hold: hold.kind == HoldKind.CONFLICT and hold.decision == Decision.OPEN,
            holding.PERMISSIONS[HoldKind.CONFLICT], "Decided.", DecisionForm, is_main=True,
        ),
    )  # fmt: skip
    change_form_outer_before_template = "intake/admin/hold.html"
    list_display = ("lead", "who_asks", "kind", "waits", "reviewer")
    list_filter = (DecisionFilter, "kind")
    search_fields = ("lead__words",)
    search_help_text = "Name, address, organisation, reference, or words of the request."
    ordering = ("-opened_at", "-pk")
    sortable_by = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Hold], search_term: str
    ) -> tuple[QuerySet[Hold], bool]:
        """As in the list of leads."""
        return lead_search.of_leads(queryset, search_term), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        assert isinstance(request.user, User)
        rows = holds_visible_to(request.user)
        return rows.select_related("lead__enquiry", "reviewer", "decided_by")

    def get_list_display(self, request: HttpRequest) -> Any:
        """What was decided, unless only what is still to be decided is listed."""
        if DecisionFilter.parameter_name not in request.GET:
            return self.list_display
        return (*self.list_display, "decision_name", "decided_by", "decided_at")

    def get_fieldsets(self, request: HttpRequest, obj: Hold | None = None) -> list[Any]:
        """None: the page has everything already, in words."""
        return []

    @admin.display(description="Client")
    def who_asks(self, hold: Hold) -> str:
        """As the list of leads names them."""
        enquiry = hold.lead.enquiry
        return ", ".join(filter(None, (enquiry.full_name, enquiry.organisation)))

    @display(description="Waits", label={"late": "danger", "open": "warning"})
    def waits(self, hold: Hold) -> tuple[str, str]:
        """For how long, while nobody has decided."""
        if hold.decision != Decision.OPEN:
            return "", ""
        seconds = (timezone.now() - hold.opened_at).total_seconds()
        return "late" if seconds > _OPEN_LONG else "open", watching.in_words(seconds)

    @admin.display(description="Decision", ordering="decision")
    def decision_name(self, hold: Hold) -> str:
        """In words."""
        return hold.get_decision_display()

    def page_context(self, request: HttpRequest, obj: Hold) -> dict[str, Any]:
        """What was found, and the ways to the request and to where it is decided."""
        lead_page = reverse("admin:intake_lead_change", args=[obj.lead_id])
        return {
            "hold": obj,
            "lead_page": lead_page,
            "decide_on_lead": _decide_on_lead(request, obj),
        }


def _decide_on_lead(request: HttpRequest, hold: Hold) -> str:
    """Where a possible match is decided, for who may; empty for anything else."""
    is_open = hold.kind == HoldKind.SANCTIONS and hold.decision == Decision.OPEN
    may = request.user.has_perm(holding.PERMISSIONS[HoldKind.SANCTIONS])
    if not (is_open and may):
        return ""
    return reverse("admin:intake_lead_verb", args=[hold.lead_id, "decide-sanctions"])


def holds_context(user: User, lead: Lead, activities: list[Activity]) -> dict[str, Any]:
    """For the lead's page: its conflicts, for those who may read them with what was found. Most leads have none, which
    the timeline tells without asking."""
    reads = user.has_perm("intake.view_hold")
    happened = {one.kind for one in activities}
    rows: list[Hold] = []
    if Activity.Kind.HELD in happened:
        seen = holds_visible_to(user) if reads else Hold.objects.filter(lead=lead)
        rows = list(seen.filter(lead=lead).select_related("reviewer", "decided_by").order_by("-pk"))
    check = ConflictCheck.objects.filter(lead=lead).first() if reads else None
    return {"holds": rows, "may_read_holds": reads, "conflict_check": check}
