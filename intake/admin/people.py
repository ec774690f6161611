"""Contacts and organisations, to look up."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin
from intake.admin import privacy
from intake.admin.privacy import ConsentsAdmin
from intake.models import Contact, Lead, Organisation
from mail import addresses


@admin.register(Contact)
class ContactAdmin(ConsentsAdmin, ReadOnlyAdmin):
    """People who wrote to the house: those behind the leads that the user may see."""

    list_display = ("full_name", "email", "organisation", "job_title", "created_at")
    list_select_related = ("organisation",)
    search_fields = ("full_name", "email_key", "organisation__name")
    ordering = ("full_name", "pk")
    show_full_result_count = False
    fields = (
        "full_name", "email", "mail", "phone", "job_title", "organisation", "created_at", "agreed",
    )  # fmt: skip
    readonly_fields = ("agreed",)
    verbs = privacy.CONTACT_VERBS

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        assert isinstance(request.user, User)
        return (
            super()
            .get_queryset(request)
            .filter(leads__in=Lead.objects.visible_to(request.user))
            .distinct()
        )


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Organisations behind the leads that the user may see."""

    list_display = ("name", "created_at")
    search_fields = ("name",)
    ordering = ("name", "pk")
    show_full_result_count = False
    fields = ("name", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        assert isinstance(request.user, User)
        return (
            super()
            .get_queryset(request)
            .filter(leads__in=Lead.objects.visible_to(request.user))
            .distinct()
        )
