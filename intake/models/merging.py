"""Records that may be one and the same, and those that a person made one; named by kind and number."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.erasure_door import never_truncated


class RecordKind(models.TextChoices):
    """What can be merged."""

    ORGANISATION = "organisation", "organisation"
    CONTACT = "contact", "contact"
    LEAD = "lead", "lead"


class LikenessQuerySet(models.QuerySet["Likeness"]):
    """Likenesses by what they are about."""

    def of(self, kind: str, *pks: int) -> "LikenessQuerySet":
        """Those that have one of these records on either side."""
        return self.filter(Q(older_pk__in=pks) | Q(newer_pk__in=pks), kind=kind)


class Likeness(models.Model):
    """Two records that may be the same, with what speaks for it. A pair is suggested once; a person decides."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        SAME = "same", "merged"
        DIFFERENT = "different", "not the same"

    kind = models.CharField(max_length=12, choices=RecordKind)
    older_pk = models.BigIntegerField()
    newer_pk = models.BigIntegerField()
    reasons = models.JSONField(
        default=list, help_text="Pairs of a reason and its measure; no words of the client."
    )
    score = models.PositiveSmallIntegerField(
        default=0, help_text="0 to 100; orders what is shown, decides nothing."
    )
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(db_default=Now())

    objects = LikenessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "likenesses"
        constraints = [
            models.UniqueConstraint(fields=["kind", "older_pk", "newer_pk"], name="likeness_once"),
            models.CheckConstraint(
                condition=Q(older_pk__lt=F("newer_pk")), name="likeness_of_two_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(
                        state__in=["same", "different"],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                ),
                name="likeness_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["kind", "newer_pk"], name="likeness_newer")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.newer_pk} like {self.older_pk}"


class Merge(models.Model):
    """One record merged into another: what moved and what the values were, so that it can be undone. Kept for good."""

    kind = models.CharField(max_length=12, choices=RecordKind)
    source_pk = models.BigIntegerField()
    target_pk = models.BigIntegerField()
    moved = models.JSONField(
        default=dict, help_text="Numbers of the rows that now point to the target, by relation."
    )
    before = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder, help_text="Values of both before; personal data."
    )
    after = models.JSONField(
        default=dict,
        encoder=DjangoJSONEncoder,
        help_text="Values of the target that changed; personal data.",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_pk"],
                condition=Q(undone_at__isnull=True),
                name="merge_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(source_pk=F("target_pk")), name="merge_of_two_records"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["kind", "target_pk"], name="merge_target")]
        triggers = [
            # Not `before` and `after`: who is erased must be erased there as well.
            pgtrigger.ReadOnly(
                name="merge_frozen",
                fields=["kind", "source_pk", "target_pk", "moved", "by", "merged_at"],
            ),
            pgtrigger.Protect(name="merge_kept", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source_pk} into {self.target_pk}"
