"""Subscribing: asked for on a page, confirmed and changed only by links that the address itself has received."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from briefs import geography, subjects, topics
from briefs.finding import Wish
from briefs.models import Frequency, Subscriber, Subscription
from briefs.models.subscription import CONSENT_VERSION
from jobs import queue
from mail import addresses
from mail.models import Message, email_digest
from mail.models.message import UNSENT

log = structlog.get_logger("derisk.briefs")
# Unconfirmed wishes of one address; another one takes the place of the oldest.
MOST_PENDING = 20
UNCONFIRMED_STAYS = timedelta(days=30)
ENDED_STAYS = timedelta(days=30)
MAIL_STAYS = timedelta(days=30)
_BATCH = 2_000
_MANAGE, _CONFIRM = "derisk.subscriber", "derisk.subscription"  # what a link is for


# ---- Links: a random seed of the row, signed, so that the database alone opens nothing and old keys still do


def manage_url(subscriber: Subscriber) -> str:
    """The private address at which this reader changes and ends subscriptions."""
    token = _signer(_MANAGE).sign(subscriber.seed.hex)
    return settings.SITE_URL + reverse("briefs:subscriptions", args=[token])


def confirm_url(subscription: Subscription) -> str:
    """The private address at which this subscription is confirmed."""
    token = _signer(_CONFIRM).sign(subscription.seed.hex)
    return settings.SITE_URL + reverse("briefs:confirm", args=[token])


def subscriber_of(token: str) -> Subscriber | None:
    """Whose link this is; None when it is none of ours."""
    seed = _seed_in(token, _MANAGE)
    return Subscriber.objects.filter(seed=seed, email__isnull=False).first() if seed else None


def subscription_of(token: str) -> Subscription | None:
    """Which subscription this link confirms; None when it is none of ours."""
    seed = _seed_in(token, _CONFIRM)
    if seed is None:
        return None
    return Subscription.objects.select_related("subscriber").filter(seed=seed).first()


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=purpose, sep=".")


def _seed_in(token: str, purpose: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(_signer(purpose).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


# ---- What a reader does


def followed(wish: Wish) -> Wish:
    """The part of a list's wish that can be followed: what no brief could answer is left out."""
    is_named = wish.actor and subjects.named_actors().filter(slug=wish.actor).exists()
    return Wish(
        q=wish.q,
        country=wish.country if wish.country in geography.AFRICAN_COUNTRIES else "",
        actor=wish.actor if is_named else "",
        topic=wish.topic if wish.topic in topics.Topic.values else "",
        language=wish.language if wish.language in dict(settings.LANGUAGES) else "",
    )


@transaction.atomic
def ask_for_subscription(
    *,
    email: str,
    wish: Wish,
    language: str,
    frequency: str,
    languages: Sequence[str] = (),
    is_suspect: bool = False,
) -> Subscription:
    """Keep a wish until its address confirms it, and ask for the mail with the link; the same wish stays one.

    What is confirmed already is left as it is: whoever asks has not shown that the address is theirs.
    """
    digest = email_digest(email)
    Subscriber.objects.get_or_create(
        email_digest=digest, defaults={"email": email.lower(), "language": language}
    )
    subscriber = Subscriber.objects.select_for_update().get(email_digest=digest)
    if subscriber.email is None:
        subscriber.email = email.lower()
        subscriber.save(update_fields=["email"])
    known = sorted(set(languages))
    fields = {name: getattr(wish, name) for name in ("q", "country", "actor", "topic")}
    subscription = subscriber.subscriptions.standing().filter(languages=known, **fields).first()
    if subscription is None:
        _make_room(subscriber)
        subscription = Subscription(subscriber=subscriber, languages=known, asks=0, **fields)
    if subscription.state == Subscription.State.PENDING:
        subscription.language, subscription.frequency = language, frequency
        subscription.consent_version = CONSENT_VERSION
        subscription.is_suspect = is_suspect
    subscription.asks += 1
    subscription.save()
    if not subscription.is_suspect:
        _ask_for_mail(subscription)
    return subscription


def _make_room(subscriber: Subscriber) -> None:
    pending = subscriber.subscriptions.filter(state=Subscription.State.PENDING)
    too_many = pending.order_by("-created_at", "-pk").values_list("pk", flat=True)[
        MOST_PENDING - 1 :
    ]
    Subscription.objects.filter(pk__in=list(too_many)).delete()


def _ask_for_mail(subscription: Subscription) -> None:
    key = f"subscription:{subscription.pk}:{subscription.asks}"
    ask = queue.Ask(kind="briefs.confirm_subscription", subject_id=subscription.pk, key=key)
    queue.enqueue(ask)


@transaction.atomic
def confirm_subscription(*, subscription: Subscription) -> Subscription:
    """Begin a subscription, from its private link; a second time changes nothing.

    Raises ValidationError("expired") when the link is too old, ("ended") when the subscription was ended since.
    """
    _lock(subscription.subscriber_id)
    subscription = Subscription.objects.select_related("subscriber").get(pk=subscription.pk)
    if subscription.state == Subscription.State.CONFIRMED:
        return subscription
    if subscription.state == Subscription.State.ENDED:
        raise ValidationError("This subscription was ended.", code="ended")
    if subscription.is_link_expired:
        raise ValidationError("This link has expired.", code="expired")
    subscription.state = Subscription.State.CONFIRMED
    subscription.confirmed_at = timezone.now()
    subscription.save(update_fields=["state", "confirmed_at"])
    subscriber = subscription.subscriber
    subscriber.language = subscription.language
    subscriber.save(update_fields=["language"])
    return subscription


