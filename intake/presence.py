"""Who is there at a moment, and who is told of a lead's deadline one after the other."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property

from django.db.models import Q, QuerySet

from accounts.models import User
from intake import clocks, conflicts
from intake.models import Absence, Adviser, Desk, Lead, RoutingDecision


def desk_leads() -> QuerySet[User]:
    """Whoever may give leads to others, by role: they answer for what falls behind."""
    may = {"codename": "reassign_lead", "content_type__app_label": "intake"}
    by_role = Q(**{f"groups__permissions__{name}": value for name, value in may.items()})
    own = Q(**{f"user_permissions__{name}": value for name, value in may.items()})
    return User.objects.filter(by_role | own, is_active=True).distinct().order_by("pk")


def desk_owners(lead_ids: Collection[int]) -> dict[int, Adviser]:
    """By lead, the fallback owner of the desk that it went to last: who answers for it when its owner cannot."""
    went = RoutingDecision.objects.filter(lead__in=lead_ids, desk__isnull=False)
    newest = went.order_by("lead_id", "-pk").distinct("lead_id")
    rows = newest.select_related("desk__fallback_owner__user").defer("inputs", "candidates")
    return {one.lead_id: one.desk.fallback_owner for one in rows if one.desk}


class Staff:
    """Advisers and desk leads at one moment, asked for once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._there: dict[tuple[int, bool], bool] = {}
        self._walled: dict[int, set[int]] = {}
        self._fallback_of: dict[int, User] = {}

    @cached_property
    def _advisers(self) -> dict[int, Adviser]:
        found = Adviser.objects.select_related("user").prefetch_related("absences")
        return {adviser.user_id: adviser for adviser in found}

    @cached_property
    def _leads(self) -> list[User]:
        return list(desk_leads())

    @cached_property
    def _default(self) -> list[User]:
        desk = Desk.objects.filter(is_default=True).select_related("fallback_owner__user").first()
        return [desk.fallback_owner.user] if desk else []

    def _fallback(self, lead: Lead) -> list[User]:
        """Who answers for the desk that the lead went to; of one that went to none, for the default desk."""
        own = self._fallback_of.get(lead.pk)
        return [own] if own else self._default

    def look_up(self, lead_ids: Collection[int]) -> None:
        """Ask for many leads at once whom walls keep out of them, and who answers for their desks."""
        found = conflicts.walled_users(lead_ids)
        self._walled |= {pk: found.get(pk, set()) for pk in lead_ids}
        owners = desk_owners(lead_ids)
        self._fallback_of |= {pk: adviser.user for pk, adviser in owners.items()}

    def ladder(self, lead: Lead) -> list[Sequence[User]]:
        """Who is told of this lead, level by level; a level may be empty, nobody stands on two, and on none
        who is walled from it."""
        owner = [lead.owner.user] if lead.owner else []
        if lead.pk not in self._walled:
            self.look_up([lead.pk])
        seen = set(self._walled[lead.pk])
        rungs: list[Sequence[User]] = []
        for people in (owner, self._cover(lead), self._fallback(lead), self._leads):
            rungs.append([user for user in people if user.pk not in seen])
            seen |= {user.pk for user in people}
        return rungs

    def _cover(self, lead: Lead) -> list[User]:
        """Who works it while the owner is away."""
        return [lead.cover.user] if lead.cover else []

    def _absence(self, adviser: Adviser) -> Absence | None:
        return next((one for one in adviser.absences.all() if one.covers(self._now)), None)

    def is_there(self, user: User, *, at_any_hour: bool = False) -> bool:
        """Whether it makes sense to tell this person now: may log in, is not away, and it is within working hours."""
        key = (user.pk, at_any_hour)
        if key not in self._there:
            self._there[key] = self._look(user, at_any_hour)
        return self._there[key]

    def _look(self, user: User, at_any_hour: bool) -> bool:
        adviser = self._advisers.get(user.pk)
        if not user.is_active or (adviser and self._absence(adviser)):
            return False
        return at_any_hour or clocks.of_adviser(adviser).is_working(self._now)
