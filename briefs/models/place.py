"""Where things happen: towns, posts, stretches of road."""

import re
from functools import cache
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from briefs import geography
from briefs.search_keys import search_key


class PlaceKind(models.TextChoices):
    """What sort of place it is."""

    TOWN = "town", "town"
    VILLAGE = "village", "village"
    BORDER_POST = "border_post", "border post"
    PORT = "port", "port"
    AIRPORT = "airport", "airport"
    ROAD = "road", "stretch of road"
    SITE = "site", "site"
    REGION = "region", "region"


class PlacePrecision(models.TextChoices):
    """How well the point stands for what is meant."""

    EXACT = "exact", "the place itself"
    NEAR = "near", "near it"
    REGION = "region", "somewhere in the region"


_ARABIC = re.compile("[\u0621-\u064a]")


class PlaceQuerySet(models.QuerySet["Place"]):
    """How staff find a place among twelve thousand."""

    def matching(self, term: str) -> Self:
        """Those that have every word of the term in a name, their region or their country; the likeliest first."""
        found, term = self, " ".join(term.split())
        for word in term.split():
            part = Q(words__contains=_plain(word))
            found = found.filter(part | Q(country__in=_countries_called(word)))
        first = term.partition(" ")[0]
        begins = [_plain(f"{term}|"), _plain(f"{first}|"), _plain(first)]  # a name ends with "|"
        likely = [models.When(words__startswith=start, then=n) for n, start in enumerate(begins)]
        rank = models.Case(*likely, default=len(likely))
        return found.order_by(rank, F("population").desc(nulls_last=True), "name", "pk")


def _plain(term: str) -> Func:
    """As the database writes `words`."""
    return Func(Value(term), function="plain_words", output_field=models.TextField())


def _countries_called(word: str) -> list[str]:
    """The codes of countries whose code is this word or whose name has a part that begins with it."""
    key = search_key(word)
    long_enough = len(key) > 2
    return [
        code
        for code, name in _country_keys()
        if key == code.lower() or (long_enough and f" {key}" in name)
    ]


@cache
def _country_keys() -> list[tuple[str, str]]:
    return [(code, f" {search_key(name)}") for code, name in geography.country_choices()]


class Place(models.Model):
    """A named point: from the gazetteer, or added by staff. Towns of one name differ by country, region or position."""

    name = models.CharField(max_length=120)
    country = models.CharField(
        max_length=2, choices=geography.country_choices, help_text="ISO 3166."
    )
    admin1 = models.CharField(
        "region", max_length=80, blank=True, help_text="The first level below the country."
    )
    kind = models.CharField(max_length=20, choices=PlaceKind, default=PlaceKind.TOWN)
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    latitude = models.FloatField(help_text="Degrees, north is positive.")
    longitude = models.FloatField(help_text="Degrees, east is positive.")
    precision = models.CharField(
        max_length=10, choices=PlacePrecision, default=PlacePrecision.EXACT
    )
    population = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: not known.")
    geonames_id = models.PositiveIntegerField(
        "GeoNames number", unique=True, null=True, blank=True, editable=False
    )
    # The row as the gazetteer last wrote it, as `place_mark` of the database sums it up; another sum now means
    # that staff changed it, and the gazetteer leaves it alone.
    loaded_mark = models.CharField(max_length=32, blank=True, editable=False)
    note = models.CharField(max_length=300, blank=True, help_text="Where the position comes from.")
    words = models.GeneratedField(
        expression=Func(F("name"), F("aliases"), F("admin1"), function="place_words"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="place_words", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["name", "id"], name="place_by_name"),
        ]
        constraints = [
            # GeoNames has towns of one name in one region: those differ by its number.
            models.UniqueConstraint(
                fields=["name", "country", "admin1"],
                condition=Q(geonames_id=None),
                name="place_once_in_a_region",
            ),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="place_kind_known"),
            models.CheckConstraint(
                condition=Q(precision__in=PlacePrecision.values), name="place_precision_known"
            ),
            models.CheckConstraint(
                condition=Q(country__in=geography.AFRICAN_COUNTRIES), name="place_in_africa"
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_on_the_globe",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.whereabouts})"

    @property
    def whereabouts(self) -> str:
        """Region and country, which tell it from others of its name."""
        country = geography.country_name(self.country, "en")
        return f"{self.admin1}, {country}" if self.admin1 else country

    def name_in(self, language: str) -> str:
        """The name for a text in that language: in Arabic letters for Arabic, if we know it so."""
        if language != "ar":
            return self.name
        return next(
            (name for name in (self.name, *self.aliases) if _ARABIC.search(name)), self.name
        )
