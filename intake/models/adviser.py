"""Who answers clients, what they know, when they work and are away, and who takes what nobody can."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import time_zones
from accounts.constraints import CheckedTogether
from intake import calendars
from intake.skills import Level, SkillKind, name_of


class AdviserQuerySet(models.QuerySet["Adviser"]):
    """Advisers with what staff must know of them."""

    def who_may_log_in(self) -> "AdviserQuerySet":
        """Those to whom a lead can be given by hand, by name."""
        active = self.filter(user__is_active=True).select_related("user")
        return active.order_by("user__full_name", "pk")

    def with_open_leads(self) -> "AdviserQuerySet":
        """With the number of their open leads."""
        # Lead is a module above; the relation leads there. Each adviser's by an index: joined, it would read all leads.
        lead: Any = self.model._meta.get_field("leads").related_model
        theirs = lead.objects.filter(owner=OuterRef("pk"), status__in=OPEN_STATUSES).order_by()
        counted = theirs.values("owner").annotate(n=Count("pk")).values("n")
        return self.annotate(open_leads=Coalesce(Subquery(counted), 0))


# Statuses of a lead that still ask for an adviser's time; intake.models.lead holds all of them.
OPEN_STATUSES = ("new", "routed", "contacted", "qualified", "proposal")


def usual_hours() -> list[str]:
    """Monday to Friday, nine to five."""
    return ["09:00-17:00"] * 5 + ["", ""]


def check_hours(days: Sequence[str]) -> None:
    """Refuse hours that cannot be, with the day and how to mend it."""
    for name, text in zip(WEEKDAYS, days, strict=False):
        try:
            calendars.parse_day(text)
        except ValueError as error:
            raise ValidationError(f"{name}: {error}", code="hours") from error


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Adviser(CheckedTogether):
    """A member of staff who takes leads."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adviser"
    )
    capacity = models.PositiveSmallIntegerField(
        default=10, help_text="Open leads at one time, at most."
    )
    weight = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="Share of new leads while at work: 1 is full, 0.5 half. Days off need no lower share.",
    )
    credit = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0), editable=False
    )
    is_taking_leads = models.BooleanField(default=True)
    time_zone = models.CharField(
        max_length=40,
        default="UTC",
        choices=time_zones.choices,
        help_text="In which the hours and absences are told.",
    )
    hours = ArrayField(
        models.CharField(max_length=80, blank=True),
        default=usual_hours,
        validators=[check_hours],
        help_text="Working hours of each weekday, Monday first; empty: a day off.",
    )
    holidays_country = models.CharField(
        "public holidays of",
        max_length=2,
        blank=True,
        default="",
        help_text="Country whose public holidays are days off.",
    )
    calendar_seed = models.UUIDField(null=True, editable=False)
    calendar_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)

    # Set by `with_open_leads()`.
    open_leads: int

    objects = AdviserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="adviser_weight_positive"),
            models.CheckConstraint(condition=Q(hours__len=7), name="adviser_hours_of_seven_days"),
            models.CheckConstraint(
                condition=Q(calendar_seed__isnull=True, calendar_digest__isnull=True)
                | Q(calendar_seed__isnull=False, calendar_digest__isnull=False),
                name="adviser_calendar_link_whole",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="adviser_moves_absences",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("time_zone"),
                condition=pgtrigger.Q(old__time_zone__df=pgtrigger.F("new__time_zone")),
                func="UPDATE intake_absence SET revision = revision WHERE adviser_id = NEW.id; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def calendar(self, away: Sequence[calendars.Span] = ()) -> calendars.WorkingCalendar:
        """When they work, less these spans."""
        hours = calendars.hours_of(self.hours)
        return calendars.WorkingCalendar(self.time_zone, hours, self.holidays_country, tuple(away))


class Skill(models.Model):
    """Something that an adviser knows, and how well."""

    adviser = models.ForeignKey(Adviser, on_delete=models.CASCADE, related_name="skills")
    kind = models.CharField(max_length=8, choices=SkillKind)
    value = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.GOOD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["adviser", "kind", "value"],
                name="skill_once",
                violation_error_message="This skill stands here twice.",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="skill_level_known"),
            models.CheckConstraint(condition=Q(kind__in=SkillKind.values), name="skill_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{name_of(self.skill)}: {self.get_level_display()}"

    @property
    def skill(self) -> str:
        """As skills are written: "kind:value"."""
        return f"{self.kind}:{self.value}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences by when they are."""

    def near(self, first: date, last: date) -> "AbsenceQuerySet":
        """Those that touch these days; a day more on both sides, since days begin at other hours elsewhere."""
        day = timedelta(days=1)
        return self.filter(starts_on__lte=last + day, ends_on__gte=first - day)


class Absence(models.Model):
    """A span in which an adviser gets no new leads and earns no credit: whole days, or from hour to hour.

    It is told in the adviser's time zone, and moves with it.
    """

    class Policy(models.TextChoices):
        """What becomes of the leads that they own already."""

        KEEP = "keep", "keep: they wait for them"
        COVER = "cover", "cover: the delegate works them meanwhile"
        RELEASE = "release", "release: they are given to others"

    adviser = models.ForeignKey(Adviser, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField("first day")
    from_hour = models.TimeField(
        "from", null=True, blank=True, help_text="Empty: from the start of the day."
    )
    ends_on = models.DateField("last day")
    to_hour = models.TimeField(
        "until", null=True, blank=True, help_text="Empty: to the end of the day."
    )
    delegate = models.ForeignKey(
        Adviser,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stands_in_for",
        help_text="Who stands in, wherever this adviser is named.",
    )
    policy = models.CharField(
        "leads they own",
        max_length=7,
        choices=Policy,
        default=Policy.KEEP,
        help_text="What becomes of them meanwhile.",
    )
    note = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(
        db_default=0, editable=False, help_text="How often it changed: for programs that keep it."
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"))
                | (
                    Q(ends_on=F("starts_on"))
                    & (
                        Q(from_hour__isnull=True)
                        | Q(to_hour__isnull=True)
                        | Q(to_hour__gt=F("from_hour"))
                    )
                ),
                name="absence_ends_after_it_starts",
                violation_error_message="The end lies before the start.",
            ),
            models.CheckConstraint(
                condition=~Q(policy="cover") | Q(delegate__isnull=False),
                name="absence_cover_needs_delegate",
                violation_error_message="Name the delegate who covers the leads.",
            ),
            models.CheckConstraint(
                condition=Q(delegate__isnull=True) | ~Q(delegate=F("adviser")),
                name="absence_delegate_is_another",
                violation_error_message="Nobody stands in for themselves: name another delegate.",
            ),
            # Beyond these years moments of other time zones cannot be told.
            models.CheckConstraint(
                condition=Q(starts_on__gte=date(1900, 1, 1), ends_on__lt=date(3000, 1, 1)),
                name="absence_within_known_years",
                violation_error_message="Choose days between 1900 and 2999.",
            ),
        ]
        triggers = [
            # No verb writes it: absences are edited in two screens, and moved by the adviser's time zone.
            pgtrigger.Trigger(
                name="absence_revised",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.revision := OLD.revision + 1; RETURN NEW;",
            ),
        ]
        permissions = [("edit_own_absences", "Can enter, change and remove their own absences")]

    def __str__(self) -> str:
        return f"{self.adviser}, {self.when}"

    @property
    def when(self) -> str:
        """The days, and the hours where there are any."""
        starts = f"{self.starts_on}{_at(self.from_hour)}"
        if (self.starts_on, self.to_hour) == (self.ends_on, None):
            return starts
        return f"{starts} to {self.ends_on}{_at(self.to_hour)}"

    def span(self) -> calendars.Span:
        """From when to when, in UTC; the end is outside."""
        zone = self.adviser.time_zone
        return self.span_in(zone, self.starts_on, self.from_hour, self.ends_on, self.to_hour)

    @staticmethod
    def span_in(
        zone: str, starts_on: date, from_hour: time | None, ends_on: date, to_hour: time | None
    ) -> calendars.Span:
        """The span of these days and hours in a zone."""
        last = ends_on if to_hour else ends_on + timedelta(days=1)
        return (
            calendars.moment_of(starts_on, from_hour or time(0), zone),
            calendars.moment_of(last, to_hour or time(0), zone),
        )

    def of_the_delegate(self) -> list["Absence"]:
        """Absences of the delegate within this one."""
        start, end = self.span()
        near = Absence.objects.near(self.starts_on, self.ends_on).filter(adviser=self.delegate_id)
        both = ((one, one.span()) for one in near.select_related("adviser__user").order_by("pk"))
        return [one for one, (begins, ends) in both if begins < end and start < ends]

    def covers(self, at: datetime | None = None) -> bool:
        """Whether the adviser is away at this moment, or now."""
        start, end = self.span()
        return start <= (at or timezone.now()) < end


def _at(hour: time | None) -> str:
    return f" {hour:%H:%M}" if hour else ""


class DeskQuerySet(models.QuerySet["Desk"]):
    """Desks by who belongs to them."""

    def of(self, user: Any) -> "DeskQuerySet":
        """Those whose leads this user gets as an adviser: where they are a member, or everybody is."""
        mine = Q(members__user=user) | Q(members__isnull=True)
        return self.filter(mine, Exists(Adviser.objects.filter(user=user)))


class Desk(models.Model):
    """A team, and the one person who takes what nobody else of it can take."""

    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(
        Adviser,
        blank=True,
        related_name="desks",
        help_text="Who gets this desk's leads. Nobody chosen: every adviser.",
    )
    fallback_owner = models.ForeignKey(
        Adviser,
        on_delete=models.PROTECT,
        related_name="fallback_desks",
        help_text="Who takes what no member can take; while they are away their delegate does.",
    )
    is_default = models.BooleanField(
        default=False, help_text="Leads that no rule matches go through this desk."
    )

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="desk_one_default",
                violation_error_message="Another desk is the default already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
