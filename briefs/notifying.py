"""Telling readers who asked for mail: in batches, each a short job that asks for the next; nobody is told twice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from briefs import following, letters
from briefs.models import (
    Announcement,
    AnnouncementKind,
    Brief,
    Correction,
    Frequency,
    Notice,
    Subscriber,
    Subscription,
)
from jobs import queue
from mail import outbox
from mail.models import Message

BATCH = 500
# Slips and additions are told on the page; what was wrong is told to those who were mailed it.
_TOLD = ("factual", "attribution")
UNSEEN = "Readers can no longer see what it tells of."


def ask_for_batch(announcement: Announcement, after: int = 0) -> None:
    """Ask for the next batch of notices of an announcement: of what comes after this key."""
    queue.enqueue(
        queue.Ask(
            kind="briefs.notify",
            subject_id=announcement.pk,
            key=f"announcement:{announcement.pk}:after:{after}",
        )
    )


@transaction.atomic
def announce_change(
    *, brief_id: int, kind: str, due_at: datetime, correction: Correction | None = None
) -> None:
    """Note a correction or a withdrawal, once, and ask to tell those who were told of the brief."""
    announcement, is_new = Announcement.objects.get_or_create(
        brief_id=brief_id,
        kind=kind,
        correction=correction,
        defaults={"due_at": due_at, "made_at": max(timezone.now(), due_at)},
    )
    if is_new:
        ask_for_batch(announcement)


def announce_correction(*, correction_id: int) -> None:
    """Tell those who were mailed a brief what was wrong in it; slips and additions are not mailed."""
    correction = Correction.objects.get(pk=correction_id)
    if correction.kind in _TOLD:
        announce_change(
            brief_id=correction.brief_id,
            kind=AnnouncementKind.CORRECTION,
            due_at=correction.made_at,
            correction=correction,
        )


def announce_withdrawal(*, brief_id: int) -> None:
    """Tell those who were mailed a brief that it was taken back, and why."""
    brief = Brief.objects.withdrawn().filter(pk=brief_id).first()
    if brief is not None and brief.withdrawn_at:
        announce_change(
            brief_id=brief.pk, kind=AnnouncementKind.WITHDRAWAL, due_at=brief.withdrawn_at
        )


@transaction.atomic
def notify_batch(*, announcement_id: int, after: int) -> int:
    """Tell the next readers of an announcement, at most BATCH, and ask for those after them; return how many were told.

    Nobody is told of what readers cannot see by now. A reader who was told already is left out.
    """
    announcement = Announcement.objects.select_related("correction").get(pk=announcement_id)
    brief = _brief_to_tell(announcement)
    if brief is None:
        return 0
    if announcement.kind == AnnouncementKind.PUBLICATION:
        told, last = _followers(brief, after)
    else:
        told, last = _those_told(announcement, after)
    count = _tell(announcement, brief, told)
    if last is not None:
        ask_for_batch(announcement, last)
    return count


def _brief_to_tell(announcement: Announcement) -> Brief | None:
    is_gone = announcement.kind == AnnouncementKind.WITHDRAWAL
    briefs = Brief.objects.withdrawn() if is_gone else Brief.objects.public()
    found = briefs.filter(pk=announcement.brief_id).select_related("live_revision")
    return found.prefetch_related("actors").first()


def _followers(brief: Brief, after: int) -> tuple[dict[int, Subscription | None], int | None]:
    """Who follows this brief at once, by the first of their subscriptions that it fits; and where to go on."""
    rows = list(
        following.fitting(brief)
        .filter(frequency=Frequency.IMMEDIATE, pk__gt=after)
        .order_by("pk")[:BATCH]
    )
    found = following.hits(brief, (row.q for row in rows))
    told: dict[int, Subscription | None] = {}
    for row in rows:
        if row.q in found:
            told.setdefault(row.subscriber_id, row)
    return told, rows[-1].pk if len(rows) == BATCH else None


def _those_told(
    announcement: Announcement, after: int
) -> tuple[dict[int, Subscription | None], int | None]:
    """Who was mailed the brief that this is about; what waits still is held back if the brief is withdrawn."""
    unsent = [Message.State.CANCELLED]
    if announcement.kind == AnnouncementKind.WITHDRAWAL:
        unsent.append(Message.State.QUEUED)
    rows = list(
        Notice.objects.filter(
            announcement__brief=announcement.brief_id,
            announcement__kind=AnnouncementKind.PUBLICATION,
            pk__gt=after,
        )
        .exclude(message__state__in=unsent)
        .select_related("subscription")
        .order_by("pk")[:BATCH]
    )
    told = {row.subscriber_id: row.subscription for row in rows}
    return told, rows[-1].pk if len(rows) == BATCH else None


def lock_readers(keys: Iterable[int]) -> list[Subscriber]:
    """Readers who may be written to, locked in one order so that batches and their own verbs wait for each other."""
    rows = Subscriber.objects.reachable().following().filter(pk__in=list(keys))
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _tell(announcement: Announcement, brief: Brief, told: Mapping[int, Subscription | None]) -> int:
    fresh = _not_told(announcement, lock_readers(told))
    contexts = _Contexts(announcement, brief)
    keys = {row.pk: f"notice:{announcement.pk}:{row.pk}" for row in fresh}
    stored = outbox.queue_messages(
        [
            letters.to_subscriber(
                row,
                template=_TEMPLATES[announcement.kind],
                key=keys[row.pk],
                context=contexts.of(told[row.pk], row.language),
                reference=brief.reference or "",
            )
            for row in fresh
        ]
    )
    Notice.objects.bulk_create(
        Notice(
            announcement=announcement,
            subscriber=row,
            subscription=told[row.pk],
            message_id=stored[keys[row.pk]],
        )
        for row in fresh
    )
    return len(fresh)


def _not_told(announcement: Announcement, subscribers: list[Subscriber]) -> list[Subscriber]:
    known = Notice.objects.filter(announcement=announcement, subscriber__in=subscribers)
    before = set(known.values_list("subscriber", flat=True))
    return [row for row in subscribers if row.pk not in before]


_TEMPLATES = {
    AnnouncementKind.PUBLICATION.value: "new_brief",
    AnnouncementKind.CORRECTION.value: "correction",
    AnnouncementKind.WITHDRAWAL.value: "withdrawal",
}


class _Contexts:
    """One context for all to whom the same is told, so that their letters are rendered once."""

    def __init__(self, announcement: Announcement, brief: Brief) -> None:
        self._lines = {
            "brief": letters.brief_lines(brief),
            "reason": brief.withdrawal_reason,
            "correction": announcement.correction,
        }
        self._labels = following.Labels()
        self._made: dict[str, dict[str, Any]] = {}

    def of(self, subscription: Subscription | None, language: str) -> dict[str, Any]:
        """The context for whoever follows this, in this language."""
        label = self._labels.of(subscription, language) if subscription else ""
        if label not in self._made:
            self._made[label] = {**self._lines, "label": label}
        return self._made[label]


def why_not(message: Message) -> str:
    """Why a mail of the list is not to leave any more; "" lets it go: the gate that every one of them passes last."""
    notices = list(
        Notice.objects.filter(message=message).select_related(
            "subscriber", "subscription", "announcement"
        )
    )
    if not notices or notices[0].subscriber.suppressed_at or not notices[0].subscriber.email:
        return "The address is suppressed or forgotten."
    if not any(_still_wants(notice) for notice in notices):
        return "The reader has ended the subscription."
    if not all(_may_be_told(notice.announcement) for notice in notices):
        return UNSEEN
    return ""


def _still_wants(notice: Notice) -> bool:
    """The subscription by which it came goes on; if that is forgotten, any of the reader's does."""
    if notice.subscription is not None:
        return notice.subscription.state == Subscription.State.CONFIRMED
    return notice.subscriber.subscriptions.confirmed().exists()


def _may_be_told(announcement: Announcement) -> bool:
    is_gone = announcement.kind == AnnouncementKind.WITHDRAWAL
    briefs = Brief.objects.withdrawn() if is_gone else Brief.objects.public()
    return briefs.filter(pk=announcement.brief_id).exists()
