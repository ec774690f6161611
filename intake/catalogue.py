"""The closed lists that a request may choose from. Values travel in links and the API, so they stay."""

from django.db import models


class Service(models.TextChoices):
    """What a client may ask for."""

    ROUTE_ASSESSMENT = "route-assessment", "Route and journey assessment"
    DAILY_MONITORING = "daily-monitoring", "Daily monitoring"
    COUNTRY_BRIEFING = "country-briefing", "Country briefing"
    DUE_DILIGENCE = "due-diligence", "Due diligence on partners"
    SITE_SECURITY = "site-security", "Security review of a site or project"
    CRISIS_PLANNING = "crisis-planning", "Crisis and evacuation planning"
    NOT_SURE = "not-sure", "Not sure yet"


class Timeframe(models.TextChoices):
    """When the client needs the answer to help."""

    DAYS = "days", "Within days"
    WEEKS = "weeks", "Within weeks"
    MONTHS = "months", "Within months"
    OPEN = "open", "No fixed date"


class Budget(models.TextChoices):
    """What the client expects to spend, in euro or the like of it."""

    UNDER_5K = "under-5k", "Under EUR 5,000"
    FROM_5K_TO_20K = "5k-20k", "EUR 5,000 to 20,000"
    FROM_20K_TO_100K = "20k-100k", "EUR 20,000 to 100,000"
    OVER_100K = "over-100k", "Over EUR 100,000"
    UNDECIDED = "undecided", "Not decided"


class Language(models.TextChoices):
    """Languages in which the house works."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"
    PORTUGUESE = "pt", "Português"
    ARABIC = "ar", "العربية"