@transaction.atomic
def end_subscriptions(
    *, subscriber: Subscriber, only: int | None = None, by: User | None = None
) -> int:
    """End every subscription of an address, or `only` one by its key; return how many there were to end.

    What is queued and has not left is held back. `by` is the member of staff, None for the reader.
    """
    _lock(subscriber.pk)
    rows = subscriber.subscriptions.standing()
    if only is not None:
        rows = rows.filter(pk=only)
    ended = rows.update(state=Subscription.State.ENDED, ended_at=timezone.now())
    if ended and by:
        log.info("subscriptions ended by staff", subscriber=subscriber.pk, user=by.pk)
    return ended


@transaction.atomic
def change_subscription(*, subscription: Subscription, frequency: str) -> None:
    """Tell at once or once a week from now on. Raises ValidationError("frequency_unknown")."""
    if frequency not in Frequency.values:
        raise ValidationError("Choose how often.", code="frequency_unknown")
    _lock(subscription.subscriber_id)
    Subscription.objects.standing().filter(pk=subscription.pk).update(frequency=frequency)


@transaction.atomic
def change_language(*, subscriber: Subscriber, language: str) -> None:
    """Write to this reader in another language. Raises ValidationError("language_unknown")."""
    if language not in dict(settings.LANGUAGES):
        raise ValidationError("Choose a language.", code="language_unknown")
    Subscriber.objects.filter(pk=subscriber.pk).update(language=language)


# ---- What staff do


@transaction.atomic
def suppress_subscriber(*, subscriber: Subscriber, reason: str, by: User | None = None) -> bool:
    """Write to this address no more, whatever it follows; False when that was so before. None: the mail server said so.

    Raises ValidationError("reason_missing") without a reason.
    """
    if not reason.strip():
        raise ValidationError("Say why.", code="reason_missing")
    changed = Subscriber.objects.filter(pk=subscriber.pk, suppressed_at__isnull=True).update(
        suppressed_at=timezone.now(), suppression_reason=reason.strip()[:200]
    )
    log.info("address suppressed", subscriber=subscriber.pk, user=by.pk if by else None)
    return bool(changed)


@transaction.atomic
def lift_suppression(*, subscriber: Subscriber, by: User) -> None:
    """Write to this address again. Raises ValidationError("conflict") when it is not suppressed."""
    lifted = Subscriber.objects.filter(pk=subscriber.pk, suppressed_at__isnull=False).update(
        suppressed_at=None, suppression_reason=""
    )
    if not lifted:
        raise ValidationError("This address is not suppressed.", code="conflict")
    if subscriber.email and addresses.mark_of(subscriber.email):
        addresses.lift_mark(email=subscriber.email, by=by)
    log.info("suppression lifted", subscriber=subscriber.pk, user=by.pk)


@transaction.atomic
def release_subscriptions(*, subscriber: Subscriber, by: User) -> int:
    """Take what looked like a machine's for a person's: the links to confirm go out. Return how many."""
    _lock(subscriber.pk)
    rows = list(subscriber.subscriptions.filter(state="pending", is_suspect=True))
    for subscription in rows:
        subscription.is_suspect = False
        subscription.asks += 1
        subscription.save(update_fields=["is_suspect", "asks"])
        _ask_for_mail(subscription)
    log.info("subscriptions released", subscriber=subscriber.pk, user=by.pk)
    return len(rows)


# ---- What time does


@transaction.atomic
def forget_subscribers() -> dict[str, int]:
    """Delete what was never confirmed or was ended a month ago, and our old mails; a batch of each, return how many.

    An address that follows nothing is deleted with it; of one that is suppressed a digest stays, so that it stays so.
    """
    now = timezone.now()
    unconfirmed = Subscription.objects.filter(
        state="pending", created_at__lt=now - UNCONFIRMED_STAYS
    )
    ended = Subscription.objects.filter(state="unsubscribed", ended_at__lt=now - ENDED_STAYS)
    mails = Message.objects.gated("briefs.").filter(created_at__lt=now - MAIL_STAYS)
    counts = {
        "subscriptions": _delete(unconfirmed) + _delete(ended),
        "mails": _delete(mails.exclude(state__in=UNSENT)),
    }
    idle = Subscriber.objects.filter(
        subscriptions__isnull=True, email__isnull=False, created_at__lt=now - UNCONFIRMED_STAYS
    )
    counts["addresses"] = idle.filter(suppressed_at__isnull=False).update(email=None)
    return counts | {"subscribers": _delete(idle.filter(suppressed_at__isnull=True))}


def _delete(rows: QuerySet[Any]) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:_BATCH])
    rows.model.objects.filter(pk__in=keys).delete()
    return len(keys)


def _lock(subscriber_id: int) -> Subscriber:
    return Subscriber.objects.select_for_update().get(pk=subscriber_id)
