"""The newest briefs that fit: those of one page in order, and how all of them fall into facets, in one statement."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, FloatField, QuerySet, Value, Window
from django.db.models.functions import Mod, RowNumber
from django.utils import timezone

from briefs import asking, finding, kept_answers, prepared
from briefs.finding import Wish
from briefs.models import Brief, brief_queryset

# Looking stops here, so that a list of a hundred thousand costs what one of a thousand does: the best and the counts
# are those of the newest thousand.
LOOKED_AT = 1_000
_EXAMPLES = {"country": "ML", "topic": "an-example-topic", "actor": "an-example-actor"}
FACETS = ("country", "topic", "actor", "language", "kind")
_FACTS = ("id", "published_at", "language", "kind", "countries", "topics", "score")
# Django knows no WITH, and a subquery that stands in six places would be done six times.
_SHAPE = """
WITH hits AS MATERIALIZED ({newest}),
placed AS (SELECT id, row_number() OVER (ORDER BY score DESC, published_at DESC, id DESC) AS place FROM hits)
SELECT 'hit', placed.id::text, (brief.ctid, brief.xmin)::text, place
    FROM placed JOIN briefs_brief AS brief ON brief.id = placed.id WHERE place BETWEEN %s AND %s
UNION ALL SELECT 'language', language, '', count(*) FROM hits GROUP BY 2
UNION ALL SELECT 'kind', kind, '', count(*) FROM hits GROUP BY 2
UNION ALL SELECT 'country', value, '', count(*) FROM hits, unnest(countries) AS value GROUP BY 2
UNION ALL SELECT 'topic', value, '', count(*) FROM hits, unnest(topics) AS value GROUP BY 2
UNION ALL SELECT 'actor', actor.slug, actor.name, count(*) FROM hits
    JOIN briefs_brief_actors AS link ON link.brief_id = hits.id
    JOIN briefs_actor AS actor ON actor.id = link.actor_id GROUP BY 2, 3
