"""The newest briefs that fit: those of one page in order, and how all of them fall into facets, in one statement."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import FloatField, QuerySet, Value

from briefs import finding
from briefs.finding import Wish
from briefs.models import Brief

# Looking stops here, so that a list of a hundred thousand costs what one of a thousand does: the best and the counts
# are those of the newest thousand.
LOOKED_AT = 1_000
FACETS = ("country", "topic", "actor", "language", "kind")
_FACTS = ("id", "published_at", "language", "kind", "countries", "topics", "score")
# Django knows no WITH, and a subquery that stands in six places would be done six times.
_SHAPE = """
WITH hits AS MATERIALIZED ({newest}),
placed AS (SELECT id, row_number() OVER (ORDER BY score DESC, published_at DESC, id DESC) AS place FROM hits)
SELECT 'hit', id::text, '', place FROM placed WHERE place BETWEEN %s AND %s
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
    """What fits, among the newest: the keys of a page and one more, and each facet's values, the commonest first."""

    keys: list[int]
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
    newest: Any = wish.newest()
    if wish.is_ranked:
        newest = Brief.objects.filter(pk__in=newest.values("pk")[:LOOKED_AT]).with_score(wish.q)
    start = (wish.page - 1) * finding.PAGE_SIZE
    return look_at(newest, (start + 1, start + finding.PAGE_SIZE + 1))


def look_at(newest: Any, places: tuple[int, int] = (0, 0)) -> Hits:
    """The first LOOKED_AT of these briefs, counted, and the keys of those at these places, by their `score` if any."""
    if "score" not in newest.query.annotations:
        newest = newest.annotate(score=Value(0.0, output_field=FloatField()))[:LOOKED_AT]
    counts: dict[str, list[Count]] = {name: [] for name in FACETS}
    placed: list[tuple[int, int]] = []
    for facet, value, name, count in _rows(newest, places):
        if facet == "hit":
            placed.append((count, int(value)))
        else:
            counts[facet].append(Count(value, name, count))
    for rows in counts.values():
        rows.sort(key=lambda row: (-row.count, row.value))
    return Hits([key for _, key in sorted(placed)], counts)


def _rows(newest: QuerySet[Brief], places: tuple[int, int]) -> list[tuple[str, str, str, int]]:
    try:
        inner, params = newest.values_list(*_FACTS).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        query = _SHAPE.format(newest=inner)  # nosec B608  # put together by Django, parameters apart
        cursor.execute(query, [*params, *places])
        found: list[tuple[str, str, str, int]] = cursor.fetchall()
    return found


def page_of(wish: Wish, hits: Hits) -> list[Brief]:
    """The briefs of the wish's page in order, and one more when there is a next page; one statement."""
    keys = hits.keys
    if wish.page * finding.PAGE_SIZE >= LOOKED_AT and not wish.is_ranked:
        start = (wish.page - 1) * finding.PAGE_SIZE
        # The keys alone come out of the index; only the page's own rows are read.
        beyond = wish.newest().values_list("pk", flat=True)
        keys = list(beyond[start : start + finding.PAGE_SIZE + 1])
    rows = Brief.objects.filter(pk__in=keys).teasers()
    found = {brief.pk: brief for brief in (rows.with_passage(wish.q) if wish.q else rows)}
    return [found[key] for key in keys if key in found]
