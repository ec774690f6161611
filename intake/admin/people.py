"""Contacts and organisations: who they are, what they asked, whom they may be the same as."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin
from intake import people_search
from intake.admin import privacy_verbs
from intake.admin.consents import ConsentsAdmin
from intake.admin.merging import (
    MergingAdmin,
    merged_here,
    merging_context,
    page_of,
    suggested,
    undo_verb,
)
from intake.models import Contact, ContactCorrection, Lead, Organisation, RecordKind
from mail import addresses

_MOST_SHOWN = 20


class PeopleAdmin(MergingAdmin, ReadOnlyAdmin):
    """The page of a contact or an organisation, for those who may see one of its leads."""

    change_form_outer_before_template = "intake/admin/people.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        assert isinstance(request.user, User)
        people: Any = self.model.objects
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        sees = people.live_visible_to if is_list else people.visible_to
        rows = sees(request.user).order_by(*self.get_ordering(request))  # for choices of them, too
        return rows if is_list else rows.select_related("merged_into")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the trigrams of the names in Latin letters; of people also by the beginning of the address."""
        return people_search.find(queryset, search_term), False

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Its requests, what it may be the same as, and what was merged with it."""
        assert isinstance(request.user, User)
        leads = Lead.objects.visible_to(request.user).filter(**{self.opts.model_name: obj})
        return merging_context(request.user, obj) | {
            "record": obj,
            "leads": leads.select_related("enquiry").order_by("-pk")[:_MOST_SHOWN],
            "suggested": suggested(request.user, [obj]) if obj.merged_into_id is None else [],
            "merged": merged_here(obj),
            "merged_into_page": page_of(obj.merged_into) if obj.merged_into else "",
        }


@admin.register(Contact)
class ContactAdmin(PeopleAdmin, ConsentsAdmin):
    """People who wrote to the house: those behind the leads that the user may see."""

    list_display = ("full_name", "email", "organisation", "job_title", "created_at")
    list_select_related = ("organisation",)
    search_fields = ("full_name", "email_key", "organisation__name")
    search_help_text = "A part of the name or the organisation, or the beginning of the address."
    sortable_by = ("full_name",)
    ordering = ("full_name", "pk")
    fields = (
        "full_name", "email", "mail", "phone", "job_title", "organisation", "created_at", "agreed",
    )  # fmt: skip
    readonly_fields = ("agreed",)
    verbs = (undo_verb(RecordKind.CONTACT), *privacy_verbs.CONTACT_VERBS)

    @admin.display(description="Agreed to")
    def agreed(self, contact: Contact) -> str:
        """A way to the page that says it."""
        address = reverse("admin:intake_contact_consents", args=[contact.pk])
        return format_html('<a href="{}">What they agreed to, and when</a>', address)

    @admin.display(description="Mail")
    def mail(self, contact: Contact) -> str:
        """Whether mail reaches them, as far as we know."""
        mark = addresses.mark_of(contact.email)
        if mark is None:
            return "Nothing came back."
        return f"Does not arrive: {mark}, since {mark.since:%d %B %Y}. Call them."

    def page_context(self, request: HttpRequest, obj: Contact) -> dict[str, Any]:
        """Also whether the mailbox is shared, and how else they asked to be reached since."""
        assert isinstance(request.user, User)
        leads = Lead.objects.visible_to(request.user).filter(contact=obj)
        corrections = ContactCorrection.objects.filter(lead__in=leads).select_related("lead")
        last = corrections.order_by("-pk").first()
        context = {"is_shared": obj.is_shared, "corrected": last}
        return super().page_context(request, obj) | context


@admin.register(Organisation)
class OrganisationAdmin(PeopleAdmin):
    """Organisations behind the leads that the user may see."""

    verbs = (undo_verb(RecordKind.ORGANISATION),)
    list_display = ("name", "created_at")
    search_fields = ("name",)
    search_help_text = "A part of the name."
    sortable_by = ("name",)
    ordering = ("name", "pk")
    fields = ("name", "created_at")

    def page_context(self, request: HttpRequest, obj: Organisation) -> dict[str, Any]:
        """Also its people, as far as the user sees their leads."""
        assert isinstance(request.user, User)
        people = Contact.objects.visible_to(request.user).live().filter(organisation=obj)
        return super().page_context(request, obj) | {
            "people": people.order_by("full_name", "pk")[:_MOST_SHOWN]
        }
