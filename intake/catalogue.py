"""The closed lists that a request may choose from. Values travel in links and the API, so they stay."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Service(models.TextChoices):
    """What a client may ask for."""

    ROUTE_ASSESSMENT = "route-assessment", pgettext_lazy("service", "Route and journey assessment")
    DAILY_MONITORING = "daily-monitoring", pgettext_lazy("service", "Daily monitoring")
    COUNTRY_BRIEFING = "country-briefing", pgettext_lazy("service", "Country briefing")
    DUE_DILIGENCE = "due-diligence", pgettext_lazy("service", "Due diligence on partners")
    SITE_SECURITY = (
        "site-security",
        pgettext_lazy("service", "Security review of a site or project"),
    )
    CRISIS_PLANNING = "crisis-planning", pgettext_lazy("service", "Crisis and evacuation planning")
    NOT_SURE = "not-sure", pgettext_lazy("service", "Not sure yet")


class Timeframe(models.TextChoices):
    """When the client needs the answer to help."""

    DAYS = "days", pgettext_lazy("timeframe", "Within days")
    WEEKS = "weeks", pgettext_lazy("timeframe", "Within weeks")
    MONTHS = "months", pgettext_lazy("timeframe", "Within months")
    OPEN = "open", pgettext_lazy("timeframe", "No fixed date")


class Budget(models.TextChoices):
    """What the client expects to spend, in euro or the like of it."""

    UNDER_5K = "under-5k", pgettext_lazy("budget", "Under EUR 5,000")
    FROM_5K_TO_20K = "5k-20k", pgettext_lazy("budget", "EUR 5,000 to 20,000")
    FROM_20K_TO_100K = "20k-100k", pgettext_lazy("budget", "EUR 20,000 to 100,000")
    OVER_100K = "over-100k", pgettext_lazy("budget", "Over EUR 100,000")
    UNDECIDED = "undecided", pgettext_lazy("budget", "Not decided")


class Language(models.TextChoices):
    """Languages in which the house works."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"
    PORTUGUESE = "pt", "Português"
    ARABIC = "ar", "العربية"
