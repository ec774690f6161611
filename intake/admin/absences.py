"""Absences: all of them for whoever keeps the team, one's own for everybody else, and the link of one's calendar."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db.models import QuerySet
from django.forms.utils import ErrorList
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.as_shown import AsShown
from accounts.long_lists import LongListAdmin
from accounts.models import User
from accounts.staff_fields import StaffFields
from intake import calendar_feed
from intake.models import Absence, Adviser

OWN = "intake.edit_own_absences"


class AbsenceForm(AsShown):
    """Days, or from hour to hour, and who stands in."""

    FIELDS = ("starts_on", "from_hour", "ends_on", "to_hour", "delegate", "policy", "note")

    class Meta:
        model = Absence
        fields = ("starts_on", "from_hour", "ends_on", "to_hour", "delegate", "policy", "note")
        help_texts = {
            "from_hour": "In the adviser's time zone. Empty: from the start of the day.",
            "to_hour": "In the adviser's time zone. Empty: to the end of the day.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "delegate" in self.fields:
            self.fields["delegate"].queryset = Adviser.objects.who_may_log_in()  # type: ignore[attr-defined]

    def clean_delegate(self) -> Adviser | None:
        """Refuse the adviser themselves; the constraint is asked only where the form shows whose absence it is."""
        delegate: Adviser | None = self.cleaned_data["delegate"]
        if delegate and delegate.pk == self.instance.adviser_id:
            raise forms.ValidationError(
                "Nobody stands in for themselves: name another delegate.", code="own_delegate"
            )
        return delegate

    def _post_clean(self) -> None:
        """Put what the database refuses beside a field: a stacked row does not show what is wrong with the whole."""
        super()._post_clean()  # type: ignore[misc]
        for error in self.errors.pop(NON_FIELD_ERRORS, ErrorList()).as_data():
            self.add_error("delegate" if "delegate" in error.message else "ends_on", error)


class WhenFilter(admin.SimpleListFilter):
    """Absences that are not over, unless one asks for the others."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("past", "Over"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        shown = [(None, "Now or to come"), *self.lookup_choices]
        for value, title in shown:
            query = {self.parameter_name: value} if value else {}
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(query, [self.parameter_name]),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        if self.value() == "past":
            return queryset.filter(ends_on__lt=today)
        return queryset if self.value() == "all" else queryset.filter(ends_on__gte=today)


@admin.register(Absence)
class AbsenceAdmin(StaffFields, LongListAdmin):
    """Who is away when. Advisers see all and edit their own."""

    form = AbsenceForm
    list_display = ("adviser", "span", "delegate", "policy_name", "note")
    list_filter = (WhenFilter,)
    list_select_related = ("adviser__user", "delegate__user")
    ordering = ("starts_on", "pk")
    list_before_template = "intake/admin/calendar_link.html"

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        """Say at once when who stands in is away too."""
        super().save_model(request, obj, form, change)
        warn_of_absent_delegates(request, [obj])

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses and one for the link of one's calendar."""
        view = self.admin_site.admin_view(self.calendar_link)
        return [path("calendar-link/", view, name="intake_absence_link"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Absence | None = None) -> Any:
        """Whose it is stands in the form of those who keep the team's only."""
        return AbsenceForm.FIELDS if self._only_own(request) else ("adviser", *AbsenceForm.FIELDS)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Advisers by name in a plain list."""
        if db_field.name == "adviser":
            options["queryset"] = Adviser.objects.who_may_log_in()
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """With the adviser before the form checks the row: no delegate is oneself."""
        form_class = super().get_form(request, obj, change=change, **kw)
        if obj is None and self._only_own(request):
            own = _adviser_of(request)
            return type("OwnAbsenceForm", (_Own, form_class), {"own": own})
        return form_class

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) or self._is_own(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) or self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) or self._is_own(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Many at once are for those who may remove every one."""
        actions = super().get_actions(request)
        if not request.user.has_perm("intake.delete_absence"):
            actions.pop("delete_selected", None)
        return actions

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the link of one's own calendar above."""
        adviser = _adviser_of(request)
        more = {
            "calendar_adviser": adviser,
            "calendar_url": adviser and calendar_feed.url_of(adviser),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def calendar_link(self, request: HttpRequest) -> HttpResponse:
        """Make a new link of one's own calendar, or end it."""
        adviser = _adviser_of(request)
        if adviser is None or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        if "end" in request.POST:
            calendar_feed.end_link(adviser=adviser, by=request.user)
            self.message_user(
                request, "The link is ended. Calendars that used it get nothing more."
            )
        else:
            calendar_feed.make_link(adviser=adviser, by=request.user)
            self.message_user(
                request, "Here is your link. An earlier one is ended.", messages.SUCCESS
            )
        return HttpResponseRedirect(reverse("admin:intake_absence_changelist"))

    @admin.display(description="Away", ordering="starts_on")
    def span(self, absence: Absence) -> str:
        """Days and hours, in the adviser's time zone."""
        return absence.when

    @admin.display(description="Leads they own", ordering="policy")
    def policy_name(self, absence: Absence) -> str:
        """The first word of the policy."""
        return absence.get_policy_display().partition(":")[0]

    def _only_own(self, request: HttpRequest) -> bool:
        return not request.user.has_perm("intake.change_absence")

    def _is_own(self, request: HttpRequest, absence: Absence | None) -> bool:
        adviser = _adviser_of(request)
        mine = absence is None or (adviser is not None and absence.adviser_id == adviser.pk)
        return adviser is not None and mine and request.user.has_perm(OWN)


def warn_of_absent_delegates(request: HttpRequest, absences: Iterable[Absence]) -> None:
    """Tell whoever entered these which delegates are away in the same time, and who has the leads then."""
    for absence in absences:
        for other in absence.of_the_delegate():
            messages.warning(
                request,
                f"{other.adviser} is away too: {other.when}. Then their own delegate stands in, or else "
                "the fallback owner of the lead's desk.",
            )


class _Own:
    """A form for a new absence of one's own."""

    own: Adviser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.adviser = self.own  # type: ignore[attr-defined]


def _adviser_of(request: HttpRequest) -> Adviser | None:
    """The adviser that the user is, if any; asked once for a page, which asks for leave several times."""
    if not hasattr(request, "own_adviser"):
        found = Adviser.objects.select_related("user").filter(user=request.user.pk).first()
        setattr(request, "own_adviser", found)  # noqa: B010 - no attribute that Django knows
    own: Adviser | None = getattr(request, "own_adviser")  # noqa: B009
    return own
