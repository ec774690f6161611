"""The lead's page: what the client sent, why it is whose, what happened, what was written."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from unfold.decorators import display

from accounts import hiding
from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb
from intake import after_sending, lead_search, scanning, undelivered
from intake.admin.consents import ConsentsAdmin
from intake.admin.deadlines import DeadlineFilter, DueColumn, deadlines_context
from intake.admin.decisions import TRY, DecisionsAdmin, explained, why_unrouted
from intake.admin.enquiry_facts import country_names, enquiry_facts
from intake.admin.hand_over import HandOverAdmin
from intake.admin.holds import holds_context
from intake.admin.lead_people import is_visible_through_its_target, people_context
from intake.admin.lead_verbs import LEAD_VERBS
from intake.admin.merging import MergingAdmin
from intake.admin.quarantine import screening_context
from intake.admin.reaching import REACHING_VERBS
from intake.admin.sanctions_deciding import sanctions_context
from intake.admin.sources import SourcesAdmin
from intake.admin.suggestions import SuggestionsAdmin, suggestions_context
from intake.admin.whose import WhoseFilter, is_only_offered, owners_context
from intake.models import Activity, Adviser, Attachment, Lead, Priority
from intake.models.lead_queryset import LeadQuerySet
from mail.models import Message


class OwnerFilter(admin.RelatedOnlyFieldListFilter):
    """Owners of the leads that the user may see, in one statement; Django's own asks for each name by itself.

    For those who see all; others see leads of few owners, and ask whose.
    """

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        if not request.user.has_perm("intake.view_all_leads"):
            return []
        owned = model_admin.get_queryset(request).filter(owner=OuterRef("pk")).order_by()
        owners = Adviser.objects.filter(Exists(owned)).select_related("user")
        return [(str(owner.pk), str(owner)) for owner in owners.order_by("user__full_name", "pk")]


@admin.register(Lead)
class LeadAdmin(
    HandOverAdmin,
    SourcesAdmin,
    DueColumn,
    DecisionsAdmin,
    SuggestionsAdmin,
    MergingAdmin,
    ConsentsAdmin,
    ReadOnlyAdmin,
):
    """Requests that somebody must answer: one's own, or all for those who may see all."""

    verbs = LEAD_VERBS
    change_form_outer_before_template = "intake/admin/lead.html"
    list_display = (
        "reference",
        "client",
        "status_name",
        "priority_name",
        "due",
        "whose",
        "about",
        "created_at",
    )
    list_filter = (
        "status",
        "priority",
        DeadlineFilter,
        WhoseFilter,
        "language",
        ("owner", OwnerFilter),
    )
    search_fields = ("words__who", "words__words")
    search_help_text = "Name, address, organisation, reference, or words of the request."
    ordering = ("-created_at", "-pk")
    sortable_by = ("reference", "due", "created_at")  # each by an index

    def get_fieldsets(self, request: HttpRequest, obj: Lead | None = None) -> list[Any]:
        """None: the page has everything already, in words. (No `fields` would mean all.)"""
        return []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        assert isinstance(request.user, User)
        rows = Lead.objects.visible_to(request.user).with_page_data()
        return rows.order_by(*self.ordering)  # for choices of leads, too

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lead], search_term: str
    ) -> tuple[QuerySet[Lead], bool]:
        """By what is kept for it, see `intake.lead_search`."""
        assert isinstance(queryset, LeadQuerySet)
        return lead_search.find(queryset, search_term), False

    @admin.display(description="Client")
    def client(self, lead: Lead) -> str:
        """Name and organisation as the client gave them."""
        enquiry = lead.enquiry
        return (
            f"{enquiry.full_name}, {enquiry.organisation}"
            if enquiry.organisation
            else enquiry.full_name
        )

    @admin.display(description="Status")
    def status_name(self, lead: Lead) -> str:
        """The status in words."""
        if lead.merged_into is not None:
            return f"merged into {lead.merged_into}"
        return lead.get_status_display()

    @display(description="Priority", label={"Urgent": "danger"})
    def priority_name(self, lead: Lead) -> str:
        """Said only when it is not the usual one."""
        return "Urgent" if lead.priority == Priority.URGENT else ""

    @admin.display(description="Countries")
    def about(self, lead: Lead) -> str:
        """Countries that it concerns."""
        return country_names(lead.countries)

    def get_urls(self) -> list[URLPattern]:
        """Downloads of what clients sent, besides the usual."""
        view = self.admin_site.admin_view(self.attachment)
        page = path(
            "<int:pk>/attachments/<int:attachment_pk>/",
            view,
            name="intake_lead_attachment",
        )
        return [page, *super().get_urls()]

    def attachment(self, request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
        """A client's file, as a download that no browser runs, for whoever may see the lead; not one held back."""
        lead = Lead.objects.with_page_data().filter(pk=pk).first()
        assert isinstance(request.user, User)
        if lead and not is_visible_through_its_target(request.user, lead):
            raise Http404
        found = lead and lead.enquiry.attachments.filter(pk=attachment_pk).first()
        if not found:
            raise Http404
        if reason := scanning.why_held_back(found):
            self.message_user(request, f"“{found.name}” is held back. {reason}", messages.ERROR)
            return self._back(lead)
        response = HttpResponse(bytes(found.body), content_type=found.content_type)
        response["Content-Disposition"] = (
            content_disposition_header(True, found.name) or "attachment"
        )
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store, private"
        return response

    def page_context(self, request: HttpRequest, obj: Lead) -> dict[str, Any]:
        """Everything about one lead, on one page."""
        activities = list(
            Activity.objects.filter(lead=obj).select_related("by").order_by("-happened_at", "-pk")
        )
        assert isinstance(request.user, User)
        happened = {activity.kind for activity in activities}
        people = people_context(request.user, obj, activities)
        hidden = hiding.hidden_in(request)
        for activity in people["activities"] if hidden else ():
            activity.text = hidden.censored(activity.text)
        return (
            suggestions_context(request.user, obj)
            | sanctions_context(request.user, obj)
            | screening_context(obj, hidden)
            | deadlines_context(request.user, obj)
            | holds_context(request.user, obj, activities)
            | people
            | owners_context(obj, happened)
            | _sent(obj)
            | _since_then(obj, happened)
            | _mails(request.user, obj, people["merged_leads"])
            | {
                "lead": obj,
                "privacy_links": self.privacy_links(request, obj),
                "reaching": self._reaching(request, obj),
                "decisions": explained(obj, request.user),
                "why_unrouted": why_unrouted(obj),
                "may_try": request.user.has_perm(TRY),
                "may_work": request.user.has_perm("intake.change_lead")
                and not is_only_offered(request, obj),
            }
        )

    def _reaching(self, request: HttpRequest, lead: Lead) -> dict[str, Verb]:
        """What this user may do now about a client whom mail does not reach, by name."""
        names = {verb.name for verb in REACHING_VERBS}
        return {one.name: one for one in self.offered(request, lead) if one.name in names}


def _sent(lead: Lead) -> dict[str, Any]:
    """What the client sent."""
    files = lead.enquiry.attachments.filter(addition=None)
    return {
        "enquiry": lead.enquiry,
        "facts": enquiry_facts(lead.enquiry),
        "files": files.select_related("scan").defer("body").order_by("pk"),
    }


def _mails(user: User, lead: Lead, merged: Iterable[Lead]) -> dict[str, Any]:
    """What was written to the client, and whether mail reaches them."""
    references = (lead.reference, *(one.reference for one in merged))
    return {
        "messages_sent": Message.objects.about(*references),
        "can_read_messages": user.has_perm("mail.view_message"),
        "unreachable": undelivered.mark_of(lead),
    }


def _since_then(lead: Lead, happened: set[str]) -> dict[str, Any]:
    """What the client added and corrected; most did neither, which the timeline tells without asking."""
    files = Prefetch("attachments", Attachment.objects.select_related("scan").defer("body"))
    added, corrected = Activity.Kind.CLIENT_ADDED, happened & {*after_sending.CORRECTED}
    return {
        "additions": lead.additions.order_by("pk").prefetch_related(files)
        if added in happened
        else [],
        "correction": lead.corrections.select_related("by").order_by("-pk").first()
        if corrected
        else None,
    }
