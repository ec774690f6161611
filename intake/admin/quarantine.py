"""The quarantine: what was held back and why, one click to release it, and how often that was right."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from accounts.form_fields import LongTextField
from accounts.hiding import Hidden
from accounts.models import User
from accounts.numbers import counted
from accounts.staff_screens import ReadOnlyAdmin, Verb
from intake import lead_search, quarantine
from intake.models import Lead, Priority, Quarantine, Screening, Status
from intake.quarantine import PERMISSION, Outcome
from intake.seeing import of_visible_leads


class SpamForm(forms.Form):
    """Why it is spam."""

    reason = LongTextField(label="Why?", limit=5000, widget=forms.Textarea(attrs={"rows": 3}))


class ManySpamForm(SpamForm):
    """Why all of these are spam; the list posts it to itself once more."""

    intro: Sequence[str] = ()
    action = forms.CharField(widget=forms.HiddenInput)
    _selected_action = forms.Field(widget=forms.MultipleHiddenInput)


def _may_be_released(lead: Lead) -> bool:
    if lead.erased_at:
        return False
    if lead.status != Status.DISQUALIFIED:
        return lead.status == Status.QUARANTINED
    closed = (Outcome.SPAM, Outcome.EXPIRED)
    return Quarantine.objects.filter(lead=lead, outcome__in=closed).exists()


QUARANTINE_VERBS: tuple[Verb, ...] = (
    Verb(
        "release", "Release", lambda lead, by: quarantine.release_lead(lead=lead, by=by) and None,
        _may_be_released, PERMISSION, "Released: it goes on as any other request.", is_main=True,
    ),
    Verb(
        "spam", "Call it spam",
        lambda lead, by, reason: quarantine.call_spam(lead=lead, by=by, reason=reason) and None,
        lambda lead: lead.status == Status.QUARANTINED, PERMISSION, "Closed as spam.", SpamForm,
    ),
)  # fmt: skip


def screening_context(lead: Lead, hidden: Hidden) -> dict[str, Any]:
    """For the lead's page: its score, item by item, and how its quarantine stands; one statement."""
    screening = Screening.objects.filter(lead=lead).select_related("lead__quarantine").first()
    held = getattr(screening.lead, "quarantine", None) if screening else None
    for item in screening.items if screening and hidden else ():
        item["evidence"] = hidden.censored(item["evidence"])
    return {"screening": screening, "quarantine": held}


class OutcomeFilter(admin.SimpleListFilter):
    """What became of it; first of all what is still held back."""

    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        ended = [(value, label) for value, label in Outcome.choices if value != Outcome.OPEN]
        return [*ended, ("all", "all")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for number, choice in enumerate(super().choices(changelist)):
            yield choice if number else choice | {"display": Outcome.OPEN.label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Quarantine]) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(outcome=self.value() or Outcome.OPEN)


@admin.register(Quarantine)
class QuarantineAdmin(ReadOnlyAdmin):
    """Requests that were held back. The page of each is its lead's."""

    empty_words = "Nothing is held back."
    list_display = (
        "reference", "client", "priority_name", "score", "why", "held_at", "outcome_name", "release",
    )  # fmt: skip
    list_display_links = None
    list_filter = (OutcomeFilter,)
    list_before_template = "intake/admin/quarantine.html"
    search_fields = ("lead__words",)
    search_help_text = "Name, address, organisation, reference, or words of the request."
    ordering = ("-held_at", "-pk")
    sortable_by = ()
    actions = ("release_chosen", "call_chosen_spam")

    def get_ordering(self, request: HttpRequest) -> Any:
        """Of what is still held back the urgent first; all others, which are many, by when they were."""
        if OutcomeFilter.parameter_name in request.GET:
            return self.ordering
        return ("-lead__priority", *self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Quarantine], search_term: str
    ) -> tuple[QuerySet[Quarantine], bool]:
        """As in the list of leads."""
        return lead_search.of_leads(queryset, search_term), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quarantine]:
        assert isinstance(request.user, User)
        rows = of_visible_leads(super().get_queryset(request), request.user)
        return rows.select_related("lead__enquiry", "lead__screening")

    @admin.display(description="Reference", ordering="lead__reference")
    def reference(self, row: Quarantine) -> str:
        """Leads to the request."""
        address = reverse("admin:intake_lead_change", args=[row.lead_id])
        return format_html('<a class="staff-link" href="{}">{}</a>', address, row.lead.reference)

    @admin.display(description="Client")
    def client(self, row: Quarantine) -> str:
        """As the client gave it."""
        return row.lead.enquiry.full_name

    @display(description="Priority", label={"Urgent": "danger"})
    def priority_name(self, row: Quarantine) -> str:
        """Said only when it is not the usual one."""
        return "Urgent" if row.lead.priority == Priority.URGENT else ""

    @admin.display(description="Score", ordering="lead__screening__score")
    def score(self, row: Quarantine) -> str:
        """Of which line."""
        return str(_screening(row) or "")

    @admin.display(description="Why")
    def why(self, row: Quarantine) -> str:
        """The layers with their points, the heaviest first; the lead's page says what shows each."""
        items = screening.items if (screening := _screening(row)) else []
        heaviest = sorted(items, key=lambda item: -item["points"])
        return ", ".join(f"{item['what'].replace('_', ' ')} {item['points']}" for item in heaviest)

    @admin.display(description="Outcome", ordering="outcome")
    def outcome_name(self, row: Quarantine) -> str:
        """In words; and whether it would have been closed by now."""
        would = row.would_expire_at and row.outcome == Outcome.OPEN
        return f"{row.get_outcome_display()}{' (would be closed by now)' if would else ''}"

    @admin.display(description="")
    def release(self, row: Quarantine) -> str:
        """One click. The list is one form already, so that the button names its own address."""
        may_end = (Outcome.OPEN, Outcome.SPAM, Outcome.EXPIRED)
        if row.outcome not in may_end or row.lead.erased_at:
            return ""
        address = reverse("admin:intake_quarantine_release", args=[row.pk])
        return format_html(
            '<button class="staff-button small" type="submit" formaction="{}" aria-label="Release {}">Release</button>',
            address,
            row.lead.reference,
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        """The button for those who may press it."""
        shown = super().get_list_display(request)
        return shown if self.has_decide_permission(request) else shown[:-1]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether this user may release and call spam."""
        return request.user.has_perm(PERMISSION)

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses and the one of the button."""
        view = self.admin_site.admin_view(self.release_view)
        return [
            path("<int:pk>/release/", view, name="intake_quarantine_release"),
            *super().get_urls(),
        ]

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Release one and come back to the list."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._each(request, self.get_queryset(request).filter(pk=pk), _release, "released")
        return HttpResponseRedirect(reverse("admin:intake_quarantine_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page of what is held back is its lead's."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:intake_lead_change", args=[row.lead_id]))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, below what became of the last weeks' requests."""
        weeks = self.get_queryset(request).select_related(None).by_week()  # type: ignore[attr-defined]
        return super().changelist_view(request, {"weeks": weeks, **(extra_context or {})})

    @admin.action(description="Release", permissions=["decide"])
    def release_chosen(self, request: HttpRequest, queryset: QuerySet[Quarantine]) -> None:
        """Release each."""
        self._each(request, queryset, _release, "released")

    @admin.action(description="Call spam", permissions=["decide"])
    def call_chosen_spam(
        self, request: HttpRequest, queryset: QuerySet[Quarantine]
    ) -> HttpResponse | None:
        """Ask why, then close each as spam."""
        form = ManySpamForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            self._each(
                request,
                queryset,
                lambda row, by: quarantine.call_spam(lead=row.lead, by=by, reason=reason),
                "closed as spam",
            )
            return None
        rows = list(queryset)
        if not form.is_bound:
            pks = [row.pk for row in rows]
            form = ManySpamForm(initial={"action": "call_chosen_spam", "_selected_action": pks})
        form.intro = [f"Spam: {', '.join(row.lead.reference for row in rows)}."]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Call {counted(len(rows), 'request')} spam",
            "opts": self.opts,
            "verb": {"label": "Call spam"},
            "form": form,
            "back_url": reverse("admin:intake_quarantine_changelist"),
        }
        return TemplateResponse(request, "accounts/admin/verb_form.html", context)

    def _each(
        self,
        request: HttpRequest,
        rows: QuerySet[Quarantine],
        call: Callable[[Quarantine, User], Any],
        done: str,
    ) -> None:
        """Call the verb on each and say for how many that worked; what is refused stops no other."""
        assert isinstance(request.user, User)
        worked = 0
        for row in rows:
            try:
                call(row, request.user)
                worked += 1
            except ValidationError as error:
                text = f"{row.lead.reference}: {error.messages[0]}"
                self.message_user(request, text, messages.WARNING)
        if worked:
            self.message_user(request, f"{counted(worked, 'request')} {done}.", messages.SUCCESS)


def _release(row: Quarantine, by: User) -> Lead:
    return quarantine.release_lead(lead=row.lead, by=by)


def _screening(row: Quarantine) -> Screening | None:
    return getattr(row.lead, "screening", None)
