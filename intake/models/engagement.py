"""The register of what the house does for whom, and of the parties to it: what a conflict of interest is found by."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone

from intake import closeness, names
from intake.models.lead import Lead
from intake.models.people import Organisation

if TYPE_CHECKING:
    from accounts.models import User

# For how long after its end the house still owes a client that it does not act against them.
LOOK_BACK = timedelta(days=2 * 365)


class Role(models.TextChoices):
    """What a party is to an engagement."""

    CLIENT = "client", "client"
    PARENT = "parent", "parent of a party"
    COUNTERPARTY = "counterparty", "counterparty"
    SUBJECT = "subject", "subject of the work"


class EngagementQuerySet(models.QuerySet["Engagement"]):
    """Engagements by who may see them and whether they still count."""

    def visible_to(self, user: "User") -> "EngagementQuerySet":
        """All for those who keep the register, their own for who works on them; never one that they are walled from,
        or that is about a request or an organisation they are walled from."""
        if not user.is_active or not user.has_perm("intake.view_engagement"):
            return self.none()
        walled = RawSQL("SELECT walled_engagements(%s)", [user.pk])
        rows = self.exclude(pk__in=walled)
        return rows if user.has_perm("intake.view_all_engagements") else rows.filter(people=user)


class Engagement(models.Model):
    """What the house does for a client, under a name that tells nobody which."""

    name = models.CharField(
        max_length=100, unique=True, help_text="A name that tells nobody who it is about."
    )
    subject = models.TextField("what we do", blank=True)
    starts_on = models.DateField("from", default=timezone.localdate)
    ends_on = models.DateField("to", null=True, blank=True, help_text="Empty: it goes on.")
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="engagements",
        verbose_name="who works on it",
        help_text="They are walled from requests of the other side, and decide about none of them.",
    )
    lead = models.OneToOneField(
        Lead,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="engagement",
        help_text="The request that it grew from.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = EngagementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="engagement_ends_after_it_starts",
                violation_error_message="The end lies before the start.",
            ),
        ]
        permissions = [
            ("view_all_engagements", "Can see every engagement, not only their own"),
        ]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """An organisation or a person who is something to an engagement."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=12, choices=Role)
    name = models.CharField(max_length=200)
    aliases = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Other names, short forms and spellings.",
    )
    country = models.CharField(max_length=2, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        help_text="The same body among those that wrote to us.",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        help_text="Of the same engagement: whoever owns or controls it.",
    )

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "role", "name"], name="party_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="party_role_known"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="party_not_its_own_parent",
                violation_error_message="A party is not its own parent.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartyName(models.Model):
    """One name of a party, by the keys that it is found by. Made from the party; nobody edits it."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    latin_key = models.CharField(max_length=200)
    sound_key = models.CharField(max_length=200)
    words = ArrayField(models.TextField(), help_text="As they sound, each once; for texts.")
    initials = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "name"], name="partyname_once"),
        ]
        indexes = [
            GinIndex(
                OpClass("latin_key", "gin_trgm_ops"), name="partyname_latin", fastupdate=False
            ),
            GinIndex(
                OpClass("sound_key", "gin_trgm_ops"), name="partyname_sound", fastupdate=False
            ),
            GinIndex(fields=["words"], name="partyname_words", fastupdate=False),
            GinIndex(fields=["initials"], name="partyname_initials", fastupdate=False),
            models.Index(fields=["latin_key"], name="partyname_same"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def keys_of(name: str) -> dict[str, object]:
        """The columns by which a name is found again."""
        plain = names.plain_key(name)
        latin, sound = names.latin_key(plain), names.sound_key(plain)
        return {
            "latin_key": latin,
            "sound_key": sound,
            "words": sorted(set(sound.split())),
            "initials": sorted(closeness.initials(latin.split())),
        }


class ConflictCheck(models.Model):
    """When a lead was last held against the register, and what was near; what held it is on the hold."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="conflict_check")
    checked_at = models.DateTimeField()
    near = models.JSONField(
        default=list, help_text="What came near without holding the lead, the nearest first."
    )

    def __str__(self) -> str:
        return f"{self.lead}: {self.checked_at:%Y-%m-%d}"
