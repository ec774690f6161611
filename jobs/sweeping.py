"""The sweep: frees what workers dropped and hints whatever is due, from the rows alone."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from jobs import ending, following, grown_tables, hints, kinds, messages, queue, tasks
from jobs.models import Job, beat
from jobs.queue_names import AT_ONCE

log = structlog.get_logger("derisk.sweep")
HINT_AGAIN_AFTER = timedelta(seconds=10)
# While so many messages wait, most of what was told is still to be looked at.
_MANY = 50
_AGAIN_BEHIND_MANY = timedelta(minutes=1)
BATCH = 500


def sweep_once(breaker: hints.Breaker) -> dict[str, int]:
    """Free abandoned jobs, ask for regular ones, hint due ones, note the heartbeat; return how many of each. Then have
    PostgreSQL look at tables that have grown.

    Any number of sweeps may run side by side: each takes rows that no other holds.
    """
    freed = free_abandoned()
    asked = ask_for_regular()
    hinted = hint_due(breaker)
    beat("sweep")
    grown_tables.look()
    if freed:
        log.info("sweep", freed=freed, hinted=hinted)
    return {"freed": freed, "asked": asked, "hinted": hinted}


@transaction.atomic
def free_abandoned() -> int:
    """Give back jobs whose lease ran out, or lay them down dead if that was their last try."""
    jobs = list(Job.objects.abandoned().select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    for job in jobs:
        ending.record_failure(
            job,
            "The worker stopped, hung or lost its connection while it worked.",
            was_stopped=True,
        )
    return len(jobs)


@transaction.atomic
def ask_for_regular() -> int:
    """Ask for the work of each regular kind once in its span of time, whoever sweeps; return how many were new."""
    now = timezone.now().timestamp()
    keys = {
        kind.name: f"span:{int(now // kind.every.total_seconds())}"
        for kind in kinds.regular()
        if kind.every
    }
    there = Job.objects.filter(kind__in=keys, key__in=keys.values()).values_list("kind", "key")
    asks = [queue.Ask(name, 0, key) for name, key in keys.items() - set(there)]
    queue.enqueue(*asks)
    return len(asks)


def hint_due(breaker: hints.Breaker) -> int:
    """Tell workers of due jobs that they were not told of lately; stops at the broker's first failure.

    Tells no more than each queue has room for, and again later than usual while many messages wait: behind a backlog,
    hints given again and again would keep workers busy long after the work itself is done. What is done together is
    told together.
    """
    hinted = 0
    with suppress(hints.BrokerAway):  # the breaker has logged it, the next sweep tells again
        for at_once in (True, False):
            waiting = breaker.call(partial(hints.waiting, at_once=at_once))
            again_after = HINT_AGAIN_AFTER if waiting < _MANY else _AGAIN_BEHIND_MANY
            due = _mark_hinted(max(0, hints.ROOM - waiting), again_after, at_once=at_once)
            for _, job_ids in messages.of(due):
                breaker.call(partial(hints.publish, *job_ids, at_once=at_once))
                hinted += len(job_ids)
    return hinted


@transaction.atomic
def _mark_hinted(limit: int, again_after: timedelta, *, at_once: bool) -> list[tuple[str, int]]:
    overtakes = Q(kind__in=kinds.at_once())
    due = Job.objects.unhinted(again_after).filter(overtakes if at_once else ~overtakes)
    due = due.filter(~following.waits())
    rows = due.select_for_update(skip_locked=True).order_by("run_at", "pk")
    found = list(rows.values_list("kind", "pk", "attempts")[:limit])
    Job.objects.filter(pk__in=[pk for _, pk, _ in found]).update(hinted_at=Now())
    # What was tried before is done alone, and so told alone.
    return [("" if attempts else kind, pk) for kind, pk, attempts in found]


def ping_worker(breaker: hints.Breaker) -> bool:
    """Ask a worker to show that it works; say whether the message left."""
    # It overtakes: a worker with much to do is not one that is silent; the jobs that wait are looked at by themselves.
    # Short enough not to pile up while no worker runs.
    with suppress(hints.BrokerAway):
        breaker.call(lambda: tasks.ping.apply_async(expires=300, queue=AT_ONCE))
        return True
    return False
