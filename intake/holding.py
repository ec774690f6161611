"""Holding a lead until somebody has decided about it, and deciding. Whatever finds a reason to stop calls here.

While a hold is open the lead is not routed: the routing ends with that as its stated outcome, and the decision asks
for it again. The clock runs on, since the client waits whatever the house has to clear up within.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from intake import conflicts, leads, matching, presence, staff_letters, walls
from intake.models import Activity, Hold, HoldKind, Lead, Status
from intake.reasons import given
from jobs import queue
from mail import outbox

Decision = Hold.Decision
PERMISSIONS: dict[str, str] = {
    HoldKind.CONFLICT: "intake.decide_conflict",
    HoldKind.SANCTIONS: "intake.decide_sanctions",
}
_ENDS = (Decision.UNFOUNDED, Decision.PROCEED, Decision.WITHOUT, Decision.REFUSE)
_MAY_BE_REFUSED = (Status.NEW, Status.ROUTED, Status.CONTACTED, Status.QUALIFIED)


def refuse_while_held(*, lead_id: int) -> None:
    """Raise ValidationError(code="held") while somebody has still to decide about the lead."""
    if Hold.objects.open().filter(lead=lead_id).exists():
        raise ValidationError(
            "This lead is held until somebody has decided about it. Ask whoever is to decide.",
            code="held",
        )


@transaction.atomic
def hold(
    *,
    lead: Lead,
    kind: HoldKind,
    found: str,
    matches: Sequence[Mapping[str, Any]],
    concerned: Iterable[int] = (),
) -> Hold | None:
    """Hold a lead for what was found, and ask somebody to decide; the hold, or None when there is nothing new.

    `found` says it in words for staff, `matches` one by one: plain values, each with a "key". What was decided about
    a match is not asked again, and an open hold of this kind takes in what was found since. `concerned` are the ids of
    users who do not decide it. Locks the lead. A lead that was closed is not held, unless it was won: that is
    work in hand. Instead of a merged one that is held which does its work.
    """
    lead = Lead.objects.select_for_update().get(pk=matching.live(lead).pk)
    stands = Hold.objects.open().filter(lead=lead, kind=kind).first()
    if stands:
        return _add(stands, found, matches, concerned)
    is_over = lead.closed_at and lead.status != Status.WON
    if is_over or not _new(lead, kind, matches):
        return None
    made = _open(lead, kind, found, matches, set(concerned))
    text = f"{made.get_kind_display().capitalize()}."
    Activity.objects.create(lead=lead, kind=Activity.Kind.HELD, text=text)
    key = f"hold:{made.pk}"
    queue.enqueue(
        queue.Ask("intake.tell_reviewer", made.pk, key=key),
        queue.Ask("intake.keep_deadline", lead.pk, key=key),
    )
    return made


def _open(
    lead: Lead, kind: HoldKind, found: str, matches: Sequence[Mapping[str, Any]], about: set[int]
) -> Hold:
    walled = conflicts.walled_users([lead.pk]).get(lead.pk, set())
    reviewer = _reviewer(kind, about | walled)
    made = Hold.objects.create(
        lead=lead, kind=kind, found=found, matches=list(matches), reviewer=reviewer
    )
    made.concerned.set(about)
    return made


def _add(
    stands: Hold, found: str, matches: Sequence[Mapping[str, Any]], concerned: Iterable[int]
) -> Hold:
    known = {each["key"] for each in stands.matches}
    more = [each for each in matches if each["key"] not in known]
    if more:
        stands.found = f"{stands.found}\n{found}"
        stands.matches = [*stands.matches, *more]
        stands.save(update_fields=["found", "matches"])
    stands.concerned.add(*concerned)
    return stands


def _new(lead: Lead, kind: str, matches: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some of it was not decided before."""
    decided = Hold.objects.filter(lead=lead, kind=kind).values_list("matches", flat=True)
    known = {each["key"] for before in decided for each in before}
    return any(each["key"] not in known for each in matches)


def who_may_decide(kind: str) -> QuerySet[User]:
    """Whoever may decide about holds of this kind, by role or by themselves."""
    app, _, codename = PERMISSIONS[kind].partition(".")
    may = {"codename": codename, "content_type__app_label": app}
    by_role = Q(**{f"groups__permissions__{name}": value for name, value in may.items()})
    own = Q(**{f"user_permissions__{name}": value for name, value in may.items()})
    pks = User.objects.filter(by_role | own, is_active=True).values("pk")
    return User.objects.filter(pk__in=pks)


