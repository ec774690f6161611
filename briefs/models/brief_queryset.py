"""Which briefs: the gate for readers, and the filters on top of it."""

import re
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import models
from django.db.models import Case, Exists, F, FloatField, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Exp, Extract, Now
from django.utils import timezone

from briefs import geography

if TYPE_CHECKING:
    from briefs.models.brief import Brief

# How each language's words are cut to their stems, without accents; Arabic's own folds its letters already.
SEARCH_CONFIGS = {"en": "en_u", "fr": "fr_u", "pt": "pt_u", "ar": "arabic"}
# Names as they are written: an English stemmer would make "kay" of Kayes.
NAMES_CONFIG = "simple_u"
# The best of more hits than this would cost seconds; the newest of them are ranked.
RANKED = 2_000
# Arabic writes without them as often as with them: harakat, and the stretching tatweel.
VOWEL_SIGNS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0640"
MARKS = ("\x02", "\x03")
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
        """Holding these words, in any form that the brief's own language knows, or a name as it is written.

        Quotes keep words together and a minus leaves a word out; "or", "ou" and "أو" widen.
        """
        words = _spoken(q)
        if not re.search(r"(?:^|\s)-\S", words):
            return self.filter(search=_any_language(words))
        # A language at a time: or-ed into one query, a minus would be true in the other languages.
        branches = Q()
        for code, config in SEARCH_CONFIGS.items():
            branches |= Q(language=code, search=_query(words, config))
        return self.filter(branches)

    def best_first(self, q: str) -> Self:
        """The newest hits of these words, the best of them first: where they stand, how often, how lately."""
        hits = self.matching(q).newest().values("pk")[:RANKED]
        rank = SearchRank(
            F("search"), _any_language(_spoken(q)), weights=[0.1, 0.2, 0.4, 1.0], normalization=1
        )
        age = Extract(Now() - F("published_at"), "epoch", output_field=FloatField())
        fresh = Exp(-age / Value(_FADES), output_field=FloatField())
        ranked = self.filter(pk__in=hits).annotate(rank=rank * (Value(0.5) + fresh))
        return ranked.order_by("-rank", "-published_at", "-pk")

    def with_passage(self, q: str) -> Self:
        """Each with the passage that holds the words, between MARKS; for the few rows of a page."""
        query = _spoken(q)
        return self.annotate(
            passage=Case(
                *(
                    When(language=code, then=_headline(query, config))
                    for code, config in SEARCH_CONFIGS.items()
                ),
                default=Value(""),
                output_field=TextField(),
            )
        )

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


_FADES = 2 * 365 * 86_400.0  # seconds after which newness counts e times less


def _spoken(q: str) -> str:
    """The reader's words as PostgreSQL understands them: our words for "or", no slashes."""
    widened = re.sub(r"(?<=\s)(?:ou|أو)(?=\s)", "or", q)
    # A row of signs that leave out would be a query too deep for PostgreSQL.
    plain = re.sub(r"[/–—<>]|-+(?=[\s-]|$)", " ", widened)
    return re.sub(f"[{VOWEL_SIGNS}]", "", plain)


def _query(words: str, config: str) -> SearchQuery:
    return SearchQuery(words, config=config, search_type="websearch")


def _any_language(words: str) -> SearchQuery:
    """One query that a brief of any language may answer, so that one index serves it."""
    query = _query(words, NAMES_CONFIG)
    for config in SEARCH_CONFIGS.values():
        query |= _query(words, config)
    return query


def _headline(words: str, config: str) -> SearchHeadline:
    start, stop = MARKS
    return SearchHeadline(
        "body_text",
        _query(words, config),
        config=config,
        start_sel=start,
        stop_sel=stop,
        max_words=28,
        min_words=12,
        max_fragments=1,
    )


def _points(condition: Q | Exists, points: int) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0))


def _region_of(brief: "Brief") -> list[str]:
    return list(geography.region_of(brief.countries[0])) if brief.countries else []
