"""Who answers clients, what they can take, when they are away, and who takes what nobody can."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q


class AdviserQuerySet(models.QuerySet["Adviser"]):
    """Advisers with what routing must know of them."""

    def who_may_log_in(self) -> "AdviserQuerySet":
        """Those to whom a lead can be given by hand, by name."""
        active = self.filter(user__is_active=True).select_related("user")
        return active.order_by("user__full_name", "pk")

    def for_routing(self, today: date) -> "AdviserQuerySet":
        """Every adviser with `is_absent` on the day and the number of open leads, in a fixed order."""
        absences = Absence.objects.filter(
            adviser=OuterRef("pk"), starts_on__lte=today, ends_on__gte=today
        )
        is_open = Q(leads__status__in=OPEN_STATUSES)
        return (
            self.select_related("user")
            .annotate(is_absent=Exists(absences), open_leads=Count("leads", filter=is_open))
            .order_by("pk")
        )


# Statuses of a lead that still ask for an adviser's time; intake.models.lead holds all of them.
OPEN_STATUSES = ("new", "routed", "contacted", "qualified", "proposal")


class Adviser(models.Model):
    """A member of staff who takes leads."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adviser"
    )
    languages = ArrayField(
        models.CharField(max_length=2), help_text="Languages that the adviser works in."
    )
    countries = ArrayField(
        models.CharField(max_length=2), help_text="Countries that the adviser covers."
    )
    services = ArrayField(
        models.CharField(max_length=30), help_text="Services that the adviser gives."
    )
    capacity = models.PositiveSmallIntegerField(
        default=10, help_text="Open leads at one time, at most."
    )
    weight = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="Share of new leads: 1 is full time, 0.5 half.",
    )
    credit = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0), editable=False
    )
    is_taking_leads = models.BooleanField(default=True)

    # Set by `for_routing()`.
    is_absent: bool
    open_leads: int

    objects = AdviserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="adviser_weight_positive"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Absence(models.Model):
    """Days on which an adviser gets no new leads and earns no credit."""

    adviser = models.ForeignKey(Adviser, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="absence_ends_after_it_starts",
                violation_error_message="The last day lies before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adviser}, {self.starts_on} to {self.ends_on}"


class Desk(models.Model):
    """A team with one person who takes what nobody else can take."""

    name = models.CharField(max_length=100, unique=True)
    fallback_owner = models.ForeignKey(
        Adviser, on_delete=models.PROTECT, related_name="fallback_desks"
    )
    is_default = models.BooleanField(default=False, help_text="New leads go through this desk.")

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
