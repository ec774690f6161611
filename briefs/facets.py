"""The ways to narrow a list: each country, topic, actor and language in it, with how many briefs."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CharField, F, Func, QuerySet, TextField, Value
from django.utils.translation import get_language, pgettext

from briefs import geography, topics
from briefs.finding import Wish
from briefs.models import Brief, BriefQuerySet

# Counting stops here, so that a list of a hundred thousand costs what one of a thousand does.
COUNTED = 1_000
_SHOWN = 12
FACETS = ("country", "topic", "actor", "language", "kind")


@dataclass(frozen=True)
class Option:
    """A value to narrow by: what it is called, where it leads, how many briefs carry it."""

    label: str
    url: str
    count: int


@dataclass(frozen=True)
class Facet:
    """One way to narrow, with its options: the commonest first."""

    title: str
    options: list[Option]


@dataclass(frozen=True)
class Facets:
    """All ways to narrow a wish further, the filters in use, and how many briefs fit."""

    narrower: list[Facet]
    chosen: list[Option]
    total: int

    @property
    def is_capped(self) -> bool:
        """Whether counting stopped before the end."""
        return self.total >= COUNTED


@dataclass(frozen=True)
class Count:
    """How many of the counted briefs carry a value; `name` is that of an actor, else empty."""

    value: str
    name: str
    count: int


def facets_of(wish: Wish) -> Facets:
    """Count the newest briefs that fit, in one statement."""
    counts = count_facets(wish.briefs())
    names = {row.value: row.name for row in counts["actor"]}
    titles = {
        "country": pgettext("facet", "Country"),
        "topic": pgettext("facet", "Topic"),
        "actor": pgettext("facet", "Actor"),
        "language": pgettext("facet", "Language"),
    }
    narrower = [
        Facet(title, [_option(wish, name, row) for row in counts[name][:_SHOWN]])
        for name, title in titles.items()
        if name not in wish.filters and len(counts[name]) > 1
    ]
    return Facets(narrower, _chosen(wish, names), total_of(counts))


def count_facets(briefs: BriefQuerySet) -> dict[str, list[Count]]:
    """The values of each facet among the newest COUNTED of these briefs, the commonest first; one statement."""
    newest = briefs.newest().values("pk")[:COUNTED]
    rows = Brief.objects.filter(pk__in=newest)
    named = Brief.actors.through.objects.filter(brief__in=newest)
    parts = [
        _tally("country", rows, _each("countries")),
        _tally("topic", rows, _each("topics")),
        _tally("language", rows, F("language")),
        _tally("kind", rows, F("kind")),
        _tally("actor", named, F("actor__slug"), F("actor__name")),
    ]
    counts: dict[str, list[Count]] = {name: [] for name in FACETS}
    for facet, *count in parts[0].union(*parts[1:], all=True).order_by("-n", "value"):
        counts[facet].append(Count(*count))
    return counts


def total_of(counts: dict[str, list[Count]]) -> int:
    """How many briefs were counted: each has one language."""
    return sum(row.count for row in counts["language"])


def _tally(
    facet: str, rows: QuerySet[Any], value: F | Func, name: F | Value | None = None
) -> QuerySet[Any, Any]:
    grouped = rows.annotate(
        facet=Value(facet, output_field=TextField()),
        value=value,
        name=name or Value("", output_field=TextField()),
    )
    return grouped.values_list("facet", "value", "name").annotate(n=models.Count("pk"))


def _each(field: str) -> Func:
    return Func(F(field), function="unnest", output_field=CharField(), set_returning=True)


def _option(wish: Wish, facet: str, row: Count) -> Option:
    label = row.name or label_of(facet, row.value)
    return Option(label, wish.url(**{facet: row.value}), row.count)


def _chosen(wish: Wish, actor_names: dict[str, str]) -> list[Option]:
    words = [Option(f"“{wish.q}”", wish.url(q=""), 0)] if wish.q else []
    filters = [
        Option(actor_names.get(value, "") or label_of(facet, value), wish.url(**{facet: ""}), 0)
        for facet, value in wish.filters.items()
    ]
    return words + filters


def label_of(facet: str, value: str) -> str:
    """What a filter's value is called in the language being spoken; an actor is called by its slug."""
    if facet == "country":
        return geography.country_name(value, get_language() or "en")
    if facet == "topic":
        return topics.topic_name(value)
    if facet == "language":
        return dict(settings.LANGUAGES).get(value, value)
    return value
