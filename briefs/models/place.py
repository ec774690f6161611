"""Where things happen: towns, posts, stretches of road."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from briefs import geography


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


class Place(models.Model):
    """A named point: from the gazetteer, or added by staff. Towns of one name differ by country or region."""

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
    note = models.CharField(max_length=300, blank=True, help_text="Where the position comes from.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "country", "admin1"], name="place_once_in_a_region"
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
        return f"{self.name}, {geography.country_name(self.country, 'en')}"
