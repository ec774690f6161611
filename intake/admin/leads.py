"""The lead's page: what the client sent, why it is whose, what happened, what was written; and the verbs."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from unfold.decorators import display

from accounts import hiding
from accounts.form_fields import LongTextField
from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb
from briefs import geography
from intake import lead_search, leads, scanning, undelivered
from intake.admin.consents import ConsentsAdmin
from intake.admin.deadlines import (
    DEADLINE_VERBS,
    DeadlineFilter,
    DueColumn,
    deadlines_context,
)
from intake.admin.decisions import TRY, DecisionsAdmin, explained, why_unrouted
from intake.admin.hand_over import (
    HAND_OVER_VERBS,
    HandOverAdmin,
)
from intake.admin.holds import holds_context
from intake.admin.lead_people import is_visible_through_its_target, people_context
from intake.admin.merging import MergingAdmin, undo_verb
from intake.admin.privacy_verbs import LEAD_VERBS as PRIVACY_VERBS
from intake.admin.quarantine import QUARANTINE_VERBS, screening_context
from intake.admin.register import ENGAGE
from intake.admin.sanctions_deciding import SANCTIONS_VERBS, sanctions_context
from intake.admin.sources import SourcesAdmin
from intake.admin.suggestions import SuggestionsAdmin, suggestions_context
from intake.admin.whose import WhoseFilter, is_only_offered, owners_context
from intake.attribution import UTM
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.models import (
    MOVES,
    Activity,
    Adviser,
    Attachment,
    Enquiry,
    Lead,
    Priority,
    RecordKind,
    Status,
)
from intake.models.lead import LeadQuerySet
from intake.sent_answers import actor_names
from mail.models import Message


class ReasonForm(forms.Form):
    """Why, in the words of whoever decides."""

    reason = LongTextField(label="Why?", limit=5000, widget=forms.Textarea(attrs={"rows": 4}))


class NoteForm(forms.Form):
    """A note for the timeline."""

    text = LongTextField(label="Note", limit=20_000, widget=forms.Textarea(attrs={"rows": 6}))


def _can_become(status: Status) -> Any:
    return lambda lead: status in MOVES[lead.status]


def _may_be_disqualified(lead: Lead) -> bool:
    """What is held back is released or called spam instead, so that the rate of false alarms stays true."""
    return lead.status != Status.QUARANTINED and Status.DISQUALIFIED in MOVES[lead.status]


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


LEAD_VERBS: tuple[Verb, ...] = (
    *QUARANTINE_VERBS,
    *SANCTIONS_VERBS,
    Verb(
        "contact", "Mark as contacted", lambda lead, by: leads.contact_lead(lead=lead, by=by),
        _can_become(Status.CONTACTED), "intake.change_lead", "Noted that the client was reached.",
    ),
    Verb(
        "qualify", "Qualify", lambda lead, by: leads.qualify_lead(lead=lead, by=by),
        _can_become(Status.QUALIFIED), "intake.change_lead", "The lead is qualified.",
    ),
    Verb(
        "note", "Add a note", lambda lead, by, text: leads.add_note(lead=lead, by=by, text=text),
        lambda lead: lead.erased_at is None, "intake.change_lead", "The note is on the timeline.", NoteForm,
    ),
    *DEADLINE_VERBS,
    *HAND_OVER_VERBS,
    Verb(
        "lose", "Mark as lost", lambda lead, by, reason: leads.lose_lead(lead=lead, by=by, reason=reason),
        _can_become(Status.LOST), "intake.change_lead", "The lead is lost.", ReasonForm,
    ),
    Verb(
        "disqualify", "Disqualify",
        lambda lead, by, reason: leads.disqualify_lead(lead=lead, by=by, reason=reason),
        _may_be_disqualified, "intake.change_lead", "The lead is closed.", ReasonForm,
    ),
    ENGAGE,
    undo_verb(RecordKind.LEAD),
    *PRIVACY_VERBS,
)  # fmt: skip


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

    class Media:
        css = {"all": ("derisk/staff.css",)}

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
        since = _since_then(obj, happened)
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
            | since
            | owners_context(obj, happened)
            | {
                "lead": obj,
                "privacy_links": self.privacy_links(request, obj),
                "enquiry": obj.enquiry,
                "facts": enquiry_facts(obj.enquiry),
                "files": obj.enquiry.attachments.filter(addition=None)
                .select_related("scan")
                .defer("body")
                .order_by("pk"),
                "decisions": explained(obj, request.user),
                "why_unrouted": why_unrouted(obj),
                "may_try": request.user.has_perm(TRY),
                "unreachable": undelivered.mark_of(obj),
                "messages_sent": Message.objects.about(
                    obj.reference, *(one.reference for one in people["merged_leads"])
                ),
                "may_work": request.user.has_perm("intake.change_lead")
                and not is_only_offered(request, obj),
                "can_read_messages": request.user.has_perm("mail.view_message"),
            }
        )


def _since_then(lead: Lead, happened: set[str]) -> dict[str, Any]:
    """What the client added and corrected; most did neither, which the timeline tells without asking."""
    files = Prefetch("attachments", Attachment.objects.select_related("scan").defer("body"))
    added, corrected = Activity.Kind.CLIENT_ADDED, Activity.Kind.CLIENT_CORRECTED
    return {
        "additions": lead.additions.order_by("pk").prefetch_related(files)
        if added in happened
        else [],
        "correction": lead.corrections.order_by("-pk").first() if corrected in happened else None,
    }


def country_names(codes: list[str]) -> str:
    """The English names of country codes, comma-separated."""
    return ", ".join(geography.country_name(code, "en") for code in codes)


def _touched(enquiry: Enquiry, which: str) -> str:
    """A brief that the client came by, and where its link stood."""
    brief = getattr(enquiry, f"{which}_brief")
    if brief is None:
        return ""
    number = getattr(enquiry, f"{which}_version")
    section = getattr(enquiry, f"get_{which}_section_display")()
    return f"{brief.title} ({brief.reference or 'no reference'}, version {number}, {section})"


def enquiry_facts(enquiry: Enquiry) -> list[tuple[str, str]]:
    """The optional fields that the client filled in, with their labels."""
    facts = [
        ("Organisation", enquiry.organisation),
        ("Job title", enquiry.job_title),
        ("E-mail", enquiry.email),
        ("Phone", enquiry.phone),
        ("Where they are", country_names([enquiry.country]) if enquiry.country else ""),
        ("Countries of interest", country_names(enquiry.countries_of_interest)),
        ("Groups of interest", ", ".join(actor_names(enquiry.actors))),
        ("Services", ", ".join(str(Service(s).label) for s in enquiry.services)),
        (
            "Timeframe",
            str(Timeframe(enquiry.timeframe).label) if enquiry.timeframe else "",
        ),
        ("Budget", str(Budget(enquiry.budget).label) if enquiry.budget else ""),
        ("Language", str(Language(enquiry.language).label) if enquiry.language else ""),
        ("Language of the page", str(Language(enquiry.consent_language).label)),
        ("Channel", enquiry.get_channel_display()),
        ("Through the website", enquiry.api_key.name if enquiry.api_key else ""),
        ("First brief", _touched(enquiry, "first")),
        ("Last brief", _touched(enquiry, "last")),
        ("Campaign", ", ".join(v for name in UTM if (v := getattr(enquiry, name)))),
        ("Led here by", enquiry.referrer_host),
        ("Network", enquiry.network),
        ("Browser", enquiry.user_agent),
        ("Languages of the browser", enquiry.accept_language),
        ("Sent from pages of", enquiry.origin.removeprefix("null")),  # null: it names none
    ]
    return [(label, value) for label, value in facts if value]
