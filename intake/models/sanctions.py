"""Sanctions lists as their publishers keep them, and what a look at them found for each lead."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.erasure_door import frozen, never_truncated
from intake.models.lead import Lead


class ListCode(models.TextChoices):
    """The lists that can be loaded, one line of files each."""

    UN = "un", "United Nations Security Council"
    EU = "eu", "European Union"
    US_SDN = "us-sdn", "United States, OFAC: SDN"
    US_CONSOLIDATED = "us-consolidated", "United States, OFAC: consolidated, without SDN"
    UK = "uk", "United Kingdom, UK Sanctions List"
    UK_OFSI = "uk-ofsi", "United Kingdom, OFSI consolidated list (closed in January 2026)"
    EXAMPLE = "example", "Example list (invented names)"


class ListedKind(models.TextChoices):
    """What is listed."""

    INDIVIDUAL = "individual", "person"
    ENTITY = "entity", "body"
    VESSEL = "vessel", "vessel"
    OTHER = "other", "other"


class SanctionsList(models.Model):
    """One list: of which date it is, since when it is loaded here, and how old it may become."""

    # For how long a file that is still the publisher's newest counts as of today.
    LONGEST_SILENCE = timedelta(days=30)

    code = models.CharField(max_length=20, unique=True, choices=ListCode)
    is_used = models.BooleanField(
        "in use",
        default=True,
        help_text="Names are looked for on it once it is loaded. Off: as if it were not there.",
    )
    max_age_days = models.PositiveSmallIntegerField(
        "days",
        default=7,
        validators=[MinValueValidator(1)],
        help_text="Older than so many days the list is stale: staff are warned and no proposal is sent.",
    )
    published_on = models.DateField(
        null=True, blank=True, help_text="The date that the file bears."
    )
    loaded_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the same file was last loaded again: there is none newer.",
    )
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.CharField(max_length=200, blank=True, help_text="The name of the file.")
    sha256 = models.CharField(max_length=64, blank=True)
    keys_version = models.PositiveSmallIntegerField(default=0)
    entry_count = models.PositiveIntegerField("entries", default=0)
    name_count = models.PositiveIntegerField("names", default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(published_on__isnull=True, loaded_at__isnull=True, sha256="")
                | (Q(published_on__isnull=False, loaded_at__isnull=False) & ~Q(sha256="")),
                name="sanctions_list_loaded_with_its_date",
            ),
        ]
        permissions = [("load_sanctionslist", "Can load files of sanctions lists")]

    def __str__(self) -> str:
        return self.get_code_display()

    @property
    def current_until(self) -> datetime | None:
        """When it becomes stale; None while nothing is loaded.

        It ages from the date that it bears. The same file loaded again says that there is none newer, which counts for
        at most 30 days after that date: some publishers are silent for weeks, and some servers forget to fetch.
        """
        if self.published_on is None:
            return None
        published = datetime.combine(
            self.published_on, datetime.min.time(), tzinfo=timezone.get_current_timezone()
        )
        seen = published
        if self.confirmed_at and self.confirmed_at > published:
            seen = min(self.confirmed_at, published + self.LONGEST_SILENCE)
        return seen + timedelta(days=self.max_age_days + 1)  # the last day counts to its end

    def is_stale(self, now: datetime | None = None) -> bool:
        """Whether it is loaded and older than it may be."""
        until = self.current_until
        return until is not None and until <= (now or timezone.now())


class SanctionsFile(models.Model):
    """A file that somebody sent by the staff screens, whose bytes stay until a job has read them; or that a command
    loaded though it is older than what was loaded."""

    class State(models.TextChoices):
        WAITING = "waiting", "to be read"
        LOADED = "loaded", "loaded"
        SAME = "same", "was loaded already"
        REFUSED = "refused", "refused"

    of_list = models.ForeignKey(SanctionsList, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField(blank=True)
    may_shrink = models.BooleanField(default=False)
    older_because = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Why it is used though it is older than what is loaded.",
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: a command.",
    )
    sent_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    outcome = models.TextField(blank=True, help_text="What came of it, in words.")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "file of a sanctions list"
        verbose_name_plural = "files of sanctions lists"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", read_at__isnull=True)
                | (~Q(state="waiting") & Q(read_at__isnull=False)),
                name="sanctions_file_read_at_when_read",
            ),
        ]
        indexes = [models.Index(fields=["-sent_at", "-id"], name="sanctions_file_newest")]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"


class SanctionsEntry(models.Model):
    """One listed person, body or vessel, as the newest file of its list has it. Loading replaces it."""

    of_list = models.ForeignKey(SanctionsList, on_delete=models.CASCADE, related_name="entries")
    uid = models.CharField(max_length=100, help_text="The publisher's number of it.")
    reference = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=ListedKind)
    name = models.CharField(max_length=500)
    born = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    birth_places = ArrayField(models.TextField(), default=list, blank=True)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    identifiers = ArrayField(models.TextField(), default=list, blank=True)
    programmes = ArrayField(models.TextField(), default=list, blank=True)
    listed_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64, help_text="Of everything that the list says of it.")
    changed_at = models.DateTimeField(help_text="Since when the list says this.")

    class Meta:
        verbose_name_plural = "sanctions entries"
        constraints = [
            models.UniqueConstraint(fields=["of_list", "uid"], name="sanctions_entry_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SanctionsName(models.Model):
    """One name of an entry, and the keys by which it is found."""

    class Quality(models.TextChoices):
        PRIMARY = "primary", "name"
        GOOD = "good", "also known as"
        WEAK = "weak", "also known as (low quality)"

    entry = models.ForeignKey(SanctionsEntry, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=500)
    quality = models.CharField(max_length=7, choices=Quality)
    latin_key = models.CharField(
        max_length=200, help_text="Its words in ASCII, without those that say little."
    )
    sound_key = models.CharField(max_length=200, help_text="How they sound.")
    sounds = ArrayField(models.CharField(max_length=200), help_text="The same, word by word.")

    class Meta:
        indexes = [
            GinIndex(OpClass("latin_key", "gin_trgm_ops"), name="sanctions_name_latin"),
            GinIndex(OpClass("sound_key", "gin_trgm_ops"), name="sanctions_name_sound"),
            GinIndex(fields=["sounds"], name="sanctions_name_sounds"),
        ]

    def __str__(self) -> str:
        return self.name


class SanctionsScreening(models.Model):
    """One look at the lists for one lead: which names were looked for, on which lists of which date, what was found."""

    class Outcome(models.TextChoices):
        NOT_SCREENED = "not_screened", "not screened: no list loaded"
        NONE_FOUND = "none_found", "none found"
        POSSIBLE = "possible", "possible match"

    # The index of the newest begins with it.
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, db_index=False, related_name="sanctions_screenings"
    )
    screened_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=12, choices=Outcome)
    names: Any = models.JSONField(default=list, help_text="What was looked for.")
    lists: Any = models.JSONField(default=list, help_text="Where: each list with its date.")
    matches: Any = models.JSONField(default=list, help_text="What was found.")
    digest = models.CharField(
        max_length=64, help_text="Of names and lists: the same again needs no other look."
    )

    class Meta:
        indexes = [models.Index(fields=["lead", "-id"], name="sanctions_screening_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["not_screened", "none_found", "possible"]),
                name="sanctions_outcome_known",
            ),
        ]
        triggers = [
            frozen("intake_sanctionsscreening", "sanctions_screening_frozen"),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
