"""The weekly mail: at one hour of the week, what each weekly reader was not told yet; an empty week is silent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from briefs import following, letters, notifying
from briefs.models import (
    Announcement,
    AnnouncementKind,
    Brief,
    Frequency,
    Notice,
    Subscriber,
    Subscription,
)
from jobs import queue
from mail import outbox
from mail.models import Message

BATCH = 200
_HOUR = "%Y%m%d%H%M%S"
# Twice a week's length: what one digest could not tell, because it was held back, the next one tells.
REACHES_BACK = timedelta(days=14)


def last_hour(now: datetime) -> datetime:
    """The last moment at or before `now` at which the weekly mail was due, in UTC."""
    today = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    back = timedelta(days=(today.weekday() - settings.DIGEST_WEEKDAY) % 7)
    due = (today - back).replace(hour=settings.DIGEST_HOUR)
    return due if due <= now else due - timedelta(days=7)


def ask_for_digest() -> None:
    """Ask for the weekly mail that is due, once, however often this runs and however late."""
    _ask(last_hour(timezone.now()))


def _ask(due: datetime, after: int = 0) -> None:
    key = f"digest:{due:{_HOUR}}:after:{after}"
    moment = int(due.timestamp())
    queue.enqueue(queue.Ask(kind="briefs.send_digest", subject_id=moment, key=key))


@dataclass
class _Week:
    """What one reader is to be told."""

    notices: list[Notice] = field(default_factory=list)
    groups: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@transaction.atomic
def digest_batch(*, due: datetime, after: int) -> int:
    """Write to the next weekly readers, at most BATCH, and ask for those after them; return how many got a mail."""
    keys = list(
        Subscriber.objects.reachable()
        .following(Frequency.WEEKLY)
        .filter(pk__gt=after)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    count = _write(due, keys)
    if len(keys) == BATCH:
        _ask(due, keys[-1])
    return count


def _write(due: datetime, keys: Sequence[int], again: str = "") -> int:
    readers = {row.pk: row for row in notifying.lock_readers(keys)}
    weeks = _weeks(readers, _announced(due))
    _send(due, readers, weeks, again)
    return len(weeks)


def why_not(message: Message) -> str:
    """Why a weekly mail is not to leave any more; what in it readers can still see is written anew."""
    reason = notifying.why_not(message)
    if reason == notifying.UNSEEN:
        message.notices.all().delete()
        queue.enqueue(
            queue.Ask("briefs.digest_again", message.pk, f"message:{message.pk}:{message.attempts}")
        )
    return reason


@transaction.atomic
def digest_again(*, message_id: int) -> int:
    """Write a weekly mail that was held back anew, without what readers can no longer see; 0 when nothing is left."""
    message = Message.objects.filter(pk=message_id, state=Message.State.CANCELLED).first()
    reader = message and Subscriber.objects.filter(email=message.to_email).first()
    if not message or not reader:
        return 0
    hour = message.key.split(":")[1]
    due = datetime.strptime(hour, _HOUR).replace(tzinfo=UTC)
    return _write(due, [reader.pk], again=f":again:{message.pk}")


def _announced(due: datetime) -> list[Announcement]:
    """What was announced by then and readers can still see, newest first."""
    rows = Announcement.objects.filter(
        kind=AnnouncementKind.PUBLICATION,
        made_at__lte=due,
        made_at__gt=due - REACHES_BACK,
        brief__published_at__gt=due - REACHES_BACK,
        brief__in=Brief.objects.public().values("pk"),
    )
    rows = rows.select_related("brief__live_revision").prefetch_related("brief__actors")
    return list(rows.order_by("-brief__published_at", "-brief_id"))


def _weeks(readers: dict[int, Subscriber], announced: Sequence[Announcement]) -> dict[int, _Week]:
    told = set(
        Notice.objects.filter(announcement__in=announced, subscriber__in=readers).values_list(
            "announcement", "subscriber"
        )
    )
    weeks: dict[int, _Week] = {}
    labels = following.Labels()
    for announcement in announced:
        lines = letters.brief_lines(announcement.brief)
        for subscription in _fitting(announcement, readers):
            reader = readers[subscription.subscriber_id]
            if (announcement.pk, reader.pk) in told:
                continue
            told.add((announcement.pk, reader.pk))
            week = weeks.setdefault(reader.pk, _Week())
            week.notices.append(
                Notice(announcement=announcement, subscriber=reader, subscription=subscription)
            )
            label = labels.of(subscription, reader.language)
            week.groups.setdefault(label, []).append(lines)
    return weeks


def _fitting(announcement: Announcement, readers: dict[int, Subscriber]) -> list[Subscription]:
    """The weekly subscriptions of these readers that had begun before the brief came out, and that it fits."""
    rows = list(
        following.fitting(announcement.brief)
        .filter(
            frequency=Frequency.WEEKLY,
            subscriber__in=readers,
            confirmed_at__lt=announcement.made_at,
        )
        .order_by("pk")
    )
    found = following.hits(announcement.brief, (row.q for row in rows))
    return [row for row in rows if row.q in found]


def _send(
    due: datetime, readers: dict[int, Subscriber], weeks: dict[int, _Week], again: str
) -> None:
    shared: dict[object, dict[str, Any]] = {}
    keys = {pk: f"digest:{due:{_HOUR}}:{pk}{again}" for pk in weeks}
    written = []
    for pk, week in weeks.items():
        groups = list(week.groups.items())
        same = str([(label, [line["reference"] for line in lines]) for label, lines in groups])
        context = shared.setdefault(same, {"groups": groups, "count": len(week.notices)})
        written.append(
            letters.to_subscriber(
                readers[pk], template="digest", key=keys[pk], context=context, gate="briefs.digest"
            )
        )
    stored = outbox.queue_messages(written)
    notices = [notice for week in weeks.values() for notice in week.notices]
    for notice in notices:
        notice.message_id = stored[keys[notice.subscriber_id]]
    Notice.objects.bulk_create(notices)
