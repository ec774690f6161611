"""The clocks of a lead's stages: set when a stage begins, counted anew for another owner, met when it is left.

What was promised never gets later by itself: only people move it, in `rescheduling`, and the client is told.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.many import Many
from accounts.models import User
from briefs import prepared
from intake import policies, promising
from intake.models import (
    STAGE_OF,
    Adviser,
    Deadline,
    DeadlineChange,
    DeadlinePolicy,
    Lead,
    Stage,
    Status,
)
from intake.policies import Policies

State, Change = Deadline.State, DeadlineChange.Kind


@transaction.atomic
def keep_deadline(*, lead_id: int, started_at: datetime | None = None) -> Deadline | None:
    """The running deadline of the lead's stage, set or counted anew as its owner and priority ask; None without one.

    A first answer is counted from the receipt (or `started_at`, for a lead that was received elsewhere). Stages after
    it get theirs when they begin. Safe to call at any time, as often as one likes.
    """
    lead = locked(lead_id)
    running = keep_of([lead], started_at=started_at).get(lead.pk, [])
    return next((one for one in running if one.stage == STAGE_OF.get(lead.status)), None)


@transaction.atomic
def keep_deadlines(*, lead_ids: Sequence[int]) -> None:
    """As `keep_deadline` for many leads, in as many statements for fifty as for one. Locks them in order."""
    keep_of(locked_of(lead_ids))


def keep_of(
    leads: Sequence[Lead], *, started_at: datetime | None = None
) -> dict[int, list[Deadline]]:
    """As `keep_deadlines`, of leads that the caller has locked, with their enquiries and the owners that they have now;
    by lead, every deadline that runs then.
    """
    running, known = _clocks_of(leads)
    waiting = [
        lead
        for lead in leads
        if STAGE_OF.get(lead.status) == Stage.FIRST_ANSWER and lead.pk not in known
    ]
    strange = [
        (deadline, lead)
        for lead in leads
        for deadline in running[lead.pk]
        if deadline.stage == STAGE_OF.get(lead.status) and _is_strange(deadline, lead)
    ]
    if waiting or strange:
        rules = policies.current()
        _bring_owners([*waiting, *(lead for _, lead in strange)])
        for deadline in _set_first(waiting, rules, started_at):
            running[deadline.lead_id].append(deadline)
        _renew(strange, rules)
    return running


def _clocks_of(leads: Sequence[Lead]) -> tuple[dict[int, list[Deadline]], set[int]]:
    """By lead its running deadlines, and which leads ever had one."""
    running: dict[int, list[Deadline]] = {lead.pk: [] for lead in leads}
    ever = _EVER.read(pks=prepared.listed(running)).objects()
    for deadline in ever:
        if deadline.ended_at is None:
            running[deadline.lead_id].append(deadline)
    return running, {deadline.lead_id for deadline in ever}


_EVER = prepared.Prepared(
    lambda pks: (
        Deadline.objects.filter(prepared.among("intake_deadline.lead_id", pks))
        .select_related("policy")
        .order_by("pk")
    ),
    pks=prepared.NUMBERS,
)


def _is_strange(deadline: Deadline, lead: Lead) -> bool:
    """Whether it was counted for another owner or priority."""
    return deadline.adviser_id != lead.owner_id or deadline.policy.priority != lead.priority


def _bring_owners(leads: Sequence[Lead]) -> None:
    """Put the owner onto each lead, with what their calendar is made of."""
    owners = Adviser.objects.filter(pk__in={lead.owner_id for lead in leads if lead.owner_id})
    by_pk = {one.pk: one for one in owners.select_related("user").prefetch_related("absences")}
    for lead in leads:
        lead.owner = by_pk[lead.owner_id] if lead.owner_id else None


def enter_stage(lead: Lead, *, by: User | None) -> None:
    """After a lead's status changed, under its lock: end the clocks of other stages, start that of the present one."""
    now, stage = timezone.now(), STAGE_OF.get(lead.status)
    running = list(lead.deadlines.running().select_related("policy"))
    for deadline in running:
        if deadline.stage != stage:
            _end(deadline, lead, now, by)
    if stage and stage not in {deadline.stage for deadline in running}:
        _set(lead, stage, now, by)


