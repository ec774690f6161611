"""What came of a message after it left: what providers tell us, and addresses that take no mail."""

import hashlib

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.erasure_door import never_truncated
from mail.models.message import Message


def email_digest(email: str) -> str:
    """What stays of an address: enough to know it again, not to read it."""
    return hashlib.sha256(email.lower().encode("utf-8", "surrogatepass")).hexdigest()


class DeliveryEvent(models.Model):
    """One thing that a mail provider told us of one message. Its words, which may name people, are not kept."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "arrived"
        DEFERRED = "deferred", "delayed"
        BOUNCED = "bounced", "came back"
        REJECTED = "rejected", "not sent by the provider"
        COMPLAINED = "complained", "called spam by its reader"

    provider = models.CharField(max_length=30)
    event_id = models.CharField(max_length=200, help_text="The provider's, else a digest of it.")
    kind = models.CharField(max_length=10, choices=Kind)
    is_for_good = models.BooleanField(default=False)
    code = models.CharField(max_length=20, blank=True, help_text="The other server's SMTP code.")
    reason = models.CharField(max_length=20, blank=True)
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    address_digest = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="delivery_event_once_an_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.provider})"


class UnreachableQuerySet(models.QuerySet["Unreachable"]):
    """Which marks stand."""

    def standing(self) -> "UnreachableQuerySet":
        """Not lifted."""
        return self.filter(lifted_at__isnull=True)

    def of(self, email: str) -> "UnreachableQuerySet":
        """The standing mark of this address, or none."""
        return self.standing().filter(digest=email_digest(email))


class Unreachable(models.Model):
    """That an address takes no mail of ours, since when and why, until staff or a mail that
    arrived lift it. The address is a digest."""

    class Why(models.TextChoices):
        REFUSED = "refused", "the mail server refused the address"
        BOUNCED = "bounced", "mail to it came back"
        COMPLAINED = "complained", "its reader called our mail spam"

    digest = models.CharField(max_length=64)
    why = models.CharField(max_length=10, choices=Why)
    code = models.CharField(max_length=20, blank=True)
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="marks"
    )
    since = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: a mail arrived there.",
    )

    objects = UnreachableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(lifted_at__isnull=True),
                name="unreachable_once_an_address",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=False) | Q(lifted_by__isnull=True),
                name="unreachable_lifted_by_when_lifted",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="unreachable_kept", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_why_display()}{f' ({self.code})' if self.code else ''}"
