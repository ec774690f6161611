"""Where a brief may stand, which moves lead there, what sort of text it is and who may see it."""

from django.db import models
from django.utils.translation import pgettext_lazy


class BriefStatus(models.TextChoices):
    """Where a brief stands. Readers see published ones only."""

    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    PUBLISHED = "published", "published"
    ARCHIVED = "archived", "archived"
    WITHDRAWN = "withdrawn", "withdrawn"


class BriefKind(models.TextChoices):
    """What sort of text a brief is."""

    ASSESSMENT = "assessment", pgettext_lazy("brief", "Assessment")
    FLASH = "flash", pgettext_lazy("brief", "Flash")
    FORECAST = "forecast", pgettext_lazy("brief", "Forecast")
    COUNTRY_BRIEF = "country_brief", pgettext_lazy("brief", "Country brief")


class Tlp(models.TextChoices):
    """Who may see a brief: Traffic Light Protocol 2.0. Only CLEAR is ever public."""

    CLEAR = "clear", "TLP:CLEAR"
    GREEN = "green", "TLP:GREEN"
    AMBER = "amber", "TLP:AMBER"
    AMBER_STRICT = "amber_strict", "TLP:AMBER+STRICT"
    RED = "red", "TLP:RED"


# Straight to published without an approval: an emergency, whose reason stays on record.
MOVES: tuple[tuple[str, str], ...] = (
    ("draft", "in_review"),
    ("in_review", "draft"),
    ("in_review", "changes_requested"),
    ("in_review", "approved"),
    ("changes_requested", "in_review"),
    ("approved", "draft"),
    ("approved", "published"),
    ("draft", "published"),
    ("in_review", "published"),
    ("changes_requested", "published"),
    ("published", "approved"),
    ("published", "archived"),
    ("published", "withdrawn"),
    ("archived", "withdrawn"),
)
ONCE_PUBLIC = ("published", "archived", "withdrawn")
EDITABLE = ("draft", "in_review", "changes_requested")
