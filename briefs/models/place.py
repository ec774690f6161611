"""Where things happen: towns, posts, stretches of road."""

from django.db import models
from django.db.models import Q

from briefs import geography


class Place(models.Model):
    """A named point. Two towns of one name in one country need a longer name."""

    name = models.CharField(max_length=120)
    country = models.CharField(
        max_length=2, choices=geography.country_choices, help_text="ISO 3166."
    )
    latitude = models.FloatField(help_text="Degrees, north is positive.")
    longitude = models.FloatField(help_text="Degrees, east is positive.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "country"], name="place_once_in_a_country"),
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