def reopen_stage(lead: Lead, *, by: User | None) -> None:
    """After the closing of a lead was undone, under its lock: its stage has a clock again if closing it stopped one.

    It counts from where that one began: what was promised does not get later by it.
    """
    last = lead.deadlines.order_by("-pk").first()
    stage = STAGE_OF.get(lead.status)
    if last and stage == last.stage and last.ended_at and last.state != State.MET:
        _set(lead, stage, last.started_at, by)


@transaction.atomic
def proposal_sent(*, lead: Lead, by: User | None) -> None:
    """The client has the proposal: what was promised about it is met. Without such a deadline nothing happens."""
    lead = locked(lead.pk)
    running = lead.deadlines.running().filter(stage=Stage.PROPOSAL).select_related("policy")
    for deadline in running:
        _end(deadline, lead, timezone.now(), by)


def locked(lead_id: int) -> Lead:
    """The lead under its lock, which comes before those of its deadlines.

    Without its owner: a joined row would be the owner from before the wait.
    """
    found = Lead.objects.select_for_update(of=("self",)).select_related("enquiry")
    return found.get(pk=lead_id)


def locked_of(lead_ids: Sequence[int]) -> list[Lead]:
    """The same for many, in the order in which everybody locks several; those that are gone are left out."""
    found: list[Lead] = _LOCKED.read(pks=prepared.listed(lead_ids)).objects()
    return found


_LOCKED = prepared.Prepared(
    lambda pks: (
        Lead.objects.select_for_update(of=("self",))
        .select_related("enquiry")
        .filter(prepared.among("intake_lead.id", pks))
        .order_by("pk")
    ),
    pks=prepared.NUMBERS,
)


def _set(lead: Lead, stage: Stage, start: datetime, by: User | None) -> Deadline | None:
    deadline = _begun(lead, stage, start, policies.current())
    if deadline is not None:
        deadline.save(force_insert=True)
        record(deadline, Change.SET, by=by, reason=_whose(lead))
    return deadline


def _set_first(
    leads: Sequence[Lead], rules: Policies, started_at: datetime | None
) -> list[Deadline]:
    begun = [
        _begun(lead, Stage.FIRST_ANSWER, started_at or lead.enquiry.received_at, rules)
        for lead in leads
    ]
    made = [one for one in begun if one]
    _MADE.store(made)
    _record_all([(one, Change.SET, None, _whose(one.lead)) for one in made])
    return made


_MADE = Many(
    Deadline,
    (
        *("lead_id", "policy_id", "stage", "adviser_id"),
        *("started_at", "due_at", "warn_at", "next_look_at"),
    ),
)


def _begun(lead: Lead, stage: Stage, start: datetime, rules: Policies) -> Deadline | None:
    """The deadline of a stage that begins, not stored yet; None where the policy is off."""
    policy = rules[lead.priority, stage]
    if not policy.is_active:
        return None
    due = promising.promise(policy, lead, start)
    warn = promising.warning_time(policy, lead.owner, start, due)
    return Deadline(
        lead=lead,
        policy=policy,
        stage=stage,
        adviser=lead.owner,
        started_at=start,
        due_at=due,
        warn_at=warn,
        next_look_at=max(warn, timezone.now()),
    )


def _whose(lead: Lead) -> str:
    return f"By the calendar of {lead.owner}." if lead.owner else "By the house's own calendar."


