"""What the privacy page says of how long requests are kept: the rules that are switched on, as they are set."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from intake.models import Keeps, RetentionRule

# What concerns readers, in their words; what is only of the house's machines is not told.
WORDS = {
    Keeps.UNANSWERED: _("Requests that nobody could answer"),
    Keeps.QUARANTINED: _("Requests that were held back as spam"),
    Keeps.DISQUALIFIED: _("Requests that were no work for us, or that you withdrew"),
    Keeps.LOST: _("Requests that came to nothing"),
    Keeps.WON: _("Requests that became work for you"),
    Keeps.FILES: _("Files with a request that is closed"),
    Keeps.MESSAGES: _("The words of our mails to you"),
}


def periods() -> dict[str, Any]:
    """The kinds that have a period now, with the days after which they are erased."""
    days = dict(RetentionRule.objects.filter(is_on=True).values_list("keeps", "days"))
    told = [(words, days[keeps]) for keeps, words in WORDS.items() if keeps in days]
    return {"periods": told}
