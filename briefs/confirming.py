"""Mail about a subscription itself: the link that confirms it, and what the mail server says of the address."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from briefs import following, letters, subscribing
from briefs.models import Subscriber, Subscription
from jobs import queue
from mail import outbox
from mail.models import Message, Unreachable, email_digest

log = structlog.get_logger("derisk.briefs")
# Nobody can have a stranger's mailbox filled: so many a day to one address, and one subscription's not at once again.
MOST_A_DAY = 3
PAUSE = timedelta(minutes=5)


@transaction.atomic
def send_confirmation(*, subscription_id: int) -> bool:
    """Mail the link that confirms a subscription, or says that it is confirmed; False when none is to go out now."""
    row = Subscription.objects.filter(pk=subscription_id).first()
    if row is None or row.state == Subscription.State.ENDED:
        return False
    subscriber = Subscriber.objects.select_for_update().get(pk=row.subscriber_id)
    subscription = Subscription.objects.select_related("subscriber").get(pk=row.pk)
    now = timezone.now()
    if subscriber.suppressed_at or not subscriber.email or _was_just_mailed(subscription):
        return False
    if subscriber.confirmations_on != now.date():
        subscriber.confirmations_on, subscriber.confirmations = now.date(), 0
    if subscriber.confirmations >= MOST_A_DAY:
        log.warning("no further confirmation today", subscriber=subscriber.pk)
        return False
    subscriber.confirmations += 1
    subscriber.save(update_fields=["confirmations_on", "confirmations"])
    subscription.mailed_at = now
    subscription.save(update_fields=["mailed_at"])
    label = following.label_of(subscription, subscription.language, with_words=False)
    outbox.queue_message(letters.confirmation(subscription, label))
    return True


def _was_just_mailed(subscription: Subscription) -> bool:
    mailed_at = subscription.mailed_at
    return mailed_at is not None and timezone.now() - mailed_at < PAUSE


def why_not(message: Message) -> str:
    """Why a mail about a subscription is not to leave any more; "" lets it go."""
    known = Subscriber.objects.reachable().filter(email_digest=email_digest(message.to_email))
    return "" if known.exists() else "The address is suppressed or forgotten."


def ask_to_suppress(*, mark: Unreachable, **_: object) -> None:
    """Receive the news that an address takes no mail; if it is a reader's, it is suppressed."""
    ask = queue.Ask(kind="briefs.suppress_unreachable", subject_id=mark.pk, key=f"mark:{mark.pk}")
    queue.enqueue(ask)


def suppress_unreachable(*, mark_id: int) -> None:
    """Write no more to a reader whose address takes no mail or who called it spam."""
    mark = Unreachable.objects.standing().filter(pk=mark_id).first()
    subscriber = mark and Subscriber.objects.filter(email_digest=mark.digest).first()
    if mark and subscriber:
        reason = str(mark)
        subscribing.suppress_subscriber(
            subscriber=subscriber, reason=f"{reason[:1].upper()}{reason[1:]}"
        )
