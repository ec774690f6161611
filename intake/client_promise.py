"""What a client is told of a deadline: by when, in their own time and in UTC, late or waiting said as it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from briefs import dates
from intake import clocks
from intake.models import STAGE_OF, Activity, Deadline, Lead, Stage

# More clocks than this are noise; then UTC alone is said.
_MOST_CLOCKS = 3


@dataclass(frozen=True)
class ClientPromise:
    """The promise that stands: of which stage, when, and whether it is late or waits for the client."""

    stage: str
    when: str
    is_late: bool
    is_paused: bool

    @property
    def is_to_come(self) -> bool:
        """A first answer that the client still has in front of them."""
        return self.stage == Stage.FIRST_ANSWER and not self.is_late


def promise_of(lead: Lead, language: str) -> ClientPromise | None:
    """What was promised to the client of this lead and is not done yet, in the language; None when nothing is."""
    stage = STAGE_OF.get(lead.status)
    if lead.due_at is None and stage in (None, Stage.FIRST_ANSWER):
        return None  # nothing ticks, and a first answer is never paused
    return promise_by(lead, lead.deadlines.running().select_related("policy"), language)


def promise_by(lead: Lead, running: Iterable[Deadline], language: str) -> ClientPromise | None:
    """The same, by the deadlines of the lead that run."""
    promised = [one for one in running if one.policy.is_promised]
    if not promised:
        return None
    deadline = min(promised, key=lambda one: (one.due_at, one.pk))
    return ClientPromise(
        stage=deadline.stage,
        when=in_words(deadline.due_at, lead.enquiry.country, language),
        is_late=not deadline.paused_at and deadline.due_at < timezone.now(),
        is_paused=deadline.paused_at is not None,
    )


def in_words(moment: datetime, country: str, language: str) -> str:
    """A moment as a client in that country reads it: weekday, day, their hour and place, and UTC.

    "Friday 27 November 2026, 16:00 in Lagos (15:00 UTC)". Where clocks of the country differ each is named; where the
    country is not known, or has too many clocks, UTC alone.
    """
    return _in_words(moment.astimezone(UTC).replace(second=0, microsecond=0), country, language)


@lru_cache(maxsize=1024)  # what is promised to many at once is often the same minute
def _in_words(moment: datetime, country: str, language: str) -> str:
    zones = clocks.zones_of(country, moment)
    with translation.override(language):
        utc = f"{moment:%H:%M} UTC"
        if not 0 < len(zones) <= _MOST_CLOCKS:
            return f"{dates.weekday_date(moment.date())}{dates.comma()}{utc}"
        here = [moment.astimezone(ZoneInfo(zone)) for zone in zones]
        if any(local.date() != moment.date() for local in here):
            utc = f"{dates.weekday_date(moment.date())}{dates.comma()}{utc}"
        told = [_hour(local, zone, language) for local, zone in zip(here, zones, strict=True)]
        # Where a country's clocks stand on two days, the first one's names the day; UTC says the rest.
        day = dates.weekday_date(here[0].date())
        return f"{dates.comma().join([day, *told])} ({utc})"


def _hour(local: datetime, zone: str, language: str) -> str:
    place = get_timezone_location(zone, locale=language, return_city=True)
    return _("%(hour)s in %(place)s") % {"hour": f"{local:%H:%M}", "place": place}


def proposal_sent_at(lead: Lead) -> datetime | None:
    """When the proposal that lies in the client's mailbox was sent; None when there is none, or its time is over."""
    kinds = (Activity.Kind.PROPOSAL_SENT, Activity.Kind.PROPOSAL_EXPIRED)
    last = lead.activities.filter(kind__in=kinds).order_by("-happened_at", "-pk").first()
    return last.happened_at if last and last.kind == Activity.Kind.PROPOSAL_SENT else None
