"""Walls: who is kept out of what, raising one, and lifting it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSingleDateWidget

from accounts.models import User
from accounts.staff_screens import ReadOnlyAdmin, Verb, VerbAdmin, VerbForm
from intake import walls
from intake.admin.reason_field import why
from intake.models import Wall


class LiftForm(VerbForm):
    """Why they may be let in again."""

    reason = why()

    @property
    def intro(self) -> Sequence[str]:
        """Who is let in to what, and why they were not."""
        wall: Wall = self.obj
        since = date_format(timezone.localtime(wall.starts_at), "j F Y")
        return [f"{wall.user} is kept out of {_before(wall)} since {since}: {wall.reason}"]


class WallForm(forms.ModelForm):
    """Before whom and what, until when, and why."""

    until = forms.DateField(
        label="Last day",
        required=False,
        widget=UnfoldAdminSingleDateWidget(),
        help_text="Empty: it stays until somebody lifts it.",
    )

    class Meta:
        model = Wall
        fields = ("user", "lead", "organisation", "engagement", "reason")
        help_texts = {"lead": "One of these three: a lead, an organisation or an engagement."}

    def clean(self) -> dict[str, Any]:
        """One thing, and an end that is to come."""
        cleaned = super().clean() or {}
        if self.instance.pk is None:
            chosen = [cleaned[n] for n in ("lead", "organisation", "engagement") if cleaned.get(n)]
            if len(chosen) != 1:
                # Beside a field: else the database's own rule would be said as well, by its name.
                self.add_error("lead", "Choose one: a lead, an organisation or an engagement.")
        until: date | None = cleaned.get("until")
        if until is not None and until < timezone.localdate():
            self.add_error("until", "This day is over. Choose one that is to come.")
        return cleaned


def _before(wall: Wall) -> str:
    return str(wall.lead or wall.organisation or wall.engagement)


def _lift(wall: Wall, by: User, reason: str) -> None:
    walls.lift_wall(wall=wall, by=by, reason=reason)


def _stands(wall: Wall) -> bool:
    return wall.ends_at is None or wall.ends_at > timezone.now()


@admin.register(Wall)
class WallAdmin(VerbAdmin, ReadOnlyAdmin):
    """Walls of others: nobody finds their own here, nor what they are walled from themselves."""

    empty_words = "No wall stands that you may know of."
    form = WallForm
    verbs = (
        Verb(
            "lift", "Lift the wall", _lift, _stands, walls.LIFT,
            "The wall is lifted; it stays on record.", LiftForm,
        ),
    )  # fmt: skip
    list_display = ("user", "before", "state", "starts_at", "ends_at", "raised_by")
    list_filter = (("user", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("user__full_name", "lead__reference", "organisation__name", "engagement__name")
    ordering = ("-starts_at", "-pk")
    autocomplete_fields = ("lead", "organisation", "engagement")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wall]:
        assert isinstance(request.user, User)
        rows = Wall.objects.visible_to(request.user)
        return rows.select_related("user", "lead", "organisation", "engagement", "by", "lifted_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(walls.RAISE)

    def get_fields(self, request: HttpRequest, obj: Wall | None = None) -> Any:
        """The form, or the record."""
        if obj is None:
            return ("user", "lead", "organisation", "engagement", "until", "reason")
        what = [
            n for n in ("lead", "organisation", "engagement", "hold") if getattr(obj, f"{n}_id")
        ]
        lifted = ("lifted_by", "lifted_because") if obj.lifted_by_id else ()
        return ("user", *what, "state", "reason", "raised_by", "starts_at", "ends_at", *lifted)

    def get_readonly_fields(self, request: HttpRequest, obj: Wall | None = None) -> Any:
        """All of a wall that stands."""
        return self.get_fields(request, obj) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Staff by name in a plain list, not oneself, who would not find it again; before what one may see."""
        assert isinstance(request.user, User)
        if db_field.name in self.autocomplete_fields:
            seen = db_field.related_model._default_manager.visible_to(request.user)
            options["queryset"] = seen
        if db_field.name == "user":
            others = User.objects.filter(is_active=True).exclude(pk=request.user.pk or 0)
            options["queryset"] = others.order_by("full_name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Wall, form: Any, change: bool) -> None:
        """By the verb."""
        assert isinstance(request.user, User)
        before = obj.lead or obj.organisation or obj.engagement
        assert before is not None
        made = walls.raise_wall(
            user=obj.user,
            before=before,
            reason=obj.reason,
            by=request.user,
            ends_at=_end_of(form.cleaned_data["until"]),
        )
        obj.pk = made.pk

    @admin.display(description="Kept out of")
    def before(self, wall: Wall) -> str:
        """The lead, organisation or engagement."""
        return _before(wall)

    @display(description="State", label={"stands": "warning", "over": "info"})
    def state(self, wall: Wall) -> str:
        """Whether it stands."""
        return "stands" if _stands(wall) else "over"

    @admin.display(description="Raised by")
    def raised_by(self, wall: Wall) -> str:
        """Who did; by itself for whoever works for the other side."""
        return str(wall.by) if wall.by else "the conflict check"


def _end_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None
