"""The ways to narrow a list: each country, topic, actor and language in it, with how many briefs."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, pgettext

from briefs import geography, topics
from briefs.finding import Wish, quoted
from briefs.hits import Count, Hits, hits_of


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
    is_capped: bool
    looked: int  # of how many newer briefs a phrase was looked for in, where there are older ones


def facets_of(wish: Wish, found: Hits | None = None) -> Facets:
    """What was found for the wish, by facets; looked for when it is not given."""
    found = found or hits_of(wish)
    counts = found.counts
    names = {row.value: row.name for row in counts["actor"]}
    titles = {
        "country": pgettext("facet", "Country"),
        "topic": pgettext("facet", "Topic"),
        "actor": pgettext("facet", "Actor"),
        "language": pgettext("facet", "Language"),
    }
    narrower = [
        Facet(title, [_option(wish, name, row) for row in counts[name]])
        for name, title in titles.items()
        if name not in wish.filters and len(counts[name]) > 1
    ]
    looked = found.looked if found.has_older else 0
    return Facets(narrower, _chosen(wish, names), found.total, found.is_capped, looked)


def _option(wish: Wish, facet: str, row: Count) -> Option:
    label = row.name or label_of(facet, row.value)
    return Option(label, wish.url(**{facet: row.value}), row.count)


def _chosen(wish: Wish, actor_names: dict[str, str]) -> list[Option]:
    words = [Option(quoted(wish.q), wish.url(q=""), 0)] if wish.q else []
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
