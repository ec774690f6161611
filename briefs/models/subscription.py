"""Who asked for mail about which briefs, and what each of them was told."""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from briefs.models.announcement import Announcement
from mail.models import Message

if TYPE_CHECKING:
    from briefs.models.brief import Brief

# The words that a reader agrees to stand in the form's template; a change of them gets another version here.
CONSENT_VERSION = "2026-11"
LINK_LASTS = timedelta(days=7)


class Frequency(models.TextChoices):
    """How soon a reader is told."""

    IMMEDIATE = "immediate", pgettext_lazy("frequency", "At once, one mail a brief")
    WEEKLY = "weekly", pgettext_lazy("frequency", "Once a week, in one mail")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Who may be written to."""

    def reachable(self) -> Self:
        """With an address that takes our mail, as far as we know."""
        return self.filter(email__isnull=False, suppressed_at__isnull=True)

    def following(self, frequency: str | None = None) -> Self:
        """With a confirmed subscription, of this frequency if it is given."""
        rows = Subscription.objects.confirmed().filter(subscriber=OuterRef("pk"))
        return self.filter(Exists(rows.filter(frequency=frequency) if frequency else rows))


class Subscriber(models.Model):
    """One address. Everything that a reader does with it needs a link that only the address has received."""

    email = models.EmailField(
        "e-mail",
        unique=True,
        null=True,
        blank=True,
        help_text="In small letters; empty once forgotten.",
    )
    email_digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    seed = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppression_reason = models.CharField(max_length=200, blank=True)
    # How many confirmation mails went to it on that day, so that nobody can have a mailbox filled.
    confirmations_on = models.DateField(null=True, blank=True)
    confirmations = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(suppressed_at__isnull=True, suppression_reason="")
                | Q(suppressed_at__isnull=False) & ~Q(suppression_reason=""),
                name="subscriber_suppressed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["en", "fr", "pt", "ar"]), name="subscriber_language_known"
            ),
        ]
        permissions = [("suppress_subscriber", "Can end subscriptions and suppress addresses")]

    def __str__(self) -> str:
        return self.email or "forgotten address"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Which subscriptions."""

    def standing(self) -> Self:
        """Not ended: asked for or confirmed."""
        return self.exclude(state=Subscription.State.ENDED)

    def confirmed(self) -> Self:
        """Asked for and confirmed from the address itself."""
        return self.filter(state=Subscription.State.CONFIRMED)

    def fitting(self, brief: "Brief", actors: Collection[str]) -> Self:
        """Confirmed ones of reachable readers that a brief with these actors fits, search words left aside.

        An empty filter fits everything, so that each is one equality and an index serves them.
        """
        return self.confirmed().filter(
            Q(languages=[]) | Q(languages__contains=[brief.language]),
            subscriber__suppressed_at__isnull=True,
            subscriber__email__isnull=False,
            country__in=["", *brief.countries],
            topic__in=["", *brief.topics],
            actor__in=["", *actors],
        )


class Subscription(models.Model):
    """What one reader wants to be told of: the filters of a list, all empty for everything."""

    class State(models.TextChoices):
        PENDING = "pending", "not confirmed yet"
        CONFIRMED = "confirmed", "confirmed"
        ENDED = "unsubscribed", "unsubscribed"

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    q = models.CharField("words", max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    actor = models.SlugField(max_length=120, blank=True)
    topic = models.CharField(max_length=40, blank=True)
    languages = ArrayField(
        models.CharField(max_length=2, choices=settings.LANGUAGES), default=list, blank=True,
        help_text="Of briefs; none means all.",
    )  # fmt: skip
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.IMMEDIATE)
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    seed = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_suspect = models.BooleanField(
        default=False, help_text="A machine filled the form: no mail goes out until staff say so."
    )
    asks = models.PositiveSmallIntegerField(default=1, help_text="How often it was asked for.")
    consent_version = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the link to confirm it last went out."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["country", "topic", "actor", "id"],
                name="subscription_fits",
                condition=Q(state="confirmed"),
            ),
            models.Index(
                fields=["created_at"], name="subscription_pending", condition=Q(state="pending")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "q", "country", "actor", "topic", "languages"],
                condition=~Q(state="unsubscribed"),
                name="subscription_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", confirmed_at__isnull=True, ended_at__isnull=True)
                | Q(state="confirmed", confirmed_at__isnull=False, ended_at__isnull=True)
                | Q(state="unsubscribed", ended_at__isnull=False),
                name="subscription_times_fit_its_state",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=Frequency.values), name="subscription_frequency_known"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_moves",
                field="state",
                transitions=[
                    ("pending", "confirmed"),
                    ("pending", "unsubscribed"),
                    ("confirmed", "unsubscribed"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.q or self.country or self.actor or self.topic}".rstrip(": ")

    @property
    def scope(self) -> str:
        """What sort of wish it is."""
        used = [name for name in ("country", "actor", "topic") if getattr(self, name)]
        if self.q or len(used) > 1:
            return "search"
        return used[0] if used else "everything"

    @property
    def is_link_expired(self) -> bool:
        """Whether the link that confirms it works no more."""
        return self.mailed_at is None or timezone.now() - self.mailed_at > LINK_LASTS


class Notice(models.Model):
    """That one address is told of one announcement: at most once, whatever it follows and whatever dies."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="notices")
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="notices")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, related_name="notices", null=True, blank=True
    )
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, related_name="notices", null=True, blank=True
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "subscriber"], name="notice_once_an_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement} to {self.subscriber}"
