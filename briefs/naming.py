"""The names by which a brief is found: of its actors, places, countries and topics, with their other names."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import translation

from briefs import geography, topics
from briefs.models import Actor, Brief, Place, SearchTerm
from briefs.search_keys import search_key

# Below this, words that have nothing to do with each other come up; measured on names of towns and groups.
_NEAR = 0.45
_OFFERED = 3


def names_text(brief: Brief) -> str:
    """Every name under which somebody may look for the brief, a line each."""
    return "\n".join(dict.fromkeys(_names(brief)))


def _names(brief: Brief) -> Iterator[str]:
    for actor in brief.actors.prefetch_related("parents"):
        for one in (actor, *actor.parents.all()):
            yield from (one.name, *one.aliases)
    for place in Place.objects.filter(briefs=brief).union(
        Place.objects.filter(incidents__briefs=brief)
    ):
        yield from (place.name, *place.aliases)
    for language, _ in settings.LANGUAGES:
        yield from (geography.country_name(code, language) for code in brief.countries)
        with translation.override(language):
            yield from (topics.topic_name(slug) for slug in brief.topics)


def refresh_names(briefs: Iterable[Brief]) -> None:
    """Bring the names of briefs in line with the actors and places of today; no revision comes of it."""
    for brief in briefs:
        brief.names_text = names_text(brief)
        Brief.objects.filter(pk=brief.pk).update(names_text=brief.names_text)


def _offered(place: Place) -> Iterator[str]:
    """What staff call a place. GeoNames' many other names find a brief, but nobody is asked whether they meant them."""
    yield place.name
    for alias in place.aliases:
        is_short_form = search_key(place.name).startswith(search_key(alias) + " ")
        if place.geonames_id is None or is_short_form:
            yield alias


@transaction.atomic
def refresh_terms() -> None:
    """Make the names to offer those that public briefs hold now."""
    public = Brief.objects.public().values("pk")
    wanted: dict[str, str] = {}
    for actor in Actor.objects.filter(briefs__in=public).distinct():
        wanted |= {one: search_key(one) for one in (actor.name, *actor.aliases)}
    for place in Place.objects.filter(briefs__in=public).distinct():
        wanted |= {one: search_key(one) for one in _offered(place)}
    for language, _ in settings.LANGUAGES:
        names = (geography.country_name(code, language) for code in geography.AFRICAN_COUNTRIES)
        wanted |= {name: search_key(name) for name in names}
    SearchTerm.objects.exclude(name__in=wanted).delete()
    SearchTerm.objects.bulk_create(
        [SearchTerm(name=name, key=key) for name, key in wanted.items()], ignore_conflicts=True
    )


def did_you_mean(words: str) -> list[str]:
    """Names that are near to these words, the nearest first; none when a name is meant exactly."""
    key = search_key(words)[:100]
    if not key:
        return []
    # A word of a name is enough, such as Nioro of Nioro du Sahel.
    near = SearchTerm.objects.filter(key__trigram_word_similar=key).exclude(key=key)
    nearness = Greatest(TrigramSimilarity("key", key), TrigramWordSimilarity(key, "key"))
    ranked = near.annotate(nearness=nearness).filter(nearness__gte=_NEAR)
    return list(ranked.order_by("-nearness", "name").values_list("name", flat=True)[:_OFFERED])
