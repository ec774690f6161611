"""Which leads: who may see them, and what they still need."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.expressions import RawSQL

from intake.models.adviser import OPEN_STATUSES, Adviser, Desk

if TYPE_CHECKING:
    from accounts.models import User
    from intake.models.lead import Lead


def seat_of(user: Any) -> tuple[int, list[int]]:
    """The number of the adviser that this user is, 0 for none, and those of the desks whose pool is theirs.

    Numbers and no subquery, so that PostgreSQL knows how many leads that are: with it or without an index, the wrong
    way reads every lead. Asked once for each user object, as Django does with permissions.
    """
    known: tuple[int, list[int]] | None = getattr(user, "_seat", None)
    if known is None:
        desks = ArraySubquery(Desk.objects.of(user).order_by("pk").values("pk"))
        row = Adviser.objects.filter(user=user).values_list("pk", desks).first()
        known = user._seat = row or (0, [])
    return known


def link_number(digest: Any) -> Func:
    """A digest of a link as 64 bits, by which leads are looked up.

    An index of whole digests is five times as large, and the place that a new one goes to is any of its pages.
    """
    return Func(digest, Value(0), function="hashtextextended", output_field=BigIntegerField())


class LeadQuerySet(models.QuerySet["Lead"]):
    """Leads by who may see them and what they still need."""

    def visible_to(self, user: "User") -> "LeadQuerySet":
        """All for those who may see all; for advisers their own, those that they cover, and the pool of their desks;
        none for anybody else; never one behind a wall."""
        if not user.is_active or not user.has_perm("intake.view_lead"):
            return self.none()
        if user.has_perm("intake.view_all_leads"):
            return self.beyond_no_wall(user)
        adviser, desks = seat_of(user)
        theirs = Q(owner=adviser) | Q(cover=adviser) | Q(pool__in=desks)
        return self.filter(theirs).beyond_no_wall(user) if adviser else self.none()

    def beyond_no_wall(self, user: "User") -> "LeadQuerySet":
        """Without those that this user is walled from, whatever they may else, superusers too."""
        return self.exclude(pk__in=RawSQL("SELECT walled_leads(%s)", [user.pk]))

    def of_link(self, digest: str) -> "LeadQuerySet":
        """The one whose link has this digest."""
        numbered = self.alias(link_number=link_number(F("link_digest")))
        return numbered.filter(link_number=link_number(Value(digest)), link_digest=digest)

    def left_behind(self) -> "LeadQuerySet":
        """Open ones whose owner may not log in any more: nobody works them until somebody else has them."""
        return self.filter(owner__user__is_active=False, status__in=OPEN_STATUSES)

    def for_routing(self) -> "LeadQuerySet":
        """With their enquiry and what else a decision looks at: the brief, and whether the client asked before."""
        earlier: models.QuerySet[Lead] = self.model.objects.filter(pk__lt=OuterRef("pk"))
        of_organisation = earlier.filter(organisation=OuterRef("organisation"))
        of_contact = earlier.filter(contact=OuterRef("contact"))
        return self.select_related("enquiry").annotate(
            brief_slug=F("enquiry__brief__slug"),
            brief_topics=F("enquiry__brief__topics"),
            asked_before=Exists(of_organisation) | Exists(of_contact),
        )

    def with_page_data(self) -> "LeadQuerySet":
        """With what a list or a detail page names of the rows around each lead."""
        return self.select_related(
            "enquiry__brief",
            "owner__user",
            "cover__user",
            "pool",
            "contact",
            "organisation",
            "erasure_request",
            "merged_into",
        )
