"""The text of a brief as it stood at each save, and each text that readers were given."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.erasure_door import never_truncated
from briefs.models.brief import Brief

_FROZEN = pgtrigger.Update | pgtrigger.Delete


class Revision(models.Model):
    """Everything that a brief said after one save. Written once, never changed.

    `snapshot` is what `briefs.snapshots.snapshot_of()` makes. `authors` are all who have written on the text
    since the last one that was published: none of them may approve it.
    """

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField(encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64)
    authors = ArrayField(models.BigIntegerField())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="brief_revisions"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=models.Q(authors__len__gte=1), name="revision_has_authors"
            ),
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=_FROZEN), never_truncated()]

    def __str__(self) -> str:
        return f"Revision {self.number}"


class Edition(models.Model):
    """A text that readers were given, under its number: the first is 1. Its address is /versions/<number>/."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="edition")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="brief_editions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="edition_number_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update),
            # One that was scheduled may be called back until its hour.
            pgtrigger.Protect(
                name="stays_once_read",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("(OLD.published_at <= now())"),
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class CorrectionKind(models.TextChoices):
    """Why readers are told of a change."""

    FACTUAL = "factual", pgettext_lazy("correction", "factual error")
    ATTRIBUTION = "attribution", pgettext_lazy("correction", "attribution")
    CLARIFICATION = "clarification", pgettext_lazy("correction", "clarification")
    UPDATE = "update", pgettext_lazy("correction", "update")


class Correction(models.Model):
    """What readers are told of a change in a published text. Written once, never changed or deleted."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="corrections")
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        related_name="corrections",
        help_text="The text that carries the change.",
    )
    kind = models.CharField(max_length=20, choices=CorrectionKind)
    text = models.TextField(max_length=600)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="brief_corrections"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=CorrectionKind.values), name="correction_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="correction_has_text"),
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=_FROZEN), never_truncated()]

    def __str__(self) -> str:
        return self.text


class FormerAddress(models.Model):
    """An address that a published brief once had; the database writes it when the slug changes."""

    slug = models.SlugField(max_length=120, primary_key=True)
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="former_addresses")
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug
