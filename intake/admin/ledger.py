"""The credit ledger, to read: what each adviser has now, and every line that made it so."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import F, Func, QuerySet, TextField, Value
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin
from intake.models import Adviser, CreditEntry, Lead

_FEW = 30  # balances that are seen at once


class AdviserFilter(admin.SimpleListFilter):
    """Lines of one adviser."""

    title = "adviser"
    parameter_name = "adviser"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = Adviser.objects.select_related("user").order_by("user__full_name", "pk")
        return [(str(one.pk), str(one)) for one in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(adviser=self.value()) if self.value() in known else queryset


class _CreditThen(Func):
    """What the line's adviser had after its decision, as that one recorded it."""

    template = "(jsonb_path_query_first(%(expressions)s) #>> '{}')"
    output_field = TextField()

    def __init__(self) -> None:
        whose = Func(Value("one"), F("adviser_id"), function="jsonb_build_object")
        path = Value("$[*] ? (@.adviser == $one).credit_after")
        super().__init__(F("decision__candidates"), path, whose)


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin):
    """Balances above, lines below: of leads that whoever looks may see."""

    list_display = ("decided", "lead", "adviser", "what", "moved", "then")
    fields = readonly_fields = list_display
    list_filter = (AdviserFilter,)
    list_before_template = "intake/admin/ledger.html"
    ordering = ("-pk",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditEntry]:
        assert isinstance(request.user, User)
        seen = Lead.objects.visible_to(request.user).values("pk")
        lines = super().get_queryset(request).filter(decision__lead__in=seen)
        return (
            lines.select_related("decision__lead", "adviser__user")
            .defer("decision__inputs", "decision__candidates")
            .annotate(credit_then=_CreditThen())
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The lines, with what everybody has above."""
        advisers = list(Adviser.objects.select_related("user").order_by("-credit", "pk"))
        more = {
            "title": "Credit",
            "first_balances": advisers[:_FEW],
            "other_balances": advisers[_FEW:],
            "total": sum((one.credit for one in advisers), Decimal(0)),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    @admin.display(description="Decided")
    def decided(self, line: CreditEntry) -> str:
        """When, in UTC."""
        return f"{line.decision.decided_at:%d %b %Y, %H:%M} UTC"

    @admin.display(description="Lead")
    def lead(self, line: CreditEntry) -> str:
        """Its reference, and the way to why it went there."""
        address = reverse("admin:intake_lead_change", args=[line.decision.lead_id])
        reference = line.decision.lead.reference
        return format_html('<a class="staff-link" href="{}">{}</a>', address, reference)

    @admin.display(description="What happened")
    def what(self, line: CreditEntry) -> str:
        """Why the credit moved."""
        if line.adviser_id == line.decision.chosen_id:
            return "got the lead, and paid what was handed out"
        return "was there, and another got it"

    @admin.display(description="Credit")
    def moved(self, line: CreditEntry) -> str:
        """By how much."""
        return f"{line.amount:+}".replace("-", "−")

    @admin.display(description="Then had")
    def then(self, line: Any) -> str:
        """What they had after it."""
        return str(line.credit_then or "").replace("-", "−")
