"""Who must not see what, from when to when, and why."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from accounts.erasure_door import never_truncated
from intake.models.engagement import Engagement
from intake.models.hold import Hold
from intake.models.lead import Lead
from intake.models.people import Organisation

if TYPE_CHECKING:
    from accounts.models import User


class WallQuerySet(models.QuerySet["Wall"]):
    """Walls by whether they stand and who may know of them."""

    def standing(self) -> "WallQuerySet":
        """Those that stand now."""
        return self.filter(Q(starts_at__lte=Now())).filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=Now())
        )

    def visible_to(self, user: "User") -> "WallQuerySet":
        """For those who keep walls; none of their own, nor another's before what they are walled from themselves, or
        before an organisation all of whose requests they are walled from.
        """
        if not user.is_active or not user.has_perm("intake.view_wall"):
            return self.none()
        organisations = Organisation.objects.visible_to(user).values("pk")
        return (
            self.filter(Q(organisation=None) | Q(organisation__in=organisations))
            .exclude(user=user)
            .exclude(lead__in=RawSQL("SELECT walled_leads(%s)", [user.pk]))
            .exclude(organisation__in=RawSQL("SELECT walled_organisations(%s)", [user.pk]))
            .exclude(engagement__in=RawSQL("SELECT walled_engagements(%s)", [user.pk]))
        )


class Wall(models.Model):
    """Between one member of the house and one lead, organisation or engagement."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="walls"
    )
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, null=True, blank=True, related_name="walls"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="walls"
    )
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, null=True, blank=True, related_name="walls"
    )
    reason = models.TextField()
    hold = models.ForeignKey(
        Hold,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="walls",
        help_text="The conflict that it was raised for.",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who raised it; empty: it was raised by itself.",
    )
    starts_at = models.DateTimeField("from", db_default=Now())
    ends_at = models.DateTimeField("to", null=True, blank=True, help_text="Empty: it stays.")
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_because = models.TextField(blank=True)

    objects = WallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=False, organisation=None, engagement=None)
                | Q(lead=None, organisation__isnull=False, engagement=None)
                | Q(lead=None, organisation=None, engagement__isnull=False),
                name="wall_before_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="wall_ends_after_it_starts",
                violation_error_message="The end lies before the start.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_because="")
                | (Q(lifted_by__isnull=False, ends_at__isnull=False) & ~Q(lifted_because="")),
                name="wall_lifted_for_a_reason",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="wall_for_a_reason"),
            *(
                models.UniqueConstraint(
                    fields=["user", what],
                    condition=Q(ends_at__isnull=True, **{f"{what}__isnull": False}),
                    name=f"wall_once_before_{what}",
                )
                for what in ("lead", "organisation", "engagement")
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="wall_is_of_one_person",
                fields=["user", "lead", "organisation", "engagement", "by", "starts_at", "hold"],
            ),
            pgtrigger.Protect(name="wall_kept", operation=pgtrigger.Delete),
            never_truncated(),
        ]
        permissions = [("lift_wall", "Can lift a wall before its end")]

    def __str__(self) -> str:
        return f"{self.user} | {self.lead or self.organisation or self.engagement}"
