"""Doing the jobs that tell people of briefs, and reading what they were told."""

from contextlib import AbstractContextManager
from datetime import datetime
from unittest import mock

from django.utils import timezone

from jobs import working
from jobs.models import Job
from mail.models import Message

KINDS = ("tell_of_move", "tell_of_comment", "tell_of_verdict", "tell_of_handover", "remind")


def at(moment: datetime) -> AbstractContextManager[object]:
    """Inside it the application's clock, not the database's, shows that moment."""
    return mock.patch("django.utils.timezone.now", return_value=moment)


def do_jobs() -> list[str]:
    """Let a worker do every job of telling that is due; the states in which they end."""
    due = Job.objects.filter(
        kind__in=[f"briefs.{kind}" for kind in KINDS],
        state=Job.State.PENDING,
        run_at__lte=timezone.now(),
    )
    pks = list(due.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        working.run_job(pk)
    return list(Job.objects.filter(pk__in=pks).order_by("pk").values_list("state", flat=True))


def told() -> list[tuple[str, str]]:
    """Every notice so far: its subject and whom it goes to."""
    notices = Message.objects.filter(template="briefs/mail/notice")
    return sorted(notices.values_list("subject", "to_email"))


def forget() -> None:
    """Do what is due and drop the messages, so that a test sees what comes next."""
    do_jobs()
    Message.objects.all().delete()