"""


@dataclass(frozen=True)
class Count:
    """How many of the briefs looked at carry a value; `name` is that of an actor, else empty."""

    value: str
    name: str
    count: int


@dataclass(frozen=True)
class Hits:
    """What fits, among the newest: the keys of a page and one more, and each facet's values, the commonest first.

    `marks` are those of the rows with these keys: another whenever a row is
    (https://www.postgresql.org/docs/18/ddl-system-columns.html).
    """

    keys: list[int]
    marks: list[str]
    counts: dict[str, list[Count]]

    @property
    def total(self) -> int:
        """How many were looked at: each has one language."""
        return sum(row.count for row in self.counts["language"])

    @property
    def is_capped(self) -> bool:
        """Whether looking stopped before the end."""
        return self.total >= LOOKED_AT


def hits_of(wish: Wish) -> Hits:
    """What fits a wish, for its page, in one statement; with words, one more asks PostgreSQL how many there may be."""
    if not wish.is_possible:
        return _hits([])
    is_everywhere = bool(wish.q) and brief_queryset.is_everywhere(wish.q)
    statement = _written(_shape_of(wish), is_everywhere, LOOKED_AT)
    start = (wish.page - 1) * finding.PAGE_SIZE
    values = {"now": timezone.now(), "first": start + 1, "last": start + finding.PAGE_SIZE + 1}
    return _hits(prepared.fetch_once(statement, values | _values_of(wish)))


def _shape_of(wish: Wish) -> Wish:
    """A wish whose statement differs in values only."""
    examples = {name: value for name, value in _EXAMPLES.items() if name in wish.filters}
    shape = Wish(q=asking.example_of(wish.q), language=wish.language)
    return replace(shape, sort="" if wish.is_ranked else "newest", **examples)  # type: ignore[arg-type]  # ours


def _values_of(wish: Wish) -> dict[str, Any]:
    """What stands in the statement of this wish where its shape has examples."""
    filters = {name: value for name, value in wish.filters.items() if name in _EXAMPLES}
    return filters | asking.texts_of(wish.q)


@lru_cache(maxsize=500)
def _written(shape: Wish, is_everywhere: bool, most: int) -> prepared.Statement:
    newest = _in_order(shape, is_everywhere)
    if shape.is_ranked:
        newest = Brief.objects.filter(pk__in=newest.values("pk")[:most]).with_score(shape.q)
    examples = {"now": prepared.A_MOMENT, "first": 1 << 60, "last": 1 << 61}
    text, params = _text(newest, most)
    places = (examples["first"], examples["last"])
    return prepared.Statement.of(text, (*params, *places), examples | _values_of(shape))


def _in_order(shape: Wish, is_everywhere: bool) -> Any:
    found = shape.briefs(prepared.A_MOMENT)
    return found.newest_by_words() if shape.q and not is_everywhere else found.newest()


def look_at(newest: Any) -> Hits:
    """The first LOOKED_AT of these briefs, counted."""
    try:
        text, params = _text(newest, LOOKED_AT)
    except EmptyResultSet:
        return _hits([])
    with connection.cursor() as cursor:
        cursor.execute(text, [*params, 0, 0])
        return _hits(cursor.fetchall())


def _text(newest: Any, most: int) -> tuple[str, tuple[Any, ...]]:
    if "score" not in newest.query.annotations:
        newest = newest.annotate(score=Value(0.0, output_field=FloatField()))[:most]
    inner, params = newest.values_list(*_FACTS).query.sql_with_params()
    return _SHAPE.format(newest=inner), params  # put together by Django, parameters apart


def _hits(rows: list[tuple[Any, ...]]) -> Hits:
    counts: dict[str, list[Count]] = {name: [] for name in FACETS}
    placed: list[tuple[int, int, str]] = []
    for facet, value, name, count in rows:
        if facet == "hit":
            placed.append((count, int(value), name))
        else:
            counts[facet].append(Count(value, name, count))
    for each in counts.values():
        each.sort(key=lambda row: (-row.count, row.value))
    placed.sort()
    return Hits([key for _, key, _ in placed], [mark for _, _, mark in placed], counts)


def is_far(wish: Wish) -> bool:
    """Whether its page lies beyond what is looked at."""
    return wish.page * finding.PAGE_SIZE >= LOOKED_AT and not wish.is_ranked


def page_of(wish: Wish, hits: Hits) -> list[Brief]:
    """The briefs of the wish's page in order, and one more when there is a next page.

    One statement; far down the whole list one more, once after each publication.
    """
    keys = hits.keys
    if is_far(wish):
        if not wish.q and not wish.filters.keys() - {"language"}:
            return _page_far_down(wish)
        start = (wish.page - 1) * finding.PAGE_SIZE  # a filter leaves fewer to walk past
        rows = wish.newest().values_list("pk", flat=True)
        keys = list(rows[start : start + finding.PAGE_SIZE + 1])
    if not keys:
        return []
    marked = _rows_of(asking.example_of(wish.q)).read(keys=keys, **asking.texts_marking(wish.q))
    found = {brief.pk: brief for brief in marked.objects()}
    return [found[key] for key in keys if key in found]


def _page_far_down(wish: Wish) -> list[Brief]:
    ends = kept_answers.while_true(lambda: _ends_of_pages(wish), "ends of pages", wish.language)
    if wish.page - 1 > len(ends):
        return []
    moment, key = ends[wish.page - 2]
    return _after(wish.language).read(now=timezone.now(), moment=moment, key=key).objects()


def _ends_of_pages(wish: Wish) -> list[tuple[datetime, int]]:
    """The last brief of each full page, as a place in the list: to go on from, without walking down to it."""
    order = (F("published_at").desc(), F("pk").desc())
    placed: Any = wish.briefs().annotate(place=Window(RowNumber(), order_by=order))
    last = placed.annotate(left=Mod("place", finding.PAGE_SIZE)).filter(left=0)
    return list(last.order_by("place").values_list("published_at", "pk"))


@lru_cache(maxsize=8)
def _after(language: str) -> prepared.Prepared:
    """The page after a place in the list, and one brief more."""

    def build(now: datetime, moment: datetime, key: int) -> QuerySet[Brief]:
        found = Wish(language=language).briefs(now).newest().after(moment, key)
        return found.teasers()[: finding.PAGE_SIZE + 1]

    moment = prepared.A_MOMENT + timedelta(days=1)
    return prepared.Prepared(build, now=prepared.A_MOMENT, moment=moment, key=1 << 60)


@lru_cache(maxsize=16)
def _rows_of(q: str) -> prepared.Prepared:
    """The rows of a page, with the passages that hold the words."""

    def build(keys: list[int], **_: Any) -> QuerySet[Brief]:
        rows = Brief.objects.among(keys).teasers()
        return rows.with_passage(q) if q else rows

    return prepared.Prepared(build, keys=[1 << 60], **asking.texts_marking(q))
