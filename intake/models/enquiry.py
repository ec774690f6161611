"""What the client sent, as sent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from accounts.erasure_door import frozen, never_truncated
from briefs.models import Brief
from briefs.touches import Section
from intake.catalogue import Budget, Language, Timeframe
from intake.models.api_key import ApiKey


def _brief_touched(help_text: str) -> "models.ForeignKey[Brief | None, Brief | None]":
    return models.ForeignKey(
        Brief,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=help_text,
    )


class Enquiry(models.Model):
    """A request for interest exactly as it arrived. A trigger refuses every change."""

    class Channel(models.TextChoices):
        FORM = "form", "form"
        API = "api", "API"

    full_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    organisation = models.CharField(max_length=200, blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    country = models.CharField(
        max_length=2, blank=True, help_text="Where the client is, ISO 3166 alpha-2."
    )
    countries_of_interest = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    services = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    actors = ArrayField(
        models.CharField(max_length=120),
        default=list,
        db_default=[],
        blank=True,
        help_text="Slugs of actors that the brief named and the client left chosen.",
    )
    timeframe = models.CharField(max_length=10, choices=Timeframe, blank=True)
    budget = models.CharField(max_length=10, choices=Budget, blank=True)
    language = models.CharField(
        max_length=2, choices=Language, blank=True, help_text="Empty: the client named none."
    )
    needs = models.TextField()
    consent_text = models.TextField(help_text="What the client agreed to, word for word.")
    consent_version = models.PositiveSmallIntegerField(db_default=1)
    consent_language = models.CharField(
        max_length=2,
        choices=Language,
        db_default=Language.ENGLISH,
        help_text="Of the page, and so of what the client agreed to.",
    )
    brief = models.ForeignKey(
        Brief,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="enquiries",
    )
    channel = models.CharField(max_length=4, choices=Channel)
    idempotency_key = models.CharField(max_length=330, null=True, blank=True, unique=True)
    content_digest = models.CharField(
        max_length=64, help_text="SHA-256 of the fields, to know a repeat."
    )
    arrival = models.JSONField(
        default=dict, db_default={}, help_text="How it came, for the screening: facts, no points."
    )
    api_key = models.ForeignKey(
        ApiKey,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        db_index=False,
        help_text="Of the website that it came through.",
    )
    user_agent = models.CharField(max_length=300, blank=True, db_default="")
    accept_language = models.CharField(max_length=200, blank=True, db_default="")
    origin = models.CharField(max_length=255, blank=True, db_default="")
    network = models.CharField(
        max_length=50,
        blank=True,
        db_default="",
        help_text="Of the sender: a /24 or a /48, no address.",
    )
    as_sent = models.TextField(
        blank=True,
        db_default="",
        help_text="JSON of what arrived otherwise than it is stored in the other fields.",
    )
    first_brief = _brief_touched("The first that the reader saw on the way here.")
    first_version = models.PositiveSmallIntegerField(null=True, blank=True)
    first_section = models.CharField(max_length=10, choices=Section, blank=True, db_default="")
    first_language = models.CharField(max_length=2, choices=Language, blank=True, db_default="")
    last_brief = _brief_touched("Whose link opened the form.")
    last_version = models.PositiveSmallIntegerField(null=True, blank=True)
    last_section = models.CharField(max_length=10, choices=Section, blank=True, db_default="")
    last_language = models.CharField(max_length=2, choices=Language, blank=True, db_default="")
    utm_source = models.CharField(max_length=100, blank=True, db_default="")
    utm_medium = models.CharField(max_length=100, blank=True, db_default="")
    utm_campaign = models.CharField(max_length=100, blank=True, db_default="")
    utm_term = models.CharField(max_length=100, blank=True, db_default="")
    utm_content = models.CharField(max_length=100, blank=True, db_default="")
    referrer_host = models.CharField(
        max_length=253,
        blank=True,
        db_default="",
        help_text="Whose page led here; never the address.",
    )
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = [
            models.CheckConstraint(
                condition=~Q(full_name="") & ~Q(email="") & ~Q(needs=""),
                name="enquiry_complete",
            ),
            models.CheckConstraint(condition=~Q(consent_text=""), name="enquiry_has_consent"),
        ]
        indexes = [
            models.Index(Lower("email"), name="enquiry_email"),
            # Of the few that have one: the others cost the index nothing.
            models.Index(
                fields=["api_key"], condition=Q(api_key__isnull=False), name="enquiry_of_api_key"
            ),
            models.Index(
                fields=["brief"], condition=Q(brief__isnull=False), name="enquiry_of_brief"
            ),
        ]
        triggers = [
            frozen("intake_enquiry", "enquiry_frozen"),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.received_at:%Y-%m-%d}"


class Attachment(models.Model):
    """A file that came with an enquiry, stored beside it so that neither exists without the other. Frozen too."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="attachments")
    addition = models.ForeignKey(
        "intake.Addition",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        help_text="With which it came, when it came later.",
    )
    name = models.CharField(
        max_length=200, help_text="As the sender called it; never used as a path."
    )
    content_type = models.CharField(max_length=100, help_text="What the bytes are.")
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        triggers = [
            frozen("intake_attachment", "attachment_frozen"),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.name
