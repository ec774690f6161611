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
from briefs.models import Brief, BriefQuerySet, brief_queryset

# Looking stops here, so that a list of a hundred thousand costs what one of a thousand does: the best and the counts
# are those of the newest thousand.
LOOKED_AT = 1_000
# A phrase takes looking into each brief that holds its words: so many of the newest.
LOOKED_THROUGH = 2_500
SHOWN = 12  # values of a facet
_STEPS = (
    21,
    101,
    401,
)  # of the newest in order, which nobody counts: no more than lead to the page
_EXAMPLES = {"country": "ML", "topic": "an-example-topic", "actor": "an-example-actor"}
FACETS = ("country", "topic", "actor", "language", "kind")
_FACTS = ("id", "published_at", "language", "kind", "countries", "topics")
# Django knows no WITH, and a subquery that stands in six places would be done six times.
_SHAPE = """
WITH near AS MATERIALIZED ({near}), hits AS MATERIALIZED ({found}),
placed AS (SELECT id, row_number() OVER (ORDER BY score DESC, published_at DESC, id DESC) AS place FROM hits)
SELECT 'hit', placed.id::text, (brief.ctid, brief.xmin)::text, place
    FROM placed JOIN briefs_brief AS brief ON brief.id = placed.id WHERE place BETWEEN %s AND %s
"""
_LOOKED = "UNION ALL SELECT 'looked', '', '', count(*) FROM near"
_COUNTS = """
UNION ALL SELECT 'language', language, '', count(*) FROM hits GROUP BY 2
UNION ALL SELECT 'kind', kind, '', count(*) FROM hits GROUP BY 2
UNION ALL (SELECT 'country', value, '', count(*) FROM hits, unnest(countries) AS value GROUP BY 2 {few})
UNION ALL (SELECT 'topic', value, '', count(*) FROM hits, unnest(topics) AS value GROUP BY 2 {few})
UNION ALL (SELECT 'actor', actor.slug, actor.name, count(*) FROM hits
    JOIN briefs_brief_actors AS link ON link.brief_id = hits.id
    JOIN briefs_actor AS actor ON actor.id = link.actor_id GROUP BY 2, 3 {few})
"""
_FEW = f"ORDER BY 4 DESC, 2 LIMIT {SHOWN}"


@dataclass(frozen=True)
class Count:
    """How many of the briefs looked at carry a value; `name` is that of an actor, else empty."""

    value: str
    name: str
    count: int


@dataclass(frozen=True)
class Hits:
    """What fits, among the newest: the keys of a page and one more, and each facet's commonest values, these first.

    `marks` are those of the rows with these keys: another whenever a row is
    (https://www.postgresql.org/docs/18/ddl-system-columns.html). `looked` is how many were looked through for a phrase.
    """

    keys: list[int]
    marks: list[str]
    counts: dict[str, list[Count]]
    looked: int = 0

    @property
    def total(self) -> int:
        """How many were looked at: each has one language."""
        return sum(row.count for row in self.counts["language"])

    @property
    def is_capped(self) -> bool:
        """Whether looking stopped before the end."""
        return self.total >= LOOKED_AT or self.has_older

    @property
    def has_older(self) -> bool:
        """Whether older briefs hold the words of a phrase, and were not looked into."""
        return self.looked >= LOOKED_THROUGH


def hits_of(wish: Wish) -> Hits:
    """What fits a wish, for its page, in one statement; with words, one more asks PostgreSQL how many there may be.

    Facets are counted once under each token of freshness: all pages and orders of a list have the same.
    """
    if not wish.is_possible:
        return _hits([])
    asked: list[Hits] = []

    def count() -> Hits:
        asked.append(_ask(wish, is_counted=True))
        return replace(asked[0], keys=[], marks=[])

    question = replace(wish, page=1, sort="")
    counted = kept_answers.while_true(count, "facets", question, size=10)
    if asked or is_far(wish):  # where nothing is placed
        return asked[0] if asked else counted
    return replace(_ask(wish, is_counted=False), counts=counted.counts)


def _ask(wish: Wish, *, is_counted: bool) -> Hits:
    is_everywhere = bool(wish.q) and brief_queryset.is_everywhere(wish.q)
    start = (wish.page - 1) * finding.PAGE_SIZE
    last = start + finding.PAGE_SIZE + 1
    is_whole = is_counted or wish.is_ranked or asking.has_phrase(wish.q)
    caps = (LOOKED_AT if is_whole else _enough(last), LOOKED_THROUGH)
    values = {"now": timezone.now(), "first": start + 1, "last": last}
    statement = _written(_shape_of(wish), is_everywhere, is_counted, caps)
    return _hits(prepared.fetch_once(statement, values | _values_of(wish, is_everywhere)))


def _enough(last: int) -> int:
    """How many of the newest to place so that this place is among them; one of a few, each a statement of its own."""
    return next((step for step in _STEPS if last <= step < LOOKED_AT), LOOKED_AT)


def _shape_of(wish: Wish) -> Wish:
    """A wish whose statement differs in values only."""
    examples = {name: value for name, value in _EXAMPLES.items() if name in wish.filters}
    shape = Wish(q=asking.example_of(wish.q), language=wish.language)
    return replace(shape, sort="" if wish.is_ranked else "newest", **examples)  # type: ignore[arg-type]  # ours


