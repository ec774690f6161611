"""Copies of their data for people who ask for one, and for how long what is kept."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.erasure_door import never_truncated

COPY_LASTS = timedelta(days=7)


class DataCopy(models.Model):
    """Everything that the house holds about one address, in one archive, for whoever must hand it over."""

    address = models.EmailField("e-mail", max_length=254)
    because = models.CharField(max_length=300, help_text="Such as the letter that asked for it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    archive = models.BinaryField(null=True, blank=True, help_text="Empty again once it expired.")
    sha256 = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict, help_text="Rows by table.")

    class Meta:
        verbose_name = "copy of data"
        verbose_name_plural = "copies of data"
        constraints = [
            models.CheckConstraint(
                condition=Q(archive__isnull=True)
                | Q(made_at__isnull=False, expires_at__isnull=False),
                name="data_copy_expires",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="data_copy_there", condition=Q(archive__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"Copy of {self.asked_at:%Y-%m-%d}"


class DataCopyDownload(models.Model):
    """That somebody downloaded a copy. Frozen."""

    copy = models.ForeignKey(DataCopy, on_delete=models.PROTECT, related_name="downloads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="download_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition(
                    "NOT erasure_admits('intake_datacopydownload', OLD.id)"
                ),
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%Y-%m-%d %H:%M}"


class Keeps(models.TextChoices):
    """What has a period."""

    UNANSWERED = "unanswered", "Requests that nobody answered, since they came"
    QUARANTINED = "quarantined", "Requests in quarantine, since they came"
    DISQUALIFIED = "disqualified", "Disqualified requests, since they were closed"
    LOST = "lost", "Lost leads, since they were closed"
    WON = "won", "Won leads, since they were won"
    ACCEPTED = "accepted", "Accepted proposals of people erased, since they were accepted"
    FILES = "files", "Files of closed leads, since they were closed"
    MESSAGES = "messages", "Texts of mails to clients, since they were written"
    JOBS = "jobs", "Records of work done, since it was done"
    KEYS = "keys", "Keys by which a request sent twice is known, since they came"


class RetentionRule(models.Model):
    """For how long one kind of record is kept. Off until somebody switches it on."""

    keeps = models.CharField("what", max_length=12, choices=Keeps, unique=True)
    days = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(36_525)],
        help_text="365 are a year; at least 1, at most 100 years.",
    )
    is_on = models.BooleanField("switched on", default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=36_525), name="retention_days_in_range"
            ),
            models.CheckConstraint(
                condition=Q(keeps__in=Keeps.values), name="retention_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_keeps_display()


class RetentionRun(models.Model):
    """That a rule was applied, or that somebody looked what it would do. Frozen."""

    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="runs")
    is_simulated = models.BooleanField("only looked")
    days = models.PositiveIntegerField(help_text="The period, as it was then.")
    count = models.PositiveIntegerField(
        "how many", help_text="Were due; a run takes a batch of them."
    )
    done = models.PositiveIntegerField(default=0)
    oldest = models.DateTimeField(null=True, blank=True)
    examples = models.JSONField(default=list, help_text="References of the oldest; no names.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ran_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["-ran_at", "-id"], name="retention_run_newest")]
        triggers = [
            pgtrigger.Protect(
                name="retention_run_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.rule}, {self.ran_at:%Y-%m-%d}"
