"""The clocks of a lead's stages: set when a stage begins, counted anew for another owner, met when it is left.

What was promised never gets later by itself: only people move it, in `rescheduling`, and the client is told.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake import promising
from intake.models import (
    STAGE_OF,
    Deadline,
    DeadlineChange,
    DeadlinePolicy,
    Lead,
    Priority,
    Stage,
    Status,
)

State, Change = Deadline.State, DeadlineChange.Kind
_DAY = 8 * 60

# What a house starts with: minutes, reminder, steps, told to the client. Desk leads change the rows.
_DEFAULTS: dict[tuple[str, str], tuple[int, int, int, bool]] = {
    (Priority.NORMAL, Stage.FIRST_ANSWER): (_DAY, 120, 120, True),
    (Priority.NORMAL, Stage.FOLLOW_UP): (5 * _DAY, _DAY, _DAY, False),
    (Priority.NORMAL, Stage.PROPOSAL): (5 * _DAY, _DAY, 4 * 60, True),
    (Priority.URGENT, Stage.FIRST_ANSWER): (60, 20, 15, True),
    (Priority.URGENT, Stage.FOLLOW_UP): (_DAY, 120, 60, False),
    (Priority.URGENT, Stage.PROPOSAL): (2 * _DAY, 4 * 60, 120, True),
}


def policies() -> dict[tuple[str, str], DeadlinePolicy]:
    """The policy of each priority and stage; those that no desk lead has seen yet are made as the house starts."""
    found = {(one.priority, one.stage): one for one in DeadlinePolicy.objects.all()}
    missing = _DEFAULTS.keys() - found.keys()
    if not missing:
        return found
    DeadlinePolicy.objects.bulk_create(
        (_default(priority, stage) for priority, stage in sorted(missing)), ignore_conflicts=True
    )
    return policies()


def _default(priority: str, stage: str) -> DeadlinePolicy:
    minutes, warn_before, escalate_every, is_promised = _DEFAULTS[priority, stage]
    return DeadlinePolicy(
        priority=priority,
        stage=stage,
        minutes=minutes,
        warn_before=warn_before,
        escalate_every=escalate_every,
        is_promised=is_promised,
    )


@transaction.atomic
def keep_deadline(*, lead_id: int, started_at: datetime | None = None) -> Deadline | None:
    """The running deadline of the lead's stage, set or counted anew as its owner and priority ask; None without one.

    A first answer is counted from the receipt (or `started_at`, for a lead that was received elsewhere). Stages after
    it get theirs when they begin. Safe to call at any time, as often as one likes.
    """
    lead = locked(lead_id)
    stage = STAGE_OF.get(lead.status)
    running = lead.deadlines.running().filter(stage=stage).select_related("policy").first()
    if running:
        return _renew(running, lead)
    if stage != Stage.FIRST_ANSWER or lead.deadlines.exists():
        return None
    return _set(lead, stage, started_at or lead.enquiry.received_at, by=None)


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


def _set(lead: Lead, stage: Stage, start: datetime, by: User | None) -> Deadline | None:
    policy = policies()[lead.priority, stage]
    if not policy.is_active:
        return None
    due = promising.promise(policy, lead, start)
    warn = promising.warning_time(policy, lead.owner, start, due)
    deadline = Deadline.objects.create(
        lead=lead,
        policy=policy,
        stage=stage,
        adviser=lead.owner,
        started_at=start,
        due_at=due,
        warn_at=warn,
        next_look_at=max(warn, timezone.now()),
    )
    record(deadline, Change.SET, by=by, reason=_whose(lead))
    return deadline


def _whose(lead: Lead) -> str:
    return f"By the calendar of {lead.owner}." if lead.owner else "By the house's own calendar."


def _renew(deadline: Deadline, lead: Lead) -> Deadline:
    """Count anew for another owner or priority, within what was promised; else leave the deadline as it is."""
    is_first_owner = deadline.adviser_id is None
    if deadline.adviser_id == lead.owner_id and deadline.policy.priority == lead.priority:
        return deadline
    now, before = timezone.now(), deadline.due_at
    deadline.policy = policies()[lead.priority, deadline.stage]
    changes_hands = deadline.adviser_id != lead.owner_id and not is_first_owner
    deadline.adviser = lead.owner
    if not deadline.paused_at and before > now:
        deadline.due_at = _within(deadline, lead, now, now if changes_hands else None)
        aim(deadline, now)
    deadline.save(update_fields=["policy", "adviser", "due_at", "warn_at", "next_look_at"])
    stands = " The promise stands." if deadline.due_at == before else ""
    record(deadline, Change.RENEWED, before=before, reason=_whose(lead) + stands)
    return deadline


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
