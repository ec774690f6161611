"""What briefs are filed under. A fixed list, so that filters and translations hold."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Topic(models.TextChoices):
    """A subject, as it stands in the address of a list."""

    ARMED_CONFLICT = "armed-conflict", pgettext_lazy("topic", "Armed conflict")
    AVIATION = "aviation", pgettext_lazy("topic", "Aviation")
    BORDERS = "borders", pgettext_lazy("topic", "Borders")
    CRIME = "crime", pgettext_lazy("topic", "Crime")
    ELECTIONS = "elections", pgettext_lazy("topic", "Elections")
    ENERGY = "energy", pgettext_lazy("topic", "Energy")
    FLOODS_STORMS = "floods-storms", pgettext_lazy("topic", "Floods and storms")
    FUEL_SUPPLY = "fuel-supply", pgettext_lazy("topic", "Fuel supply")
    HEALTH = "health", pgettext_lazy("topic", "Health")
    KIDNAPPING = "kidnapping", pgettext_lazy("topic", "Kidnapping")
    LABOUR = "labour", pgettext_lazy("topic", "Labour")
    MINING = "mining", pgettext_lazy("topic", "Mining")
    PERMITS = "permits", pgettext_lazy("topic", "Permits")
    POLITICS = "politics", pgettext_lazy("topic", "Politics")
    PORTS = "ports", pgettext_lazy("topic", "Ports")
    PROTESTS = "protests", pgettext_lazy("topic", "Protests")
    ROAD_MOVEMENT = "road-movement", pgettext_lazy("topic", "Road movement")
    TELECOMS = "telecoms", pgettext_lazy("topic", "Telecoms")
    WATER = "water", pgettext_lazy("topic", "Water")


def topic_name(slug: str) -> str:
    """What a topic is called in the language being spoken now; an unknown one is its own name."""
    return str(Topic(slug).label) if slug in Topic.values else slug
