"""Advisers with their skills, hours and absences, and desks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from unfold.admin import ModelAdmin, StackedInline
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.as_shown import AsShown
from accounts.models import User
from accounts.staff_fields import StaffFields
from intake import eligibility, roster, skills
from intake.admin.absences import AbsenceForm, warn_of_absent_delegates
from intake.admin.skill_fields import SkillInline
from intake.calendars import holiday_countries, parse_day
from intake.eligibility import Standing
from intake.models import Absence, Adviser, Desk, Skill
from intake.models.adviser import OPEN_STATUSES, WEEKDAYS, usual_hours

_HOURS = tuple(name.lower() for name in WEEKDAYS)


class HoursField(forms.CharField):
    """The hours of one weekday."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=80, **kwargs)

    def clean(self, value: Any) -> str:
        """Refuse hours that cannot be, in words."""
        text: str = super().clean(value)
        try:
            parse_day(text)
        except ValueError as error:
            raise forms.ValidationError(str(error), code="hours") from error
        return text


class AdviserForm(AsShown):
    """The hours of each weekday in a field of its own."""

    holidays_country = forms.ChoiceField(
        label="Public holidays of",
        choices=lambda: [("", "No country"), *holiday_countries()],
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="They are days off. Holidays that follow the moon are estimates until they are declared.",
    )
    monday = HoursField(help_text="As 09:00-17:00, or 09:00-12:30, 13:30-17:00. Empty: a day off.")
    tuesday = HoursField()
    wednesday = HoursField()
    thursday = HoursField()
    friday = HoursField()
    saturday = HoursField()
    sunday = HoursField()

    class Meta:
        model = Adviser
        fields = (
            *("user", "is_taking_leads", "capacity", "weight", "time_zone", "holidays_country"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.instance.hours if self.instance.pk else usual_hours()
        self.initial.update(zip(_HOURS, days, strict=True))

    def clean_user(self) -> User:
        """Refuse somebody who would get leads and could not open them."""
        user: User = self.cleaned_data["user"]
        if not user.has_perm("intake.view_lead"):
            raise forms.ValidationError(
                "This person may not see leads. An administrator must give them the role of adviser first.",
                code="no_role",
            )
        return user

    def clean(self) -> dict[str, Any]:
        """The week as the row keeps it."""
        cleaned = super().clean()
        self.instance.hours = [cleaned.get(day, "") for day in _HOURS]
        return cleaned


class AdviserSkills(SkillInline):
    """What an adviser knows, and how well."""

    model = Skill
    verbose_name_plural = "skills"


class AbsenceInline(StaffFields, StackedInline):
    """When they are away."""

    model = Absence
    form = AbsenceForm
    fk_name = "adviser"
    extra = 0
    fields = (
        ("starts_on", "from_hour"),
        ("ends_on", "to_hour"),
        ("delegate", "policy"),
        "note",
    )
    ordering = ("-starts_on", "-pk")


@admin.register(Adviser)
class AdviserAdmin(StaffFields, ModelAdmin):
    """Who can take what, and how much."""

    form = AdviserForm
    inlines = (AdviserSkills, AbsenceInline)
    fieldsets = (
        (None, {"fields": ("user", "is_taking_leads", ("capacity", "weight"), "credit")}),
        ("Working hours", {"fields": (("time_zone", "holidays_country"), *_HOURS)}),
    )
    list_display = (
        *("name", "gets_leads", "knows", "open_leads", "weight", "credit", "time_zone"),
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Adviser]:
        return super().get_queryset(request).with_open_leads().prefetch_related("skills")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, each adviser as routing sees them now, looked up once for all."""
        changelist = super().get_changelist_instance(request)
        team = {one.adviser_id: one for one in roster.team(timezone.now(), {})}
        for adviser in changelist.result_list:
            adviser.now = gets_leads(team[adviser.pk], team)
            adviser.leads_page = _leads_page(request, adviser)
        return changelist

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Say at once when who stands in is away too."""
        super().save_formset(request, form, formset, change)
        if formset.model is Absence:
            touched = [*formset.new_objects, *(obj for obj, _ in formset.changed_objects)]
            warn_of_absent_delegates(request, touched)

    def save_model(self, request: HttpRequest, obj: Adviser, form: Any, change: bool) -> None:
        """Write what the form holds, never the credit: a routing may have moved it since the form was opened."""
        names = [*AdviserForm.Meta.fields, "hours"]
        obj.save(update_fields=names if change else None)

    @admin.display(description="Adviser", ordering="user__full_name")
    def name(self, adviser: Adviser) -> str:
        """Their name."""
        return str(adviser.user)

    @admin.display(description="Gets leads now")
    def gets_leads(self, adviser: Any) -> str:
        """Yes, or why not and who stands in."""
        return str(adviser.now)

    @admin.display(description="Open leads")
    def open_leads(self, adviser: Any) -> str:
        """Leads that still ask for their time, the way to them, and the most they take."""
        told = f"{adviser.open_leads} of {adviser.capacity}"
        if not adviser.leads_page:
            return told
        return format_html('<a class="staff-link" href="{}">{}</a>', adviser.leads_page, told)

    @admin.display(description="Knows")
    def knows(self, adviser: Adviser) -> str:
        """Languages by name, of the rest how many."""
        known = list(adviser.skills.all())
        languages = sorted(skills.name_of(s.skill) for s in known if s.kind == "language")
        more = len(known) - len(languages)
        told = [*languages, *([f"{more} more"] if more else [])]
        names = format_html_join(", ", "<bdi>{}</bdi>", ((one,) for one in told))
        return format_html("<span>{}</span>", names)  # one thing: a phone's row is a flex box


def _leads_page(request: HttpRequest, adviser: Adviser) -> str:
    """The list of their open leads, for who sees those of all."""
    if not request.user.has_perm("intake.view_all_leads"):
        return ""
    asked = {"owner__id__exact": str(adviser.pk), "status__in": ",".join(OPEN_STATUSES)}
    return f"{reverse('admin:intake_lead_changelist')}?{urlencode(asked)}"


def gets_leads(one: Standing, team: Mapping[int, Standing]) -> str:
    """Whether routing may choose this adviser now; if not why, and who stands in."""
    if not one.is_active:
        return "No: may not log in"
    against = eligibility.why_absent(one)
    delegate = team.get(one.delegate_id or 0) if one.away_until else None
    return "; ".join(
        [
            f"No: {against[0]}" if against else "Yes",
            *against[1:],
            *([f"{delegate.name} stands in"] if delegate else []),
        ]
    )


class DeskForm(AsShown):
    """Members by name."""

    class Meta:
        model = Desk
        fields = ("name", "members", "fallback_owner", "is_default")


@admin.register(Desk)
class DeskAdmin(StaffFields, ModelAdmin):
    """Where leads go, and to whom when nobody can take them."""

    form = DeskForm
    list_display = ("name", "who", "fallback_owner", "is_default")
    list_select_related = ("fallback_owner__user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Desk]:
        return super().get_queryset(request).prefetch_related("members__user")

    @admin.display(description="Members")
    def who(self, desk: Desk) -> str:
        """Their names; without any, everybody."""
        return ", ".join(sorted(str(one) for one in desk.members.all())) or "every adviser"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer only those who can open what falls to them."""
        if db_field.name == "fallback_owner":
            options["queryset"] = Adviser.objects.who_may_log_in()
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The same for members, as boxes to tick."""
        if db_field.name == "members":
            options["queryset"] = Adviser.objects.who_may_log_in()
            options["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **options)
