"""What a version is made of while it is a draft."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts import text_rules
from accounts.erasure_door import never_truncated
from proposals.models.version import ProposalVersion, frozen_with_version

_SEEN = [text_rules.refuse_hidden_characters]


def _stable_id() -> models.UUIDField:
    """What stays the same when a part is carried to the next version; frozen content names parts by it."""
    return models.UUIDField(db_default=RandomUUID(), editable=False)


class Section(models.Model):
    """A heading and its text."""

    version = models.ForeignKey(ProposalVersion, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=0)
    heading = models.CharField(max_length=200, validators=_SEEN)
    body = models.TextField(blank=True, max_length=50_000, help_text="Markdown.", validators=_SEEN)
    stable_id = _stable_id()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "stable_id"], name="section_once_per_version"
            ),
        ]
        triggers = [frozen_with_version("section_frozen"), never_truncated()]

    def __str__(self) -> str:
        return self.heading


class LineItem(models.Model):
    """One line of the price."""

    version = models.ForeignKey(ProposalVersion, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    description = models.CharField(max_length=300, validators=_SEEN)
    quantity = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    unit = models.CharField(
        max_length=40, blank=True, help_text="Such as day or report.", validators=_SEEN
    )
    unit_price = models.DecimalField(
        max_digits=18,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    tax_rate = models.DecimalField(
        "tax, per cent",
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    tax_label = models.CharField(
        max_length=60,
        default="VAT",
        help_text="Such as VAT, or VAT, reverse charge.",
        validators=_SEEN,
    )
    stable_id = _stable_id()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "stable_id"], name="line_once_per_version"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    unit_price__gte=0,
                    tax_rate__gte=0,
                    tax_rate__lte=100,
                ),
                name="line_amounts_in_range",
            ),
        ]
        triggers = [frozen_with_version("line_frozen"), never_truncated()]

    def __str__(self) -> str:
        return self.description
