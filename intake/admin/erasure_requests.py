"""Who asked to be erased, in the staff screens."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, VerbAdmin
from intake.admin.privacy_verbs import REQUEST_VERBS, is_open
from intake.models import (
    ErasureRequest,
    Lead,
)


@admin.register(ErasureRequest)
class ErasureRequestAdmin(VerbAdmin, ReadOnlyAdmin):
    """Who asked to be erased, and by when the law wants an answer: one month."""

    empty_words = "No client has asked to be erased."
    verbs = REQUEST_VERBS
    list_display = ("lead", "asked_at", "due", "state_name", "answered_at", "answered_by")
    list_filter = ("state",)
    list_select_related = ("lead", "answered_by", "erasure")
    search_fields = ("lead__reference",)
    ordering = ("-state", "asked_at", "pk")  # open, done or refused: the open ones are sought first
    fields = (
        "lead_link",
        "asked_at",
        "due",
        "state_name",
        "answer",
        "answered_at",
        "answered_by",
        "erasure",
    )
    readonly_fields = ("lead_link", "due", "state_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErasureRequest]:
        assert isinstance(request.user, User)
        rows = super().get_queryset(request).select_related("lead__contact", "lead__enquiry")
        return rows.filter(lead__in=Lead.objects.visible_to(request.user))

    @admin.display(description="Answer by", ordering="asked_at")
    def due(self, row: ErasureRequest) -> str:
        """The last day, and that it is over."""
        late = is_open(row) and row.due_on < timezone.localdate()
        return f"{row.due_on:%d %B %Y}" + (" (overdue)" if late else "")

    @display(
        description="State",
        ordering="state",
        label={"to be answered": "warning", "erased": "success", "refused": "info"},
    )
    def state_name(self, row: ErasureRequest) -> str:
        """How it stands."""
        return row.get_state_display()

    @admin.display(description="Request")
    def lead_link(self, row: ErasureRequest) -> str:
        """The way to the lead."""
        address = reverse("admin:intake_lead_change", args=[row.lead_id])
        return format_html('<a href="{}">{}</a>', address, row.lead)
