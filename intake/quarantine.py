"""What becomes of requests that are held back: released, called spam, or closed when nobody looked in time."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from intake import conflicts, leads, staff_letters
from intake.models import Activity, Lead, Priority, Quarantine, Status
from intake.reasons import given
from jobs import queue
from jobs.kinds import JobError
from mail import outbox

PERMISSION = "intake.decide_quarantine"
Outcome = Quarantine.Outcome
_NEXT = ("intake.route_lead", "intake.acknowledge")
_EXPIRE_AT_ONCE = 500


@transaction.atomic
def release_lead(*, lead: Lead, by: User | None) -> Lead:
    """Let a request go on as any other: matched, routed, acknowledged. `by` nobody: its sender proved to be a person.

    One that was called spam, or that nobody looked at in time, may be released too. Raises
    ValidationError(code="conflict") when it is neither held back nor closed so, or was erased.
    """
    ends = (Outcome.OPEN, Outcome.SPAM, Outcome.EXPIRED) if by else (Outcome.OPEN,)
    _end(lead, ends, Outcome.RELEASED if by else Outcome.PROVED, by)
    lead = leads.move_lead(lead=lead, to=Status.NEW, by=by, activity=Activity.Kind.RELEASED)
    queue.enqueue(*(queue.Ask(kind, lead.pk, key=f"lead:{lead.pk}:released") for kind in _NEXT))
    return lead


@transaction.atomic
def call_spam(*, lead: Lead, by: User, reason: str) -> Lead:
    """Close a request that is held back as spam. The like of it scores from now on.

    Raises ValidationError: code "required" without a reason, "conflict" when it is not held back.
    """
    reason = given(reason)
    _end(lead, (Outcome.OPEN,), Outcome.SPAM, by)
    return leads.move_lead(lead=lead, to=Status.DISQUALIFIED, by=by, reason=f"Spam: {reason}")


def _end(lead: Lead, ends: tuple[str, ...], outcome: str, by: User | None) -> None:
    """Note how the quarantine ended, if it stands where one may end so; the lead is locked first, as everywhere."""
    if Lead.objects.select_for_update().get(pk=lead.pk).erased_at:
        raise ValidationError("This request was erased; nothing is left to go on.", code="conflict")
    ended = Quarantine.objects.filter(lead=lead, outcome__in=ends).update(
        outcome=outcome, ended_at=Now(), ended_by=by
    )
    if not ended:
        raise ValidationError("This request is not held back any more.", code="conflict")


@transaction.atomic
def expire_old() -> int:
    """Close what was held back for QUARANTINE_DAYS, or only note that it would be; how many.

    Urgent ones wait for a person for ever. Nothing is deleted.
    """
    before = timezone.now() - timedelta(days=settings.QUARANTINE_DAYS)
    old = (
        Quarantine.objects.open().filter(held_at__lt=before).exclude(lead__priority=Priority.URGENT)
    )
    if not settings.QUARANTINE_EXPIRES:
        return _note_expiry(old.filter(would_expire_at=None))
    locked = old.select_for_update(of=("self",), skip_locked=True).select_related("lead")
    found = list(locked.order_by("held_at")[:_EXPIRE_AT_ONCE])
    for one in found:
        _end(one.lead, (Outcome.OPEN,), Outcome.EXPIRED, None)
        reason = f"Held back for {settings.QUARANTINE_DAYS} days, and nobody released it"
        leads.move_lead(lead=one.lead, to=Status.DISQUALIFIED, by=None, reason=reason)
    return len(found)


def _note_expiry(old: QuerySet[Quarantine]) -> int:
    pks = list(old.order_by("held_at").values_list("pk", flat=True)[:_EXPIRE_AT_ONCE])
    return Quarantine.objects.filter(pk__in=pks).update(would_expire_at=Now())


def tell_of_urgent(*, lead_id: int) -> None:
    """Mail everybody who may decide that a request that is held back speaks of danger: its reference and a link.

    Raises JobError when there is nobody to tell.
    """
    lead = Lead.objects.get(pk=lead_id)
    if lead.status != Status.QUARANTINED:
        return
    readers = conflicts.without_walled(lead_id, _who_decide())
    if not readers:
        raise JobError("Nobody may decide about the quarantine. Give somebody the role desk lead.")
    for user in readers:
        key = f"held_back:lead:{lead.pk}:user:{user.pk}"
        outbox.queue_message(
            staff_letters.about_lead(lead, user, key=key, template="intake/mail/held_back")
        )


def _who_decide() -> QuerySet[User]:
    codename = PERMISSION.partition(".")[2]
    holds = Q(groups__permissions__codename=codename) | Q(user_permissions__codename=codename)
    desk_leads = User.objects.filter(holds, is_active=True).distinct()
    fallback = User.objects.filter(adviser__fallback_desks__is_default=True, is_active=True)
    return desk_leads if desk_leads.exists() else fallback
