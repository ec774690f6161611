"""Raising walls and lifting them. What a wall hides is asked at one gate, `Lead.objects.visible_to`; see also
`intake.conflicts`. Nobody is above a wall: whoever must see what is behind one has it lifted first, with a reason."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.models import Activity, Engagement, Hold, Lead, Organisation, Wall
from intake.reasons import given
from jobs import queue

RAISE, LIFT = "intake.add_wall", "intake.lift_wall"
Thing = Lead | Organisation | Engagement


@transaction.atomic
def raise_wall(
    *,
    user: User,
    before: Thing,
    reason: str,
    by: User | None,
    ends_at: datetime | None = None,
    hold: Hold | None = None,
) -> Wall:
    """Keep a member of the house out of a lead, an organisation or an engagement from now on; once is enough.

    Open leads behind it that they own are given to others by a job. `by` nobody: it is raised by itself. Raises
    ValidationError: code "required" without a reason, "forbidden" when the user may not raise walls, "past" when the
    end is over already.
    """
    reason = given(reason)
    if by is not None and not by.has_perm(RAISE) and hold is None:
        raise ValidationError("You may not raise walls.", code="forbidden")
    if ends_at is not None and ends_at <= timezone.now():
        raise ValidationError("The end is over already. Choose a later one.", code="past")
    what = {before._meta.model_name or "": before}
    _lock(before)
    stands = Wall.objects.standing().filter(user=user, **what).order_by("ends_at").last()
    if stands and (stands.ends_at is None or (ends_at and stands.ends_at >= ends_at)):
        return stands
    wall = Wall.objects.create(user=user, reason=reason, by=by, ends_at=ends_at, hold=hold, **what)
    if isinstance(before, Lead):
        kind = Activity.Kind.WALL_RAISED
        Activity.objects.create(lead=before, kind=kind, text=f"Before {user}.", by=by)
    queue.enqueue(queue.Ask("intake.clear_wall", wall.pk, key=f"wall:{wall.pk}"))
    return wall


def _lock(before: Thing) -> None:
    type(before)._default_manager.select_for_update().get(pk=before.pk)


@transaction.atomic
def lift_wall(*, wall: Wall, by: User, reason: str) -> Wall:
    """Let them in again from now on; on record with who and why.

    Raises ValidationError: code "required" without a reason, "forbidden" when the user may not lift walls or it is
    before themselves, "conflict" when it stands no more.
    """
    reason = given(reason)
    wall = Wall.objects.select_for_update().get(pk=wall.pk)
    if not by.is_active or not by.has_perm(LIFT):
        raise ValidationError("You may not lift walls.", code="forbidden")
    if wall.user_id == by.pk:
        raise ValidationError("Nobody lifts a wall before themselves.", code="forbidden")
    if wall.ends_at is not None and wall.ends_at <= timezone.now():
        raise ValidationError("This wall stands no more.", code="conflict")
    wall.ends_at, wall.lifted_by, wall.lifted_because = timezone.now(), by, reason
    wall.save(update_fields=["ends_at", "lifted_by", "lifted_because"])
    if wall.lead is not None:
        kind = Activity.Kind.WALL_LIFTED
        Activity.objects.create(lead=wall.lead, kind=kind, text=f"Before {wall.user}.", by=by)
    return wall


def lift_those_of(hold: Hold, *, by: User, reason: str) -> int:
    """Lift the walls that a hold raised by itself, since there was nothing in it; how many."""
    rows = Wall.objects.standing().filter(hold=hold, by=None)
    return rows.update(ends_at=timezone.now(), lifted_by=by, lifted_because=reason)


def raise_before_lead(lead: Lead, users: Iterable[User], *, hold: Hold) -> None:
    """The walls that a conflict raises by itself: before those who are on the other side."""
    for user in users:
        reason = "They work for the other side of a possible conflict of interest."
        raise_wall(user=user, before=lead, reason=reason, by=None, hold=hold)
