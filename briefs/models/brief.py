"""The brief: what the house publishes."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import get_language

from accounts.constraints import CheckedTogether
from briefs import geography, rendering, topics
from briefs.models.actor import Actor
from briefs.models.brief_queryset import BriefQuerySet
from briefs.models.brief_states import EDITABLE, MOVES, ONCE_PUBLIC, BriefKind, BriefStatus, Tlp
from briefs.models.brief_triggers import BRIEF_TRIGGERS
from briefs.models.incident import Incident
from briefs.models.place import Place
from briefs.models.words import NAMES_CONFIG, SEARCH_CONFIGS, VOWEL_SIGNS


def _words(field: str) -> Func:
    # A word with a slash is one "file" to the parser, one in angles a tag, one with vowel signs is two: lost to search.
    return Func(
        F(field),
        Value("/–—<>" + VOWEL_SIGNS),
        Value("     "),
        function="translate",
        output_field=models.TextField(),
    )


def _search_vector(config: str) -> Combinable:
    """The text in its own language's stems, names and title also as they are written."""
    return (
        SearchVector(_words("title"), weight="A", config=config)
        + SearchVector(_words("title"), weight="A", config=NAMES_CONFIG)
        + SearchVector(_words("names_text"), weight="A", config=NAMES_CONFIG)
        + SearchVector(_words("summary"), weight="B", config=config)
        + SearchVector(_words("body_text"), weight="C", config=config)
    )


class Brief(CheckedTogether):
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
    body = models.TextField(
        max_length=200_000, blank=True, help_text="Rich text, kept as sanitised HTML."
    )
    # Worked out of the text whenever it is saved.
    body_text = models.TextField(blank=True, editable=False)
    names_text = models.TextField(blank=True, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(default=1, editable=False)
    tlp = models.CharField(
        "TLP marking",
        max_length=12,
        choices=Tlp,
        default=Tlp.AMBER_STRICT,
        help_text="Who may see it. Only TLP:CLEAR can be published.",
    )
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
    # Translations of one brief share this; each is a brief of its own, with its own review.
    translation_key = models.UUIDField(default=uuid.uuid4, editable=False)
    translated_from = models.ForeignKey(
        "briefs.Revision",
        on_delete=models.PROTECT,
        related_name="translations",
        null=True,
        blank=True,
        editable=False,
    )
    # Set on a pending revision: the live brief whose text it will become.
    revises = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        related_name="pending",
        null=True,
        blank=True,
        editable=False,
    )
    head_revision = models.ForeignKey(
        "briefs.Revision",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    live_revision = models.ForeignKey(
        "briefs.Revision",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="supersedes",
        null=True,
        blank=True,
        editable=False,
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="assigned_briefs",
        null=True,
        blank=True,
        help_text="Who is to act next.",
    )
    due_on = models.DateField("due", null=True, blank=True)
    # May lie ahead: the gate for readers compares both with the clock.
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The last change that readers were told of (a correction or an update), and the last of any sort.
    modified_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawal_reason = models.TextField(max_length=600, blank=True, editable=False)
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
        permissions = [
            ("approve_brief", "Can approve briefs of others and request changes"),
            ("publish_brief", "Can publish, schedule, correct, archive and withdraw briefs"),
            ("emergency_publish_brief", "Can publish a brief that nobody has approved"),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                name="brief_newest",
                condition=Q(status="published"),
                # All that public() asks, and what lists are narrowed and counted by: a page far down, the facets of
                # the newest thousand and the maps for crawlers are found in the index alone.
                include=[
                    *("tlp", "expires_at", "language", "kind", "countries", "topics"),
                    "changed_at",
                ],
            ),
            models.Index(
                fields=["language", "-published_at", "-id"],
                name="brief_newest_by_language",
                condition=Q(status="published"),
                include=["tlp", "expires_at", "kind", "countries", "topics"],
            ),
            # What mirrors ask for: see briefs/changes.py.
            models.Index(
                Greatest("changed_at", "published_at"),
                "uid",
                name="brief_changes",
                condition=Q(status__in=ONCE_PUBLIC),
            ),
            models.Index(
                fields=["expires_at"],
                name="brief_expiries",
                condition=Q(status="published", expires_at__isnull=False),
            ),
            # In one: what has both is found without reading all that has either. No pending list: after a bulk load it
            # costs every search a hundredfold until vacuum.
            GinIndex(fields=["countries", "topics"], name="brief_subjects", fastupdate=False),
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
            models.CheckConstraint(condition=Q(tlp__in=Tlp.values), name="brief_tlp_known"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(tlp="clear"),
                name="brief_public_is_tlp_clear",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=ONCE_PUBLIC,
                    published_at__isnull=False,
                    reference__isnull=False,
                    revises__isnull=True,
                    live_revision__isnull=False,
                    changed_at__isnull=False,
                )
                | Q(
                    ~Q(status__in=ONCE_PUBLIC),
                    published_at__isnull=True,
                    live_revision__isnull=True,
                ),
                name="brief_published_with_date_and_reference",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | ~Q(summary="")
                & ~Q(body="")
                & Q(countries__len__gte=1)
                & Q(data_cutoff__isnull=False, data_cutoff__lte=F("published_at")),
                name="brief_published_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("published_at")),
                name="brief_expires_after_publication",
            ),
            models.CheckConstraint(
                condition=Q(announced_at__isnull=True) | Q(announced_at__gte=F("published_at")),
                name="brief_announced_when_out",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                & ~Q(withdrawal_reason="")
                | ~Q(status="withdrawn") & Q(withdrawn_at__isnull=True, withdrawal_reason=""),
                name="brief_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True)
                | Q(published_at__isnull=False) & ~Q(superseded_by=F("id")),
                name="brief_superseded_by_another",
            ),
            models.CheckConstraint(
                condition=Q(revises__isnull=True) | ~Q(revises=F("id")),
                name="brief_revises_another",
            ),
            models.UniqueConstraint(
                fields=["translation_key", "language"],
                condition=Q(revises__isnull=True),
                name="brief_one_translation_a_language",
            ),
            models.CheckConstraint(
                condition=Q(countries__contained_by=list(geography.AFRICAN_COUNTRIES)),
                name="brief_countries_in_africa",
            ),
        ]
        triggers = BRIEF_TRIGGERS

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefs:brief", args=[self.slug])

    @property
    def country_names(self) -> list[str]:
        """Its countries in the language being spoken now, the main one first."""
        language = get_language() or "en"
        return [geography.country_name(code, language) for code in self.countries]

    @property
    def name_in_mail(self) -> str:
        """What it is called where its title must not stand: its reference, before publication its number."""
        return self.reference or f"draft {self.root_id}"

    @property
    def root(self) -> "Brief":
        """The brief that history hangs on: the live one for a pending revision, else itself."""
        return self.revises or self

    @property
    def root_id(self) -> int:
        """The key of `root`, without reading it."""
        return self.revises_id or self.pk

    @property
    def is_editable(self) -> bool:
        """Whether its text may change where it stands; a live one changes by a pending revision."""
        return self.status in (*EDITABLE, BriefStatus.APPROVED)

    def clean(self) -> None:
        """Sanitise the body; refuse unknown countries and topics, and gaps once readers see it."""
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

    def render(self) -> None:
        """Sanitise the body and bring what is worked out of it in line; saves nothing."""
        self.body = rendering.sanitise(self.body)
        self.body_text = rendering.plain_text(self.body)
        self.word_count = rendering.word_count(self.body_text)
        self.reading_minutes = rendering.reading_minutes(self.body_text)

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
