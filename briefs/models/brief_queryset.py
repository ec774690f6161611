"""Which briefs: the gate for readers, and the filters on top of it."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchRank
from django.db import connection, models
from django.db.models import Case, Exists, F, FloatField, Func, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Exp, Extract, Now
from django.utils import timezone

from briefs import geography
from briefs.models import passages, words
from briefs.models.words import SEARCH_CONFIGS
from briefs.shelf import Shelf

if TYPE_CHECKING:
    from briefs.models.actor import Actor
    from briefs.models.brief import Brief

_TEASER = (
    *("slug", "reference", "uid", "title", "summary", "language", "kind", "countries"),
    *("is_sample", "reading_minutes", "published_at", "updated_at"),
)


class BriefQuerySet(models.QuerySet["Brief"]):
    """Every read of briefs. Whatever a reader gets starts at `public()`."""

    def public(self, now: datetime | None = None) -> Self:
        """What anybody may read: published and TLP:CLEAR, its hour has come and it has not expired (at `now`)."""
        now = now or timezone.now()
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

    def translations_of(self, key: Any) -> Self:
        """Those with this translation key; the index on it leaves out pending revisions, which never are public."""
        return self.filter(translation_key=key, revises__isnull=True)

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

    def naming(self, actor: "Actor") -> Self:
        """Naming this actor: PostgreSQL knows how many name one by its key, and plans for that."""
        named = self.model.actors.through.objects.filter(brief=OuterRef("pk"), actor=actor.pk)
        return self.filter(Exists(named))

    def matching(self, q: str) -> Self:
        """Holding these words, in any form that the brief's own language knows, or a name as it is written.

        Quotes keep words together and a minus leaves a word out; "or", "ou" and "أو" widen.
        """
        spoken = words.spoken(q)
        if not words.leave_out(spoken):
            return self.filter(search=words.any_language(spoken))
        # A language at a time: or-ed into one query, a minus would be true in the other languages. Each by itself:
        # as parts of one condition no index serves them.
        branches = [
            self.model._default_manager.in_language(code)
            .filter(search=words.query(spoken, config))
            .values("pk")
            for code, config in SEARCH_CONFIGS.items()
        ]
        return self.filter(pk__in=branches[0].union(*branches[1:], all=True))

    def holding_words_of(self, q: str) -> Self:
        """Holding the words that are wanted, wherever they stand: what `saying(q)` is to be looked for in."""
        return self.filter(search=words.apart(words.spoken(q)))

    def saying(self, q: str) -> Self:
        """As `matching`, of a few briefs: each is looked into, since the index does not know where words stand."""
        spoken = words.spoken(q)
        if not words.leave_out(spoken):
            return self.filter(search=words.any_language(spoken))
        branches = (
            Q(language=code, search=words.query(spoken, config))
            for code, config in SEARCH_CONFIGS.items()
        )
        return self.filter(reduce(or_, branches))

    def newest_matching(self, q: str) -> Self:
        """Newest first, for a set that holds `matching(q)`; whoever takes a few does not pay for all. One statement.

        PostgreSQL does not know that looking into a brief's words is dear. Asked for a few, it walks through all briefs
        by date until it has them, or reads the whole table. That is right only for a word that most briefs hold.
        """
        return self.newest() if is_everywhere(q) else self.newest_by_words()

    def newest_by_words(self) -> Self:
        """Newest first, for a set that is to be found by its words first: no index has this order."""
        return self.order_by(F("published_at") + Value(timedelta(0)), "pk").reverse()

    def after(self, moment: datetime, key: int) -> Self:
        """Those that come after a place in the list of the newest."""
        later = Q(published_at__lt=moment) | Q(pk__lt=key)
        return self.filter(later, published_at__lte=moment)

    def among(self, keys: list[int]) -> Self:
        """Those with these keys, which are one parameter."""
        given = Value(keys, output_field=ArrayField(models.BigIntegerField()))
        return self.filter(_is_any_of("pk", given))

    def with_score(self, q: str) -> Self:
        """With `score`: where these words stand, how often, how lately; the best have most."""
        rank = SearchRank(
            F("search"),
            words.any_language(words.spoken(q)),
            weights=[0.1, 0.2, 0.4, 1.0],
            normalization=1,
        )
        age = Extract(Now() - F("published_at"), "epoch", output_field=FloatField())
        fresh = Exp(-age / Value(_FADES), output_field=FloatField())
        return self.annotate(score=rank * (Value(0.5) + fresh))

    def with_passage(self, q: str) -> Self:
        """Each with the passage that holds the words, between MARKS; for the few rows of a page."""
        spoken = words.spoken(q)
        return self.annotate(
            passage=Case(
                *(
                    When(language=code, then=passages.passage(spoken, config))
                    for code, config in SEARCH_CONFIGS.items()
                ),
                default=Value(""),
                output_field=TextField(),
            )
        )

    def related_to(self, brief: "Brief") -> Self:
        """Others that share an actor, a country or a topic: own language first, closest, newest.

        Looked for among the newest few that share each, so that it costs the same however many there are.
        """
        return self.close_to(
            brief.pk, brief.language, brief.countries, region_of(brief.countries), brief.topics
        )

    def close_to(
        self, pk: int, language: str, countries: list[str], region: list[str], topics: list[str]
    ) -> Self:
        """As `related_to`, by what the brief is and not by itself."""
        named = self.model.actors.through.objects
        # Asked for once, and then compared with: joined, they are looked up for each brief that comes by.
        own_actors = ArraySubquery(named.filter(brief=pk).values("actor"))
        allies = named.filter(_is_any_of("actor", own_actors))
        same_country = Q(countries__overlap=countries)
        same_topic = Q(topics__overlap=topics)
        own = self.in_language(language)
        newest_allies = allies.order_by("-brief").values("brief")[:_NEAR]
        near: list[Any] = [
            newest_allies,
            *(
                own.filter(same).newest().values("pk")[:_NEAR]
                for same in (same_country, same_topic)
            ),
            self.filter(same_country | same_topic).newest().values("pk")[:_NEAR],
        ]
        closeness = (
            _points(_is_any_of("pk", ArraySubquery(newest_allies)), 4)
            + _points(same_country, 2)
            + _points(Q(countries__overlap=region), 1)
            + _points(same_topic, 1)
        )
        return (
            self.exclude(pk=pk)
            .filter(pk__in=near[0].union(*near[1:], all=True))
            .order_by(_points(~Q(language=language), 1), -closeness, "-published_at", "-pk")
        )


_NEAR = 30
_EXPECTED = 300  # seconds
_expected: Shelf[tuple[float, bool]] = Shelf(2_000)
_FADES = 2 * 365 * 86_400.0  # seconds after which newness counts e times less


def is_everywhere(q: str) -> bool:
    """Whether PostgreSQL expects most briefs to hold these words; asked now and then, since it knows no better soon.

    Inside a transaction always: it may see rows that are nobody else's.
    """
    held = None if connection.in_atomic_block else _expected.get(q)
    if held is not None and held[0] > time.monotonic():
        return held[1]
    briefs = apps.get_model("briefs", "Brief").objects.filter(
        search=words.any_language(words.spoken(q))
    )
    answer = "Seq Scan" in briefs.values("pk").explain()
    _expected.put(q, (time.monotonic() + _EXPECTED, answer), 1)
    return answer


def _is_any_of(name: str, array: Any) -> Func:
    """Whether the column's value is in an array."""
    one = Func(F(name), Func(array, function="ANY"), template="%(expressions)s", arg_joiner=" = ")
    one.output_field = models.BooleanField()
    return one


def _points(condition: Q | Func, points: int) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0))


def region_of(countries: Sequence[str]) -> list[str]:
    """The countries of the region of the first of these, which is a brief's main one."""
    return list(geography.region_of(countries[0])) if countries else []
