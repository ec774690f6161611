"""Finding messages that wait and have nobody to send them."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from jobs.models import Job
from mail import outbox
from mail.models import Message

log = structlog.get_logger("derisk.mail")
# Longer than any worker may hold a message, so that nothing is called stuck that is only slow.
WAITS = timedelta(minutes=5)
_BATCH = 500


@transaction.atomic
def free_stuck() -> dict[str, int]:
    """Ask again for messages without any job, give up those whose job died; return how many of each.

    A dead job means that workers died eight times over it: it is for a person to look, and to send it again.
    """
    jobs = Job.objects.filter(kind="mail.deliver", subject_id=OuterRef("pk"))
    waiting = (
        Message.objects.unsent()
        .filter(created_at__lt=Now() - WAITS)
        .exclude(Exists(jobs.filter(state__in=[Job.State.PENDING, Job.State.LEASED])))
        .annotate(has_dead=Exists(jobs.filter(state=Job.State.DEAD)))
    )
    rows = list(waiting.select_for_update(skip_locked=True).order_by("created_at", "pk")[:_BATCH])
    for message in rows:
        if message.has_dead:
            _give_up(message)
        else:
            outbox.ask_again(message)
    dead = sum(message.has_dead for message in rows)
    if rows:
        log.warning("stuck messages", asked_again=len(rows) - dead, given_up=dead)
    return {"asked_again": len(rows) - dead, "given_up": dead}


def _give_up(message: Message) -> None:
    message.may_be_double |= message.state != Message.State.QUEUED
    message.state = Message.State.FAILED
    message.error = "Its job failed for good: read why under Jobs, then send it again."
    message.save(update_fields=["state", "error", "may_be_double"])