def _values_of(wish: Wish, is_everywhere: bool) -> dict[str, Any]:
    """What stands in the statement of this wish where its shape has examples."""
    filters = {name: value for name, value in wish.filters.items() if name in _EXAMPLES}
    # Words that most briefs hold are not looked for before their phrase is.
    texts = asking.texts_of(wish.q) if is_everywhere else asking.texts_of_phrase(wish.q)
    return filters | texts


@lru_cache(maxsize=500)
def _written(
    shape: Wish, is_everywhere: bool, is_counted: bool, caps: tuple[int, int]
) -> prepared.Statement:
    if has_phrase := asking.has_phrase(shape.q):
        near = _near(shape, is_everywhere)[: caps[1]]
    else:
        near = _in_order(shape.briefs(prepared.A_MOMENT), shape, is_everywhere)[: caps[0]]
    found = Brief.objects.with_score(shape.q) if shape.is_ranked else _unranked(Brief.objects.all())
    if has_phrase:
        found = found.saying(shape.q).newest()[: caps[0]]
    text, params = _text(near, found, "search" if shape.q else "")
    text += _LOOKED if has_phrase else ""
    text += _COUNTS.format(few=_FEW) if is_counted else ""
    examples = {"now": prepared.A_MOMENT, "first": 1 << 60, "last": 1 << 61}
    places = (examples["first"], examples["last"])
    return prepared.Statement.of(
        text, (*params, *places), examples | _values_of(shape, is_everywhere)
    )


def _in_order(found: BriefQuerySet, shape: Wish, is_everywhere: bool) -> BriefQuerySet:
    return found.newest_by_words() if shape.q and not is_everywhere else found.newest()


def _near(shape: Wish, is_everywhere: bool) -> BriefQuerySet:
    """What may say the phrase: by its words, which the index knows; the newest of all if most briefs hold them."""
    rest = replace(shape, q="").briefs(prepared.A_MOMENT)
    found = rest if is_everywhere else rest.holding_words_of(shape.q)
    return _in_order(found, shape, is_everywhere)


def look_at(newest: Any) -> Hits:
    """The first LOOKED_AT of these briefs, with all values of the facets counted."""
    try:
        text, params = _text(newest[:LOOKED_AT], _unranked(Brief.objects.all()))
    except EmptyResultSet:
        return _hits([])
    with connection.cursor() as cursor:
        cursor.execute(text + _COUNTS.format(few=""), [*params, 0, 0])
        return _hits(cursor.fetchall())


def _unranked(found: BriefQuerySet) -> BriefQuerySet:
    return found.annotate(score=Value(0.0, output_field=FloatField()))


def _text(near: Any, found: Any, more: str = "") -> tuple[str, tuple[Any, ...]]:
    """The statement of what is found among those near, put together by Django, parameters apart.

    What is looked into is carried along, so that each brief is read once: `more` names it.
    """
    columns = (*_FACTS, more) if more else _FACTS
    near_text, near_params = near.values_list(*columns).query.sql_with_params()
    text, params = found.values_list(*_FACTS, "score").query.sql_with_params()
    table = f'FROM "{Brief._meta.db_table}"'
    assert text.count(table) == 1
    found_text = text.replace(table, f"FROM near AS {table.removeprefix('FROM ')}")
    return _SHAPE.format(near=near_text, found=found_text), (*near_params, *params)


def _hits(rows: list[tuple[Any, ...]]) -> Hits:
    counts: dict[str, list[Count]] = {name: [] for name in FACETS}
    placed: list[tuple[int, int, str]] = []
    looked = 0
    for facet, value, name, count in rows:
        if facet == "hit":
            placed.append((count, int(value), name))
        elif facet == "looked":
            looked = count
        else:
            counts[facet].append(Count(value, name, count))
    for each in counts.values():
        each.sort(key=lambda row: (-row.count, row.value))
    placed.sort()
    keys, marks = [key for _, key, _ in placed], [mark for _, _, mark in placed]
    return Hits(keys, marks, counts, looked)


def is_far(wish: Wish) -> bool:
    """Whether its page lies beyond what is looked at, and there is a way to it."""
    has_end = wish.is_ranked or asking.has_phrase(wish.q)
    return wish.page * finding.PAGE_SIZE >= LOOKED_AT and not has_end


def page_of(wish: Wish, hits: Hits) -> list[Brief]:
    """The briefs of the wish's page in order, and one more when there is a next page.

    One statement; far down the whole list one more, once after each publication.
    """
    keys = hits.keys
    if is_far(wish):
        if (far := far_down(wish)) is not None:
            return far.objects()
        start = (wish.page - 1) * finding.PAGE_SIZE  # a filter leaves fewer to walk past
        rows = wish.newest().values_list("pk", flat=True)
        keys = list(rows[start : start + finding.PAGE_SIZE + 1])
    if not keys:
        return []
    marked = _rows_of(asking.example_of(wish.q)).read(keys=keys, **asking.texts_marking(wish.q))
    found = {brief.pk: brief for brief in marked.objects()}
    return [found[key] for key in keys if key in found]


def far_down(wish: Wish) -> prepared.Rows | None:
    """The rows of a page far down the whole list, of one language or all; None for any other page."""
    if not is_far(wish) or wish.q or wish.filters.keys() - {"language"}:
        return None
    ends = kept_answers.while_true(lambda: _ends_of_pages(wish), "ends of pages", wish.language)
    after = _after(wish.language)
    if wish.page - 1 > len(ends):
        return after.nothing
    moment, key = ends[wish.page - 2]
    return after.read(now=timezone.now(), moment=moment, key=key)


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
