"""Which briefs: the gate for readers, and the filters on top of it."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from briefs import geography

if TYPE_CHECKING:
    from briefs.models.brief import Brief

# How each language's words are cut to their stems. PostgreSQL ships all four.
SEARCH_CONFIGS = {"en": "english", "fr": "french", "pt": "portuguese", "ar": "arabic"}
_TEASER = (
    *("slug", "reference", "uid", "title", "summary", "language", "kind", "countries"),
    *("is_sample", "reading_minutes", "published_at", "updated_at"),
)


class BriefQuerySet(models.QuerySet["Brief"]):
    """Every read of briefs. Whatever a reader gets starts at `public()`."""

    def public(self) -> Self:
        """What anybody may read: published and TLP:CLEAR, its hour has come and it has not expired."""
        now = timezone.now()
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            status="published",
            tlp="clear",
            published_at__lte=now,
        )

    def withdrawn(self) -> Self:
        """Taken back after readers had seen it; its page says so, with the reason."""
        return self.filter(status="withdrawn", published_at__lte=F("withdrawn_at"))

    def once_public(self) -> Self:
        """What readers once had and have no more: withdrawn, archived or expired."""
        now = timezone.now()
        return self.filter(
            Q(status="withdrawn", published_at__lte=F("withdrawn_at"))
            | Q(status="archived", published_at__lte=F("changed_at"))
            | Q(status="published", expires_at__lte=now),
        )

    def newest(self) -> Self:
        """Newest first, without ties."""
        return self.order_by("-published_at", "-pk")

    def teasers(self) -> Self:
        """Without the bodies, which lists do not show."""
        return self.only(*_TEASER)

    def in_language(self, code: str) -> Self:
        """Written in this language."""
        return self.filter(language=code)

    def about_country(self, code: str) -> Self:
        """Naming this country (ISO 3166 alpha-2) first or further down."""
        return self.filter(countries__contains=[code])

    def with_topic(self, slug: str) -> Self:
        """Filed under this topic."""
        return self.filter(topics__contains=[slug])

    def with_actor(self, slug: str) -> Self:
        """Naming this actor."""
        named = self.model.actors.through.objects.filter(brief=OuterRef("pk"), actor__slug=slug)
        return self.filter(Exists(named))

    def matching(self, q: str) -> Self:
        """Holding these words, in any form that the brief's own language knows.

        Quotes keep words together and a minus leaves a word out; "or" widens.
        """
        # A language at a time: or-ed into one query, a minus would be true in the other languages.
        words = Q()
        for code, config in SEARCH_CONFIGS.items():
            query = SearchQuery(q, config=config, search_type="websearch")
            words |= Q(language=code, search=query)
        return self.filter(words)

    def related_to(self, brief: "Brief") -> Self:
        """Others that share an actor, a country or a topic: own language first, closest, newest."""
        actors = self.model.actors.through.objects
        same_actor = Exists(
            actors.filter(
                brief=OuterRef("pk"), actor__in=actors.filter(brief=brief.pk).values("actor")
            )
        )
        same_country = Q(countries__overlap=brief.countries)
        same_region = Q(countries__overlap=_region_of(brief))
        same_topic = Q(topics__overlap=brief.topics)
        closeness = (
            _points(same_actor, 4)
            + _points(same_country, 2)
            + _points(same_region, 1)
            + _points(same_topic, 1)
        )
        return (
            self.exclude(pk=brief.pk)
            .filter(same_country | same_topic | Q(same_actor))
            .order_by(_points(~Q(language=brief.language), 1), -closeness, "-published_at", "-pk")
        )


def _points(condition: Q | Exists, points: int) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0))


def _region_of(brief: "Brief") -> list[str]:
    return list(geography.region_of(brief.countries[0])) if brief.countries else []
