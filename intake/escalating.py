"""Reminding before a deadline and telling level by level after it, from the rows alone.

A sweep that comes late tells each person once of all that happened meanwhile, and the next level only after the usual
time from then on. Nobody is told who is not there: the next one is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import time_zones
from accounts.models import User
from intake import deadlines, presence, promising, staff_links
from intake.models import (
    Activity,
    Clock,
    Deadline,
    DeadlineChange,
    DeadlineNotice,
    DeadlinePolicy,
    Lead,
    Stage,
    Status,
)
from jobs import queue
from jobs.models import Job
from mail import outbox

State, Change, Kind = Deadline.State, DeadlineChange.Kind, DeadlineNotice.Kind
BATCH = 200
_NOBODY_THERE = timedelta(minutes=15)
_JUST_RECEIVED = timedelta(days=1)
# The first sets a clock before it says by when we answer; routing asks for the second.
_KEEP_CLOCKS = ("intake.acknowledge", "intake.keep_deadline")


@transaction.atomic
def watch_deadlines(*, now: datetime | None = None) -> int:
    """Remind, note what was missed, and tell the next level, for up to `BATCH` deadlines whose time has come; how many.

    Any number may run side by side: each takes the rows that no other and no verb holds. Asks for another run when
    there may be more.
    """
    now = now or timezone.now()
    waiting = (
        Deadline.objects.filter(next_look_at__lte=now)
        .select_related("lead__owner__user", "lead__cover__user", "policy")
        .prefetch_related("notices")
        .select_for_update(of=("self", "lead"), skip_locked=True)
        .order_by("next_look_at", "pk")
    )
    taken = list(waiting[:BATCH])
    round_ = _Round(now, presence.Staff(now))
    round_.staff.look_up([deadline.lead_id for deadline in taken])
    for deadline in taken:
        round_.look(deadline)
    round_.tell()
    if len(taken) == BATCH:
        key = f"after:{taken[-1].pk}:{taken[-1].due_at.isoformat()}:{now.isoformat()}"
        queue.enqueue(queue.Ask("intake.watch_deadlines", 0, key=key))
    return len(taken)


def mend_deadlines(*, now: datetime | None = None) -> int:
    """Ask for what should have been done: leads of the last day without a clock, and clocks that run for another owner
    or priority than their lead's, unless a job that does it still waits or is at work. How many.
    """
    now = now or timezone.now()
    counted = DeadlinePolicy.objects.filter(stage=Stage.FIRST_ANSWER, is_active=True)
    bare = Lead.objects.filter(
        status__in=[Status.NEW, Status.ROUTED],
        created_at__gt=now - _JUST_RECEIVED,
        priority__in=counted.values("priority"),
        deadlines=None,
    )
    owner = F("lead__owner")
    strange = Deadline.objects.running().filter(
        Q(adviser__isnull=True, lead__owner__isnull=False)
        | Q(adviser__isnull=False, lead__owner__isnull=True)
        | (Q(adviser__isnull=False, lead__owner__isnull=False) & ~Q(adviser=owner))
        | ~Q(policy__priority=F("lead__priority"))
    )
    pks = {*bare.exclude(_to_come("pk")).values_list("pk", flat=True)[:BATCH]}
    pks |= {*strange.exclude(_to_come("lead_id")).values_list("lead_id", flat=True)[:BATCH]}
    key = f"{now:%Y-%m-%dT%H:%M}"
    queue.enqueue(
        *(queue.Ask("intake.keep_deadline", pk, f"lead:{pk}:{key}") for pk in sorted(pks))
    )
    return len(pks)


def _to_come(lead: str) -> Q:
    """That a job which keeps the lead's clock is not done yet. In two parts, each of which has a small index.

    Each is read once: looked for lead by lead they were read as often as there are leads.
    """
    jobs = Job.objects.filter(kind__in=_KEEP_CLOCKS).values("subject_id")
    waiting, at_work = (jobs.filter(state=state) for state in (Job.State.PENDING, Job.State.LEASED))
    return Q((f"{lead}__in", waiting)) | Q((f"{lead}__in", at_work))


@dataclass
class _Round:
    """One sweep: what each person is to be told."""

    now: datetime
    staff: "presence.Staff"
    letters: dict[User, list[DeadlineNotice]] = field(default_factory=lambda: defaultdict(list))

    def look(self, deadline: Deadline) -> None:
        """Do what is due for one deadline, and note when to look again."""
        if self.now < deadline.warn_at:
            deadline.next_look_at = deadline.warn_at
        elif self.now < deadline.due_at:
            self._remind(deadline)
        else:
            self._miss(deadline)
        deadline.save(update_fields=["state", "step", "next_look_at"])

    def _remind(self, deadline: Deadline) -> None:
        told = deadline.state == State.WARNED or self._notify(deadline, Kind.WARNING, 0) is not None
        if not told:
            deadline.next_look_at = min(self.now + _NOBODY_THERE, deadline.due_at)
            return
        if deadline.state != State.WARNED:
            deadline.state = State.WARNED
            deadlines.record(deadline, Change.WARNED)
        deadline.next_look_at = deadline.due_at

    def _miss(self, deadline: Deadline) -> None:
        if deadline.state != State.MISSED:
            deadline.state = State.MISSED
            deadlines.record(deadline, Change.MISSED)
            text = f"{deadline.get_stage_display().capitalize()}, due by {time_zones.in_both(deadline.due_at, 'UTC')}"
            kind = Activity.Kind.DEADLINE_MISSED
            Activity.objects.create(lead=deadline.lead, kind=kind, text=text)
        if not any(self.staff.ladder(deadline.lead)[deadline.step :]):
            deadline.next_look_at = None
            return
        rung = self._notify(deadline, Kind.MISSED, deadline.step)
        if rung is None:
            deadline.next_look_at = self.now + _NOBODY_THERE
            return
        deadline.step = rung + 1
        pause = timedelta(minutes=deadline.policy.escalate_every)
        house = promising.calendar_for(deadline.policy, None)
        deadline.next_look_at = house.add(self.now, pause)

    def _notify(self, deadline: Deadline, kind: DeadlineNotice.Kind, first: int) -> int | None:
        """Note for those on the first rung from `first` on who are there and were not told yet; which, or None.

        A reminder goes no further up than to somebody who is there, told just now or before.
        """
        told = {
            notice.to_id
            for notice in deadline.notices.all()
            if (notice.kind, notice.due_at) == (kind, deadline.due_at)
        }
        is_always = deadline.policy.clock == Clock.ALWAYS
        for rung, people in enumerate(self.staff.ladder(deadline.lead)[first:], start=first):
            there = [user for user in people if self.staff.is_there(user, at_any_hour=is_always)]
            fresh = [user for user in there if user.pk not in told]
            for user in fresh:
                notice = DeadlineNotice(
                    deadline=deadline, kind=kind, due_at=deadline.due_at, rung=rung, to=user
                )
                self.letters[user].append(notice)
            if fresh or (there and kind == Kind.WARNING):
                return rung
        return None

    def tell(self) -> None:
        """One mail to each person about everything that this round has for them."""
        stored = DeadlineNotice.objects.bulk_create(
            [notice for notices in self.letters.values() for notice in notices]
        )
        assert len(stored) == sum(map(len, self.letters.values()))
        outbox.queue_messages([_letter(user, notices) for user, notices in self.letters.items()])


def _letter(user: User, notices: Sequence[DeadlineNotice]) -> outbox.Letter:
    """References, stages and times: nothing that a client wrote."""
    lines = [_line(user, notice) for notice in sorted(notices, key=lambda one: one.due_at)]
    only = lines[0] if len(lines) == 1 else None
    return outbox.Letter(
        key=f"deadlines:{user.pk}:{notices[0].pk}",
        template="intake/mail/deadlines",
        to_email=user.email,
        to_name=user.full_name,
        reference=str(only["reference"]) if only else "",
        context={
            "lines": lines,
            "only": only,
            "missed": sum(1 for one in notices if one.kind == Kind.MISSED),
            "soon": sum(1 for one in notices if one.kind == Kind.WARNING),
            "list_url": settings.SITE_URL + reverse("admin:intake_lead_changelist"),
        },
    )


def _line(user: User, notice: DeadlineNotice) -> dict[str, object]:
    lead = notice.deadline.lead
    return {
        "reference": lead.reference,
        "stage": notice.deadline.get_stage_display(),
        "is_missed": notice.kind == Kind.MISSED,
        "is_owner": bool(lead.owner and lead.owner.user_id == user.pk),
        "owner": str(lead.owner) if lead.owner else "",
        "due": time_zones.in_both(notice.due_at, user.time_zone),
        "url": staff_links.lead_url(lead.pk),
    }
