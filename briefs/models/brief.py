"""The brief: what the house publishes."""

import uuid
from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy

from briefs import geography, rendering, topics
from briefs.models.actor import Actor
from briefs.models.brief_queryset import SEARCH_CONFIGS, BriefQuerySet
from briefs.models.incident import Incident
from briefs.models.place import Place


class BriefStatus(models.TextChoices):
    """Where a brief stands. Readers see published ones only."""

    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    PUBLISHED = "published", "published"
    ARCHIVED = "archived", "archived"
    WITHDRAWN = "withdrawn", "withdrawn"


class BriefKind(models.TextChoices):
    """What sort of text a brief is."""

    ASSESSMENT = "assessment", pgettext_lazy("brief", "Assessment")
    FLASH = "flash", pgettext_lazy("brief", "Flash")
    FORECAST = "forecast", pgettext_lazy("brief", "Forecast")
    COUNTRY_BRIEF = "country_brief", pgettext_lazy("brief", "Country brief")


# Review is asked for, not forced: whoever may publish may publish a draft.
MOVES: tuple[tuple[str, str], ...] = (
    ("draft", "in_review"),
    ("in_review", "changes_requested"),
    ("in_review", "approved"),
    ("changes_requested", "in_review"),
    ("draft", "published"),
    ("approved", "published"),
    ("published", "archived"),
    ("published", "withdrawn"),
    ("archived", "withdrawn"),
)
_ONCE_PUBLIC = ("published", "archived", "withdrawn")


def _search_vector(config: str) -> Combinable:
    return (
        SearchVector("title", weight="A", config=config)
        + SearchVector("summary", weight="B", config=config)
        + SearchVector("body", weight="C", config=config)
    )


class Brief(models.Model):
    """A dated assessment with its judgements, incidents, actors and places, in one language."""

    slug = models.SlugField(max_length=120, unique=True, help_text="Part of the page address.")
    reference = models.CharField(
        max_length=20, unique=True, null=True, blank=True, editable=False
    )  # DR-2025-0007, given at publication
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    kind = models.CharField(max_length=20, choices=BriefKind, default=BriefKind.ASSESSMENT)
    status = models.CharField(
        max_length=20, choices=BriefStatus, default=BriefStatus.DRAFT, editable=False
    )
    summary = models.TextField(max_length=600, blank=True, help_text="Two or three sentences.")
    body = models.TextField(max_length=100_000, blank=True, help_text="Markdown.")
    body_html = models.TextField(blank=True, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(default=1, editable=False)
    countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        blank=True,
        help_text="ISO 3166 codes, the main one first.",
    )
    topics = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    is_sample = models.BooleanField(
        "sample", default=False, help_text="Invented to show the form; the page says so."
    )
    data_cutoff = models.DateTimeField(
        "data cut-off", null=True, blank=True, help_text="Nothing later was known to us. UTC."
    )
    actors = models.ManyToManyField(Actor, related_name="briefs", blank=True)
    places = models.ManyToManyField(Place, related_name="briefs", blank=True)
    incidents = models.ManyToManyField(Incident, related_name="briefs", blank=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="briefs",
        editable=False,
    )
    search = models.GeneratedField(
        expression=Case(
            *(
                When(language=code, then=_search_vector(name))
                for code, name in SEARCH_CONFIGS.items()
            ),
            default=Value(None),
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = BriefQuerySet.as_manager()

    class Meta:
        permissions = [("publish_brief", "Can publish and archive briefs")]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                name="brief_newest",
                condition=Q(status="published"),
            ),
            models.Index(
                fields=["language", "-published_at", "-id"],
                name="brief_newest_by_language",
                condition=Q(status="published"),
            ),
            GinIndex(fields=["countries"], name="brief_countries"),
            GinIndex(fields=["topics"], name="brief_topics"),
            # No pending list: after a bulk load it costs every search a hundredfold until vacuum.
            GinIndex(fields=["search"], name="brief_search", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=BriefStatus.values), name="brief_status_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=BriefKind.values), name="brief_kind_known"),
            models.CheckConstraint(
                condition=Q(language__in=["en", "fr", "pt", "ar"]), name="brief_language_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=_ONCE_PUBLIC,
                    published_at__isnull=False,
                    reference__isnull=False,
                )
                | Q(
                    ~Q(status__in=_ONCE_PUBLIC),
                    published_at__isnull=True,
                    reference__isnull=True,
                ),
                name="brief_published_with_date_and_reference",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | ~Q(summary="")
                & ~Q(body_html="")
                & Q(countries__len__gte=1)
                & Q(data_cutoff__isnull=False, data_cutoff__lte=F("published_at")),
                name="brief_published_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(countries__contained_by=list(geography.AFRICAN_COUNTRIES)),
                name="brief_countries_in_africa",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=list(MOVES)),
            pgtrigger.Protect(
                name="starts_as_draft",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status="draft"),
            ),
            # Readers, feeds and enquiries hold these; they outlive every edit.
            pgtrigger.Protect(
                name="published_address_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & (
                    pgtrigger.Q(old__slug__df=pgtrigger.F("new__slug"))
                    | pgtrigger.Q(old__reference__df=pgtrigger.F("new__reference"))
                    | pgtrigger.Q(old__published_at__df=pgtrigger.F("new__published_at"))
                ),
            ),
            pgtrigger.Protect(
                name="published_is_not_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefs:brief", args=[self.slug])

    @property
    def country_names(self) -> list[str]:
        """Its countries in the language being spoken now, the main one first."""
        language = get_language() or "en"
        return [geography.country_name(code, language) for code in self.countries]

    def clean(self) -> None:
        """Render the body; refuse unknown countries and topics, and gaps once readers see it."""
        self.render()
        if strangers := set(self.countries or []) - set(geography.AFRICAN_COUNTRIES):
            raise ValidationError(
                f"Not an African country: {', '.join(sorted(strangers))}. Use codes such as ML.",
                code="country_unknown",
            )
        if strangers := set(self.topics or []) - set(topics.Topic.values):
            raise ValidationError(
                f"Not a topic of ours: {', '.join(sorted(strangers))}.", code="topic_unknown"
            )
        if self.published_at and (gaps := self.text_gaps(self.published_at)):
            raise ValidationError(gaps)

    def text_gaps(self, moment: datetime) -> list[ValidationError]:
        """What its own fields lack for readers to see it at that moment."""
        wanted: list[tuple[Any, str, str]] = [
            (self.summary.strip(), "Write a summary.", "summary_missing"),
            (self.body_html, "Write the body.", "body_missing"),
            (self.countries, "Name at least one country.", "country_missing"),
            (self.data_cutoff, "Set the data cut-off.", "data_cutoff_missing"),
        ]
        gaps = [ValidationError(text, code=code) for value, text, code in wanted if not value]
        if self.data_cutoff and self.data_cutoff > moment:
            text = "The data cut-off is later than the publication."
            gaps.append(ValidationError(text, code="data_cutoff_late"))
        return gaps

    def render(self) -> None:
        """Bring the stored HTML and the reading time in line with the Markdown; saves nothing."""
        self.body_html = rendering.render_markdown(self.body)
        self.reading_minutes = rendering.reading_minutes(self.body)

    def may_become(self, status: str) -> bool:
        """Whether a move leads from its status to that one."""
        return (self.status, status) in MOVES

    def move_to(self, status: str) -> None:
        """Set the status; saves nothing. Raises ValidationError("conflict") when no move leads there."""
        if not self.may_become(status):
            raise ValidationError(
                f"A brief that is {self.get_status_display()} cannot become {BriefStatus(status).label}.",
                code="conflict",
            )
        self.status = status
