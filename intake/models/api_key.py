"""Keys by which other websites send enquiries."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from briefs.models import Brief
from intake.catalogue import Language, Service

MOST_PER_MINUTE = 600


class Scope(models.TextChoices):
    """What a key may do."""

    SEND_ENQUIRIES = "enquiries:write", "send enquiries"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys by what they open."""

    def live(self) -> "ApiKeyQuerySet":
        """Those that are neither revoked nor expired."""
        is_ahead = Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.now().date())
        return self.filter(is_ahead, revoked_at__isnull=True)


class ApiKey(models.Model):
    """Another website's leave to send enquiries: the public id names it, the secret proves it. Never deleted."""

    name = models.CharField(max_length=100, help_text="Whose website; staff read it on each lead.")
    public_id = models.CharField(max_length=16, unique=True, editable=False)
    secret_digest = models.CharField(
        max_length=64, editable=False, help_text="SHA-256 of the secret, which is not kept."
    )
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope), default=list)
    origins = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        help_text="Websites that may frame the form and call from a browser, like https://www.example.org.",
    )
    per_minute = models.PositiveSmallIntegerField(
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PER_MINUTE)],
        help_text="Requests a minute for each web process; more are told to wait.",
    )
    language = models.CharField(
        max_length=2,
        choices=Language,
        blank=True,
        help_text="Of the answer, where the client names none.",
    )
    services = ArrayField(
        models.CharField(max_length=30, choices=Service),
        default=list,
        blank=True,
        help_text="For the lead, where the client names none.",
    )
    brief = models.ForeignKey(
        Brief,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="api_keys",
        help_text="That requests are about, where they name none.",
    )
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys", editable=False
    )
    expires_on = models.DateField(
        null=True, blank=True, help_text="The last day on which it works, in UTC. Empty: it stays."
    )
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revoked_api_keys",
        editable=False,
    )
    last_used_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="To the minute."
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="api_key_has_a_name"),
            models.CheckConstraint(
                condition=Q(per_minute__gte=1, per_minute__lte=MOST_PER_MINUTE),
                name="api_key_rate_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_key_revoked_by_somebody",
            ),
        ]
        permissions = [("revoke_apikey", "Can revoke a key of another website")]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """What is shown of the key."""
        return f"derisk_{self.public_id}"
