"""Announcing: what follows once readers can see a brief. It is visible by itself; a job only tells of it, once."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from briefs import notifying
from briefs.models import Announcement, Brief, Correction, Edition
from jobs import queue
from jobs.kinds import JobError

log = structlog.get_logger("derisk.briefs")
# Older news is no news: it is noted as announced, and nobody gets mail about it.
TOO_OLD = timedelta(hours=24)
# The net leaves the jobs of the last minutes their time, and asks ahead for what comes before it looks again.
_PATIENCE = timedelta(minutes=2)
_AHEAD = timedelta(minutes=30)
_BATCH = 500


def ask(edition: Edition) -> queue.Ask:
    """For the announcement of a publication at its hour."""
    return queue.Ask(
        kind="briefs.announce",
        subject_id=edition.pk,
        key=f"edition:{edition.pk}",
        run_at=edition.published_at,
    )


def ask_to_correct(correction: Correction) -> None:
    """Ask to tell those who were mailed a brief of a correction; call it in the transaction that corrects."""
    key = f"correction:{correction.pk}"
    queue.enqueue(queue.Ask(kind="briefs.announce_correction", subject_id=correction.pk, key=key))


def ask_to_withdraw(brief: Brief) -> None:
    """Ask to tell those who were mailed a brief that it is withdrawn; call it in the transaction that does it."""
    key = f"brief:{brief.pk}"
    queue.enqueue(queue.Ask(kind="briefs.announce_withdrawal", subject_id=brief.pk, key=key))


@transaction.atomic
def announce_brief(*, edition_id: int) -> Announcement | None:
    """Note that the brief of this edition is out; None when it was before, was called back or is no longer public.

    Raises jobs.kinds.JobError while its hour has not come by our clock, which may differ from the database's.
    """
    edition = Edition.objects.select_related("brief").filter(pk=edition_id).first()
    if edition is None:
        return None
    now = timezone.now()
    if edition.published_at > now:
        raise JobError("The hour of this publication has not come yet.")
    unannounced = Brief.objects.public().filter(pk=edition.brief_id, announced_at__isnull=True)
    if not unannounced.update(announced_at=now):
        return None
    return _record(edition, now)


def _record(edition: Edition, now: datetime) -> Announcement:
    announcement = Announcement.objects.create(
        brief=edition.brief,
        due_at=_due_at(edition),
        made_at=now,
        is_mailed=now - edition.published_at <= TOO_OLD,
    )
    if announcement.is_late:
        seconds = round((now - announcement.due_at).total_seconds())
        log.warning("announced late", brief=edition.brief_id, seconds=seconds)
    if announcement.is_mailed:
        notifying.ask_for_batch(announcement)
    return announcement


def _due_at(edition: Edition) -> datetime:
    """Its hour, or when staff published it if they gave an hour that was past."""
    moves = edition.brief.moves.filter(to_status="published", of_pending=False)
    moved_at = moves.order_by("-pk").values_list("moved_at", flat=True).first()
    return max(edition.published_at, moved_at or edition.published_at)


def announce_missed() -> int:
    """Ask again for announcements that should be made by now or soon and are not; return how many."""
    now = timezone.now()
    first = Edition.objects.filter(brief=OuterRef("pk")).order_by("number")
    missed = Brief.objects.filter(status="published", announced_at__isnull=True).annotate(
        edition=Subquery(first.values("pk")[:1])
    )
    late = missed.filter(pk__in=Brief.objects.public().values("pk")).filter(
        published_at__lte=now - _PATIENCE
    )
    ahead = missed.filter(published_at__gt=now, published_at__lte=now + _AHEAD)
    rows = (late | ahead).order_by("pk").values_list("edition", "published_at")[:_BATCH]
    asks = [_ask_again(edition, moment, now) for edition, moment in rows if moment]
    if asks:
        queue.enqueue(*asks)
    return len(asks)


def _ask_again(edition: int, moment: datetime, now: datetime) -> queue.Ask:
    """Ahead under the key of the first job, which may still run; late under a new one each hour."""
    key = f"edition:{edition}" if moment > now else f"edition:{edition}:again:{now:%Y%m%d%H}"
    return queue.Ask(kind="briefs.announce", subject_id=edition, key=key, run_at=moment)
