"""Advisers with their absences, and desks."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectMultipleWidget,
)

from accounts.models import User
from briefs import geography
from intake.catalogue import Language, Service
from intake.models import Absence, Adviser, Desk


class AdviserForm(forms.ModelForm):
    """Skills as choices instead of comma-separated codes."""

    languages = forms.MultipleChoiceField(
        choices=Language.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    countries = forms.MultipleChoiceField(
        choices=geography.country_choices,
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 12}),
    )
    services = forms.MultipleChoiceField(
        choices=[choice for choice in Service.choices if choice[0] != Service.NOT_SURE],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Adviser
        fields = (
            "user",
            "languages",
            "countries",
            "services",
            "capacity",
            "weight",
            "is_taking_leads",
        )

    def clean_user(self) -> User:
        """Refuse somebody who would get leads and could not open them."""
        user: User = self.cleaned_data["user"]
        if not user.has_perm("intake.view_lead"):
            raise forms.ValidationError(
                "This person may not see leads. An administrator must give them the role of adviser first.",
                code="no_role",
            )
        return user


class AbsenceInline(TabularInline):
    """Days away."""

    model = Absence
    extra = 0


@admin.register(Adviser)
class AdviserAdmin(ModelAdmin):
    """Who can take what, and how much."""

    form = AdviserForm
    inlines = (AbsenceInline,)
    list_display = (
        "user",
        "languages",
        "open_leads",
        "capacity",
        "weight",
        "credit",
        "is_taking_leads",
    )
    list_filter = ("is_taking_leads",)
    list_select_related = ("user",)
    search_fields = ("user__full_name", "user__email")
    readonly_fields = ("credit",)
    ordering = ("user__full_name", "pk")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer staff by name in a plain list: it needs neither JavaScript nor leave to see users."""
        if db_field.name == "user":
            options["queryset"] = User.objects.filter(
                Q(is_active=True) | Q(adviser__isnull=False)
            ).order_by("full_name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_routing(timezone.localdate())

    @admin.display(description="Open leads")
    def open_leads(self, adviser: Any) -> int:
        """Leads that still ask for their time."""
        return int(adviser.open_leads)


@admin.register(Desk)
class DeskAdmin(ModelAdmin):
    """Where leads go, and to whom when nobody can take them."""

    list_display = ("name", "fallback_owner", "is_default")
    list_select_related = ("fallback_owner__user",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer only those who can open what falls to them."""
        if db_field.name == "fallback_owner":
            options["queryset"] = Adviser.objects.who_may_log_in()
        return super().formfield_for_foreignkey(db_field, request, **options)
