"""The actors and places that the house knows, ready to be found in a text: loaded when first needed, and again when
their rows have changed. A process looks for changes at most every half minute."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from django.db import connection

from briefs.models import Actor, Place
from briefs.search_keys import search_key
from intake.needs.lexicon import plain_words, titles
from intake.needs.phrases import Phrases

LOOK_AGAIN_SECONDS = 30.0
# About 250 bytes a name: no more than 20 MB, whatever the tables hold.
MOST_NAMES = 80_000
_SHORT = 4
_ARTICLES = frozenset({"le", "la", "el", "al", "the", "o", "a"})
_LEAST_LETTERS = 5


class KnownActor(NamedTuple):
    """An actor by one of its names; short names such as RSF must be written in capitals."""

    slug: str
    name: str
    needs_capitals: bool


class KnownPlace(NamedTuple):
    """A place by one of its names. `population` 0: not known. `is_ours`: put there by staff, not by the gazetteer."""

    pk: int
    name: str
    country: str
    population: int
    is_ours: bool


@dataclass(frozen=True)
class Gazetteer:
    """Names to find."""

    actors: Phrases[KnownActor] = field(default_factory=Phrases)
    places: Phrases[KnownPlace] = field(default_factory=Phrases)


def build(
    actors: Iterable[tuple[str, str, list[str]]],
    places: Iterable[tuple[KnownPlace, list[str]]],
) -> Gazetteer:
    """A gazetteer of (slug, name, aliases) and (place, aliases), of the first 80,000 names."""
    known = Gazetteer()
    no_names = plain_words() | titles()
    left = MOST_NAMES
    for slug, name, aliases in actors:
        for one in {name, *aliases}:
            left -= 1
            is_short = len(search_key(one)) <= _SHORT and one.isupper()
            known.actors.add(one, KnownActor(slug, name, is_short))
    for place, aliases in places:
        for key in {key for one in (place.name, *aliases) for key in _keys(search_key(one))}:
            if left > 0 and key and key not in no_names:
                left -= 1
                known.places.add_key(key, place)
    return known


def _keys(key: str) -> tuple[str, ...]:
    """A name, and the name without its article: Le Caire is written "au Caire" too."""
    article, _, rest = key.partition(" ")
    return (key, rest) if article in _ARTICLES and len(rest) >= _LEAST_LETTERS else (key,)


class _Shelf:
    """The gazetteer of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known = Gazetteer()
        self._signature: object = None
        self._looked_at = 0.0

    def current(self) -> Gazetteer:
        with self._lock:
            now = time.monotonic()
            if self._signature is None or now - self._looked_at > LOOK_AGAIN_SECONDS:
                signature = _signature()
                if signature != self._signature:
                    self._known, self._signature = _load(), signature
                self._looked_at = now
            return self._known

    def forget(self) -> None:
        with self._lock:
            self._signature = None


def _signature() -> object:
    """How many rows there are, and a sum over what they hold: another after any change. About 10 ms for 12,000."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT (count(*), sum(hashtextextended(a::text, 0)))::text FROM briefs_actor a),"
            " (SELECT (count(*), sum(hashtextextended(p::text, 0)))::text FROM briefs_place p)"
        )
        return cursor.fetchone()


def _load() -> Gazetteer:
    # Those that matter most come first, should there be too many.
    rows = Place.objects.order_by("-population", "pk").values_list(
        "pk", "country", "population", "geonames_id", "name", "aliases"
    )
    return build(
        Actor.objects.order_by("pk").values_list("slug", "name", "aliases"),
        (
            (KnownPlace(pk, name, country, population or 0, number is None), aliases)
            for pk, country, population, number, name, aliases in rows.iterator()
        ),
    )


_shelf = _Shelf()
current = _shelf.current
forget = _shelf.forget
