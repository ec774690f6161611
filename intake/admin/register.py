"""The register of engagements and parties: for those who keep it, and read-only for who works on one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from accounts.as_shown import AsShown
from accounts.long_lists import LongListAdmin
from accounts.models import User
from accounts.staff_fields import StaffFields
from accounts.staff_screens import Verb
from briefs import geography
from intake import registering
from intake.admin.rules import LinesField
from intake.models import Engagement, Lead, Party, Role, Status


class PartyForm(forms.ModelForm):
    """Other names one a line, the country from the list."""

    aliases = LinesField(
        required=False, help_text="Other names, short forms and spellings, one a line."
    )
    country = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())

    class Meta:
        model = Party
        fields = ("role", "name", "aliases", "country", "organisation", "parent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "Unknown"), *geography.country_choices()]  # type: ignore[attr-defined]

    def clean_aliases(self) -> list[str]:
        """As long as a name may be."""
        aliases: list[str] = self.cleaned_data["aliases"]
        if any(len(alias) > 200 for alias in aliases):
            raise ValidationError("A name has 200 characters at most.", code="too_long")
        return aliases


class PartyInline(StaffFields, StackedInline):
    """Everybody who is something to the engagement."""

    model = Party
    form = PartyForm
    extra = 0
    autocomplete_fields = ("organisation",)
    fields = (("role", "name"), "aliases", ("country", "organisation"), "parent")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Remembers the engagement, for the choice of parents."""
        request.engagement = obj  # type: ignore[attr-defined]
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Parents of the same engagement; a new one is there once it was saved."""
        if db_field.name == "parent":
            engagement = getattr(request, "engagement", None)
            options["queryset"] = Party.objects.filter(engagement=engagement).order_by("name")
            options["help_text"] = "Who owns or controls it. Save a new party first."
        return super().formfield_for_foreignkey(db_field, request, **options)


@admin.register(Engagement)
class EngagementAdmin(StaffFields, LongListAdmin):
    """What the house does for whom. New requests are held against it."""

    form = AsShown
    empty_words = (
        "No engagement that you may read. Desk leads enter what the house does for whom; what is not entered is found"
        " in no request."
    )
    inlines = (PartyInline,)
    list_display = ("name", "client_names", "other_names", "who", "starts_on", "ends_on")
    search_fields = ("name", "parties__name")
    ordering = ("-starts_on", "-pk")
    fields = ("name", "subject", ("starts_on", "ends_on"), "people", "from_lead")
    readonly_fields = ("from_lead",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Engagement]:
        assert isinstance(request.user, User)
        seen = Engagement.objects.visible_to(request.user)
        parties = Prefetch("parties", Party.objects.order_by("pk"), to_attr="all_parties")
        seen = seen.order_by(*self.get_ordering(request))
        return seen.select_related("lead").prefetch_related(parties, "people")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Staff by name, as boxes to tick."""
        if db_field.name == "people":
            options["queryset"] = User.objects.filter(is_active=True).order_by("full_name", "pk")
            options["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **options)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For who keeps the whole register."""
        keeps = request.user.has_perm("intake.view_all_engagements")
        return keeps and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was registered stays: end it instead."""
        return False

    def save_model(self, request: HttpRequest, obj: Engagement, form: Any, change: bool) -> None:
        """With who registered it."""
        assert isinstance(request.user, User)
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Names to be found by, walls, and another look at open leads."""
        super().save_related(request, form, formsets, change)
        registering.keep_register(form.instance)
        self.message_user(
            request, "Open requests are held against the register again.", messages.INFO
        )

    @admin.display(description="Client")
    def client_names(self, row: Any) -> str:
        """For whom."""
        return ", ".join(one.name for one in row.all_parties if one.role == Role.CLIENT)

    @admin.display(description="Other parties")
    def other_names(self, row: Any) -> str:
        """Each with its role."""
        others = (one for one in row.all_parties if one.role != Role.CLIENT)
        return ", ".join(f"{one.name} ({one.get_role_display()})" for one in others)

    @admin.display(description="Who works on it")
    def who(self, row: Engagement) -> str:
        """Their names."""
        return ", ".join(sorted(str(user) for user in row.people.all()))

    @admin.display(description="Grew from")
    def from_lead(self, row: Engagement) -> str:
        """The request, by its reference."""
        return str(row.lead) if row.lead else "No request."


def _engage(lead: Lead, by: User) -> str:
    made = registering.engage(lead=lead, by=by)
    return reverse("admin:intake_engagement_change", args=[made.pk])


ENGAGE = Verb(
    "engage", "Enter in the register", _engage, lambda lead: lead.status == Status.WON,
    "intake.add_engagement", "It stands in the register. Give it a name that tells nobody who it is about.",
)  # fmt: skip