def _reviewer(kind: str, concerned: set[int]) -> User | None:
    """Of those who may decide and are no party to it: one who is not away, with the fewest others to decide."""
    open_ones = Count("holds_to_decide", filter=Q(holds_to_decide__decision=Decision.OPEN))
    may = who_may_decide(kind).exclude(pk__in=concerned).annotate(n=open_ones)
    people = list(may.order_by("n", "pk"))
    staff = presence.Staff(timezone.now())
    there = (user for user in people if staff.is_there(user, at_any_hour=True))
    return next(there, people[0] if people else None)


@transaction.atomic
def decide(
    *,
    hold: Hold,
    by: User,
    decision: Hold.Decision,
    reason: str,
    without: Iterable[User] = (),
) -> Hold:
    """Decide about a hold. A lead that is refused is disqualified; a new one that goes on is routed, when nothing else
    holds it; one that goes on without some people is walled from them; where nothing was in it, the walls that it
    raised by itself are lifted.

    Raises ValidationError, and changes nothing: code "required" without a reason or without whom, "forbidden" when the
    user may not decide, is a party to it or is walled from the lead, "conflict" when it was decided already or the lead
    has come too far to be refused.
    """
    people = list(without)
    _refuse_incomplete(decision, reason, people)
    lead = Lead.objects.select_for_update().get(pk=hold.lead_id)
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    _refuse_stranger(hold, by)
    if hold.decision != Decision.OPEN:
        raise ValidationError(
            f"This was decided already: {hold.get_decision_display()}.", code="conflict"
        )
    hold.decision, hold.reason = decision, reason.strip()
    hold.decided_by, hold.decided_at = by, timezone.now()
    hold.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    kind = Activity.Kind.HOLD_DECIDED
    text = f"{hold.get_kind_display().capitalize()}: {hold.get_decision_display()}."
    Activity.objects.create(lead=lead, kind=kind, text=text, by=by)
    if decision == Decision.REFUSE:
        _refuse_lead(hold, lead, by)
        return hold
    _wall(hold, lead, people, by)
    if lead.status == Status.NEW and not lead.holds.open().exists():
        queue.enqueue(queue.Ask("intake.route_lead", lead.pk, key=f"lead:{lead.pk}:hold:{hold.pk}"))
    return hold


def _refuse_incomplete(decision: Hold.Decision, reason: str, people: Sequence[User]) -> None:
    if decision not in _ENDS:
        raise ValidationError("Choose a decision.", code="required")
    given(reason)
    if (decision == Decision.WITHOUT) != bool(people):
        raise ValidationError(
            "Name the advisers without whom it goes on; for other decisions name none.",
            code="required",
        )


def _wall(hold: Hold, lead: Lead, people: Sequence[User], by: User) -> None:
    """Before those without whom it goes on; where nothing was in it, none."""
    if hold.decision == Decision.UNFOUNDED:
        walls.lift_those_of(hold, by=by, reason=hold.reason)
    for user in people:
        walls.raise_wall(user=user, before=lead, reason=hold.reason, by=by, hold=hold)


def _refuse_stranger(hold: Hold, by: User) -> None:
    if not by.is_active or not by.has_perm(PERMISSIONS[hold.kind]):
        raise ValidationError("You may not decide about this.", code="forbidden")
    if not conflicts.without_walled(hold.lead_id, [by]):
        raise ValidationError("You are walled from this lead.", code="forbidden")
    if hold.concerned.filter(pk=by.pk).exists():
        raise ValidationError(
            "You are a party to it, so somebody else must decide.", code="forbidden"
        )


def _refuse_lead(hold: Hold, lead: Lead, by: User) -> None:
    if lead.closed_at:
        return
    if lead.status not in _MAY_BE_REFUSED:
        raise ValidationError(
            "This lead has a proposal. Withdraw that and mark the lead as lost; then decide.",
            code="conflict",
        )
    leads.disqualify_lead(
        lead=lead, by=by, reason=f"{hold.get_kind_display().capitalize()}: {hold.reason}"
    )


def tell_reviewer(*, hold_id: int) -> None:
    """Mail whoever is to decide: the reference and a link, nothing of what was found."""
    hold = Hold.objects.select_related("lead", "reviewer").get(pk=hold_id)
    if hold.decision != Decision.OPEN or hold.reviewer is None or not hold.reviewer.is_active:
        return
    key = f"hold:{hold.pk}:user:{hold.reviewer_id}"
    outbox.queue_message(
        staff_letters.about_lead(hold.lead, hold.reviewer, key=key, template="intake/mail/held")
    )