def _renew(strange: Sequence[tuple[Deadline, Lead]], rules: Policies) -> None:
    """Count anew for another owner or priority, within what was promised."""
    now, changes = timezone.now(), []
    for deadline, lead in strange:
        before = deadline.due_at
        _count_anew(deadline, lead, rules[lead.priority, deadline.stage], now)
        stands = " The promise stands." if deadline.due_at == before else ""
        changes.append((deadline, Change.RENEWED, before, _whose(lead) + stands))
    written = ["policy", "adviser", "due_at", "time_left", "warn_at", "next_look_at"]
    Deadline.objects.bulk_update([deadline for deadline, _ in strange], written)
    _record_all(changes)


def _count_anew(deadline: Deadline, lead: Lead, policy: DeadlinePolicy, now: datetime) -> None:
    """By this policy and the lead's owner: a clock that stands still as of the moment at which it stopped."""
    before, clock = deadline.due_at, deadline.policy.clock
    changes_hands = deadline.adviser_id not in (None, lead.owner_id)
    deadline.policy, deadline.adviser = policy, lead.owner
    at = deadline.paused_at or now
    if before <= at:
        return
    deadline.due_at = _within(deadline, lead, at, at if changes_hands else None)
    if deadline.paused_at is None:
        aim(deadline, now)
    elif deadline.due_at < before or policy.clock != clock:
        # Else what is left stays as it is: of the same minutes another owner has as many.
        calendar = promising.calendar_for(policy, lead.owner)
        deadline.time_left = calendar.between(at, deadline.due_at)


def _within(deadline: Deadline, lead: Lead, now: datetime, start: datetime | None) -> datetime:
    """What the policy gives the new owner, when that is still to come and no later than what was promised."""
    policy = deadline.policy
    anew = promising.promise(policy, lead, start or deadline.started_at)
    if anew <= now:
        anew = promising.promise(policy, lead, now)
    return min(anew, deadline.due_at)


def aim(deadline: Deadline, now: datetime) -> None:
    """Set when the sweep has to remind of it."""
    start = max(deadline.started_at, now)
    deadline.warn_at = promising.warning_time(
        deadline.policy, deadline.adviser, start, deadline.due_at
    )
    is_open = deadline.state == State.OPEN
    deadline.next_look_at = deadline.warn_at if is_open else deadline.due_at


def _end(deadline: Deadline, lead: Lead, now: datetime, by: User | None) -> None:
    """Met in time or late, or not needed any more: a lead was closed or held back before its stage was done."""
    is_late = deadline.state == State.MISSED or (not deadline.paused_at and now > deadline.due_at)
    if is_late:
        deadline.state, change = State.MISSED, Change.LATE
    elif lead.status == Status.QUARANTINED or (lead.closed_at and lead.status != Status.WON):
        deadline.state, change = State.CANCELLED, Change.CANCELLED
    else:
        deadline.state, change = State.MET, Change.MET
    deadline.ended_at = now
    deadline.next_look_at = deadline.paused_at = deadline.time_left = None
    deadline.save(update_fields=["state", "ended_at", "next_look_at", "paused_at", "time_left"])
    record(deadline, change, by=by)


def _record_all(
    changes: Sequence[tuple[Deadline, DeadlineChange.Kind, datetime | None, str]],
) -> None:
    _CHANGED.store_rows(
        [
            {
                "deadline_id": deadline.pk,
                "kind": kind,
                "due_before": before,
                "due_after": deadline.due_at,
                "reason": reason,
            }
            for deadline, kind, before, reason in changes
        ]
    )


_CHANGED = Many(DeadlineChange, ("deadline_id", "kind", "due_before", "due_after", "reason"))


def record(
    deadline: Deadline,
    kind: DeadlineChange.Kind,
    *,
    by: User | None = None,
    reason: str = "",
    before: datetime | None = None,
) -> DeadlineChange:
    """Write down what happened to a deadline."""
    return DeadlineChange.objects.create(
        deadline=deadline,
        kind=kind,
        due_before=before or (None if kind == Change.SET else deadline.due_at),
        due_after=deadline.due_at,
        by=by,
        reason=reason,
    )
