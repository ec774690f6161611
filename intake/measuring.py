"""How the house is doing, counted in a few cheap statements.

Counts and ages only: no name, address, reference or text.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.utils import timezone

from intake.models import Deadline, Hold, Lead, RoutingDecision, Stage, Status
from intake.sanctions import lists
from jobs.models import Heartbeat, Job
from mail.models import Message

# Upper ends, in seconds, of the groups in which unrouted leads are counted by age.
AGES = (60, 600, 3600, 86_400)
_LATELY = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_ROUTED = 5000


@dataclass(frozen=True)
class StageCount:
    """Running deadlines of one stage."""

    running: int = 0
    at_risk: int = 0
    overdue: int = 0
    paused: int = 0


@dataclass(frozen=True)
class Measures:
    """What was counted at one moment. Ages in seconds; None where there is nothing that could have one."""

    due_jobs: dict[str, int] = field(default_factory=dict)
    oldest_job: float | None = None
    dead_jobs: int = 0
    heartbeats: dict[str, float] = field(default_factory=dict)
    unrouted: dict[str, int] = field(default_factory=dict)
    oldest_unrouted: float | None = None
    quarantined: int = 0
    oldest_quarantined: float | None = None
    held: int = 0
    oldest_held: float | None = None
    left_behind: int = 0
    routed: int = 0
    time_to_route: dict[str, float] = field(default_factory=dict)
    stages: dict[str, StageCount] = field(default_factory=dict)
    oldest_overdue: float | None = None
    missed_lately: int = 0
    deadline_lag: float | None = None
    sanctions_lists: int = 0
    stale_lists: int = 0
    messages: dict[str, int] = field(default_factory=dict)
    oldest_unsent: float | None = None

    @property
    def overdue(self) -> int:
        """Deadlines past their time, of all stages."""
        return sum(stage.overdue for stage in self.stages.values())

    @property
    def at_risk(self) -> int:
        """Deadlines of which the reminder is due, of all stages."""
        return sum(stage.at_risk for stage in self.stages.values())


def measure(now: datetime | None = None) -> Measures:
    """Count everything, by indexes: as many statements for a million leads as for none."""
    now = now or timezone.now()
    return Measures(
        **_of_jobs(now),
        **_of_leads(now),
        **_of_routing(now),
        **_of_deadlines(now),
        **_of_sanctions(now),
        **_of_mail(now),
    )


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())


def _of_jobs(now: datetime) -> dict[str, Any]:
    due = list(Job.objects.due().values_list("kind").annotate(n=Count("pk"), first=Min("run_at")))
    beats = dict(Heartbeat.objects.values_list("name", "beaten_at"))
    return {
        "due_jobs": {kind: count for kind, count, _ in due},
        "oldest_job": _age(min((first for _, _, first in due), default=None), now),
        "dead_jobs": Job.objects.dead().count(),
        "heartbeats": {name: _age(at, now) for name, at in sorted(beats.items())},
    }


def _of_leads(now: datetime) -> dict[str, Any]:
    waiting = _waiting(now)
    none: dict[str, Any] = {}
    new, spam = waiting.get(Status.NEW, none), waiting.get(Status.QUARANTINED, none)
    held = Hold.objects.open().aggregate(n=Count("lead", distinct=True), first=Min("opened_at"))
    total = new.get("n", 0)
    return {
        # Cumulative, as Prometheus counts: how many are no older than so many seconds.
        "unrouted": {str(age): total - new.get(f"over_{age}", 0) for age in AGES} | {"any": total},
        "oldest_unrouted": _age(new.get("first"), now),
        "quarantined": spam.get("n", 0),
        "oldest_quarantined": _age(spam.get("first"), now),
        "held": held["n"],
        "oldest_held": _age(held["first"], now),
        "left_behind": Lead.objects.left_behind().count(),
    }


def _waiting(now: datetime) -> dict[str, Any]:
    """By status what waits for an adviser; what is held waits for a person, and is counted as held."""
    waiting = Lead.objects.filter(
        ~Exists(Hold.objects.open().filter(lead=OuterRef("pk"))),
        status__in=[Status.NEW, Status.QUARANTINED],
    ).order_by()
    older = {
        f"over_{age}": Count("pk", filter=Q(created_at__lte=now - timedelta(seconds=age)))
        for age in AGES
    }
    rows = waiting.values("status").annotate(n=Count("pk"), first=Min("created_at"), **older)
    return {row["status"]: row for row in rows}


def _of_routing(now: datetime) -> dict[str, Any]:
    """Of the leads received within the last hour: by the index on the newest, not on all decisions."""
    lately = RoutingDecision.objects.filter(
        lead__in=Lead.objects.filter(created_at__gt=now - _LATELY)
        .order_by("-created_at", "-pk")
        .values("pk")[:_MOST_ROUTED]
    ).annotate(took=F("decided_at") - F("lead__created_at"))
    first = lately.order_by("lead_id", "pk").distinct("lead_id")
    took = sorted(max(0.0, span.total_seconds()) for span in first.values_list("took", flat=True))
    if not took:
        return {"routed": 0, "time_to_route": {}}
    return {
        "routed": len(took),
        "time_to_route": {
            "0.5": took[len(took) // 2],
            "0.95": took[min(len(took) - 1, int(len(took) * 0.95))],
            "1": took[-1],
        },
    }


def _of_deadlines(now: datetime) -> dict[str, Any]:
    rows = _running(now)
    none = {stage.value: StageCount() for stage in Stage}
    missed = Deadline.objects.filter(state=Deadline.State.MISSED, ended_at__gt=now - _DAY)
    return {
        "stages": none
        | {
            row["stage"]: StageCount(row["n"], row["at_risk"], row["overdue"], row["paused"])
            for row in rows
        },
        "oldest_overdue": _age(_first(row["first"] for row in rows), now),
        "missed_lately": missed.count(),
        "deadline_lag": _age(_first(row["look"] for row in rows), now),
    }


def _running(now: datetime) -> list[Any]:
    ticking = Q(paused_at__isnull=True)
    late = ticking & Q(due_at__lt=now)
    by_stage = Deadline.objects.running().order_by().values("stage")
    return list(
        by_stage.annotate(
            n=Count("pk"),
            at_risk=Count("pk", filter=ticking & Q(warn_at__lte=now, due_at__gte=now)),
            overdue=Count("pk", filter=late),
            paused=Count("pk", filter=~ticking),
            first=Min("due_at", filter=late),
            look=Min("next_look_at", filter=Q(next_look_at__lte=now)),
        )
    )


def _first(moments: Any) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def _of_sanctions(now: datetime) -> dict[str, Any]:
    used = lists.loaded()
    return {"sanctions_lists": len(used), "stale_lists": sum(one.is_stale(now) for one in used)}


def _of_mail(now: datetime) -> dict[str, Any]:
    """By state those of the last day; the oldest of all that have not left."""
    lately = Message.objects.filter(created_at__gt=now - _DAY).order_by()
    counts = dict(lately.values_list("state").annotate(n=Count("pk")))
    oldest = Message.objects.unsent().aggregate(first=Min("created_at"))["first"]
    states = dict.fromkeys(Message.State.values, 0)
    return {"messages": states | counts, "oldest_unsent": _age(oldest, now)}
