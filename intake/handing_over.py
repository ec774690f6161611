"""Handing leads over by hand: to another adviser (one or many), out of the pool, back to the desk.

Each verb locks, then asks again whether it may: whoever comes second reads what the first one did. A lead that is held
for a decision (`holding`) stays where it is. Credit does not move with a lead (docs/decisions/0024): only a decision of
the routing is paid for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake import conflicts, eligibility, holding, owning, roster, routing
from intake.eligibility import Standing
from intake.hand_over_mail import News
from intake.models import Activity, Adviser, Assignment, Desk, Lead, Status
from intake.reasons import given
from jobs import queue
from jobs.kinds import JobError

REASSIGN = "intake.reassign_lead"
WORK = "intake.change_lead"
Kind = Activity.Kind
_A_MOMENT = timedelta(minutes=1)  # in which the same order once more is a second click


@dataclass(frozen=True)
class Outcome:
    """What became of one lead of many: moved, or why not. A lead that the user may not see is None."""

    lead: Lead | None
    refused: str = ""


@transaction.atomic
def reassign_lead(
    *,
    lead: Lead,
    to: Adviser,
    by: User,
    reason: str,
    seen: str = "",
    even_if_away: bool = False,
) -> Lead:
    """Give an open lead to another adviser, end the present assignment, and tell both.

    `seen` is what the page showed (`owning.seen`). A second click on the same button changes nothing and is no error.
    Raises ValidationError: code "required" without a reason,
    "forbidden" when this user may not, "away" when that adviser is away, unless that is meant, "barred" when they must
    not have it, "conflict" when the lead moved meanwhile, is closed, not routed yet or with that adviser already, or
    when that adviser may not log in any more.
    """
    reason = given(reason)
    _refuse_without(by, REASSIGN)
    lead = _locked(lead.pk, by)
    if _just_did(lead, to, by, reason):
        return lead
    _refuse_receiver(to, even_if_away)
    news = News(by)
    span = _reassign(lead, to, by, reason, seen, news)
    routing.ask_to_notify([span])
    news.send()
    return lead


@transaction.atomic
def reassign_many(
    *,
    leads: Mapping[int, str],
    to: Adviser,
    by: User,
    reason: str,
    even_if_away: bool = False,
) -> list[Outcome]:
    """Give many leads, each with what the page showed of it, to one adviser; what is refused stops no other.

    The receiver gets one mail, and so does each former owner. Raises ValidationError as `reassign_lead` for what
    speaks against all of them.
    """
    reason = given(reason)
    _refuse_without(by, REASSIGN)
    _refuse_receiver(to, even_if_away)
    rows = Lead.objects.select_for_update().filter(pk__in=leads).order_by("pk")
    locked = {row.pk: row for row in rows}
    shown = set(Lead.objects.visible_to(by).filter(pk__in=locked).values_list("pk", flat=True))
    news, done = News(by), []
    for pk, seen in sorted(leads.items()):
        lead = locked[pk] if pk in shown else None
        done.append(_one_of_many(lead, to, by, reason, seen, news))
    news.send()
    return done


def _one_of_many(
    lead: Lead | None, to: Adviser, by: User, reason: str, seen: str, news: News
) -> Outcome:
    if lead is None:
        return Outcome(None, "There is no such lead for you.")
    if _just_did(lead, to, by, reason):
        return Outcome(lead)
    try:
        span = _reassign(lead, to, by, reason, seen, news)
    except ValidationError as error:  # raised before anything is written
        return Outcome(lead, error.messages[0])
    queue.enqueue(owning.clock_of(span))
    news.add(to, lead, "It is yours now.", key=f"assignment:{span.pk}", is_theirs=True)
    return Outcome(lead)


def _reassign(lead: Lead, to: Adviser, by: User, reason: str, seen: str, news: News) -> Assignment:
    owning.refuse_moved(lead, seen)
    if lead.status not in owning.OPEN:
        raise ValidationError(
            "Only an open lead that was routed can be given to another.", code="conflict"
        )
    if lead.owner_id == to.pk:
        raise ValidationError(f"{to} has this lead already.", code="conflict")
    holding.refuse_while_held(lead_id=lead.pk)
    if why := news.barred(lead).get(to.pk):
        raise ValidationError(f"{to} must not have this lead: {why}.", code="barred")
    return _move(lead, to, by, Kind.REASSIGNED, reason, news)


def _just_did(lead: Lead, to: Adviser, by: User, reason: str) -> bool:
    """Whether this user has given it to this adviser for this reason a moment ago."""
    lately = timezone.now() - _A_MOMENT
    given = {"adviser": to, "by": by, "reason": reason, "started_at__gt": lately}
    return (
        lead.owner_id == to.pk and lead.assignments.filter(ended_at__isnull=True, **given).exists()
    )


@transaction.atomic
def claim_lead(*, lead: Lead, by: User) -> Lead:
    """Take a lead out of the pool; the first one gets it, and its former owner is told.

    Raises ValidationError: code "forbidden" when this user is no adviser of its desk, "conflict" when it is not in the
    pool any more (with who has it), "barred" when they must not have it, "away" or "full" when they could not get it
    from the routing either for these reasons.
    """
    _refuse_without(by, WORK)
    lead = owning.locked(lead.pk)
    adviser = Adviser.objects.select_related("user").filter(user=by).first()
    if adviser is None:
        raise ValidationError("Only advisers take leads.", code="forbidden")
    if why := conflicts.barred_because(lead).get(adviser.pk):
        raise ValidationError(f"You must not have this lead: {why}.", code="barred")
    if lead.pool_id is None:
        raise ValidationError(_who_was_first(lead, adviser), code="conflict")
    if lead.owner_id == adviser.pk:
        raise ValidationError("You have this lead already.", code="conflict")
    if not Desk.objects.of(by).filter(pk=lead.pool_id).exists():
        raise ValidationError("This lead waits for another desk.", code="forbidden")
    holding.refuse_while_held(lead_id=lead.pk)
    _refuse_unready(_standing(adviser.pk))
    news = News(by)
    span = _move(lead, adviser, by, Kind.CLAIMED, "", news)
    queue.enqueue(owning.clock_of(span))
    news.send()
    return lead


def _who_was_first(lead: Lead, adviser: Adviser) -> str:
    if lead.owner_id == adviser.pk:
        return "You have this lead already."
    who = f" {lead.owner} has it now." if lead.owner else ""
    return f"This lead is not in the pool any more.{who}"


def _refuse_unready(standing: Standing) -> None:
    if standing.away_until:
        raise ValidationError(
            f"You are away until {eligibility.told(standing.away_until)}; shorten your absence first.",
            code="away",
        )
    if standing.open_leads >= standing.capacity:
        raise ValidationError(
            f"You have {standing.open_leads} open leads, the most you take is {standing.capacity}. "
            "A desk lead can still give it to you.",
            code="full",
        )


@transaction.atomic
def release_lead(*, lead: Lead, by: User, reason: str, seen: str = "") -> Lead:
    """Give a lead back to the desk: it is routed again without its owner, who stays when nobody else may have it.

    For its owner and for those who give leads to others. Raises ValidationError: code "required" without a reason,
    "forbidden" for anybody else, "conflict" when the lead moved meanwhile or is not open, "nobody" when nobody else may
    have it.
    """
    reason = given(reason)
    lead = _locked(lead.pk, by)
    owning.refuse_moved(lead, seen)
    former = lead.owner
    if lead.status not in owning.OPEN or former is None:
        raise ValidationError(
            "Only an open lead that was routed can be given back.", code="conflict"
        )
    _refuse_without(by, WORK if former.user_id == by.pk else REASSIGN)
    holding.refuse_while_held(lead_id=lead.pk)
    Activity.objects.create(lead=lead, kind=Kind.GIVEN_BACK, text=reason, by=by)
    span = _route_to_another(lead, former, by)
    routing.ask_to_notify([span])
    news = News(by)
    went = f"It went back to the desk, and to {span.adviser}."
    news.add(former, lead, went, key=f"assignment:{span.pk}")
    news.send()
    return span.lead


def _route_to_another(lead: Lead, former: Adviser, by: User) -> Assignment:
    try:
        return routing.route_again(lead, without={former.pk: "had it and gave it back"}, by=by)
    except JobError as error:
        raise ValidationError(
            f"Nobody else may have this lead, so that it stays with {former}.", code="nobody"
        ) from error


def _move(
    lead: Lead, to: Adviser, by: User, kind: Activity.Kind, reason: str, news: News
) -> Assignment:
    former = lead.owner
    span = owning.give(lead, to.pk, reason=reason, by=by)
    lead.owner = to
    text = f"To {to}: {reason}" if reason else f"By {to}, from {former}."
    Activity.objects.create(lead=lead, kind=kind, text=text, by=by)
    if former:
        news.add(former, lead, f"It went to {to}.", key=f"assignment:{span.pk}")
    return span


def _locked(lead_id: int, by: User) -> Lead:
    """The lead under its lock, if this user may see it."""
    lead = owning.locked(lead_id)
    if not Lead.objects.visible_to(by).filter(pk=lead_id).exists():
        raise ValidationError("There is no such lead for you any more.", code="forbidden")
    return lead


def _refuse_without(by: User, permission: str) -> None:
    if not by.is_active or not by.has_perm(permission):
        raise ValidationError("You may not do this.", code="forbidden")


def _refuse_receiver(to: Adviser, even_if_away: bool) -> None:
    if not to.user.is_active:
        raise ValidationError(
            f"{to} may not log in any more. Choose another adviser.", code="conflict"
        )
    away = None if even_if_away else away_in_words(to)
    if away:
        raise ValidationError(f"{to} {away}", code="away")


def away_in_words(adviser: Adviser) -> str:
    """Until when they are away and who stands in; empty while they are there."""
    team = roster.team(timezone.now(), {})
    standing = next(one for one in team if one.adviser_id == adviser.pk)
    if not standing.away_until:
        return ""
    names = {one.adviser_id: one.name for one in team}
    delegate = names.get(standing.delegate_id or 0)
    stands_in = f"their delegate is {delegate}" if delegate else "nobody is named to stand in"
    return f"is away until {eligibility.told(standing.away_until)}; {stands_in}."


def _standing(adviser_id: int) -> Standing:
    return next(one for one in roster.team(timezone.now(), {}) if one.adviser_id == adviser_id)


def is_claimable(lead: Lead) -> bool:
    """Whether it waits in a pool."""
    return lead.pool_id is not None and lead.status == Status.ROUTED
