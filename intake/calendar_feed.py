"""An adviser's own calendar for other programs (iCalendar, RFC 5545): absences, stand-ins and what falls due.

It is read by a private link that its owner makes and ends. It tells days and references, nothing of clients.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import private_links
from accounts.models import User
from intake import staff_links
from intake.models import Absence, Adviser, Deadline, Lead

_PURPOSE = "intake.calendar"
_PAST = timedelta(days=90)
_AHEAD = timedelta(days=400)
_REFRESH = timedelta(hours=1)
_A_MOMENT = timedelta(minutes=15)


@dataclass(frozen=True)
class Event:
    """One entry. Days are dates whose end is outside; hours are moments in UTC. `key` is its own among all events, and
    `revision` rises when it changes: programs that keep an entry take the later one."""

    key: str
    title: str
    start: date | datetime
    end: date | datetime
    text: str = ""
    url: str = ""
    revision: int = 0


@transaction.atomic
def make_link(*, adviser: Adviser, by: User) -> Adviser:
    """Give the adviser's calendar a new link; an earlier one ends. Raises ValidationError for another's calendar."""
    adviser = _own(adviser, by)
    adviser.calendar_seed = uuid.uuid4()
    token = private_links.make_token(_PURPOSE, adviser.calendar_seed)
    adviser.calendar_digest = private_links.digest(token)
    adviser.save(update_fields=["calendar_seed", "calendar_digest"])
    return adviser


@transaction.atomic
def end_link(*, adviser: Adviser, by: User) -> Adviser:
    """End the link of the adviser's calendar; without one nothing happens. Raises ValidationError for another's."""
    adviser = _own(adviser, by)
    adviser.calendar_seed = adviser.calendar_digest = None
    adviser.save(update_fields=["calendar_seed", "calendar_digest"])
    return adviser


def _own(adviser: Adviser, by: User) -> Adviser:
    if adviser.user_id != by.pk:
        raise ValidationError("A calendar's link is its owner's alone.", code="not_own")
    return Adviser.objects.select_for_update(no_key=True).get(pk=adviser.pk)


def url_of(adviser: Adviser) -> str:
    """The whole address of the adviser's calendar; empty when it has no link."""
    if adviser.calendar_seed is None or adviser.calendar_digest is None:
        return ""
    token = private_links.token_of(_PURPOSE, adviser.calendar_seed, adviser.calendar_digest)
    return f"{settings.SITE_URL}{reverse('intake:calendar', args=[token])}"


def owner_of(token: str) -> Adviser | None:
    """Whose calendar a link opens; nobody's when it is ended or they may not log in any more."""
    found = Adviser.objects.select_related("user").filter(
        calendar_digest=private_links.digest(token), user__is_active=True
    )
    return found.first()


def as_ical(adviser: Adviser) -> bytes:
    """The calendar as a file."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Derisk//Calendar of an adviser//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Derisk: {adviser}")
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for source in SOURCES:
        for event in source(adviser):
            calendar.add_component(_component(event))
    return calendar.to_ical()


def _component(event: Event) -> icalendar.Event:
    one = icalendar.Event()
    one.add("uid", f"{event.key}@derisk")
    one.add("sequence", event.revision)
    one.add("dtstamp", timezone.now())
    one.add("summary", event.title)
    one.add("dtstart", event.start)
    one.add("dtend", event.end)
    one.add("transp", "TRANSPARENT")
    for name, value in (("description", event.text), ("url", event.url)):
        if value:
            one.add(name, value)
    return one


def own_absences(adviser: Adviser) -> Iterable[Event]:
    """When they are away themselves."""
    for absence in _near().filter(adviser=adviser):
        stands_in = f"{absence.delegate} stands in." if absence.delegate else ""
        yield _absence(absence, "Away", stands_in)


def stand_ins(adviser: Adviser) -> Iterable[Event]:
    """When they stand in for somebody."""
    for absence in _near().filter(delegate=adviser):
        yield _absence(absence, f"You stand in for {absence.adviser}", "")


def team_absences(adviser: Adviser) -> Iterable[Event]:
    """When others are away, for whoever keeps the team's absences."""
    if not adviser.user.has_perm("intake.change_absence"):
        return
    for absence in _near().exclude(adviser=adviser).exclude(delegate=adviser):
        stands_in = f"{absence.delegate} stands in." if absence.delegate else ""
        yield _absence(absence, f"{absence.adviser} is away", stands_in)


def _near() -> QuerySet[Absence]:
    today = timezone.localdate()
    rows = Absence.objects.near(today - _PAST, today + _AHEAD)
    return rows.select_related("adviser__user", "delegate__user").order_by("starts_on", "pk")


def _absence(absence: Absence, title: str, text: str) -> Event:
    start, end = absence.span()
    if absence.from_hour is None and absence.to_hour is None:
        start, end = absence.starts_on, absence.ends_on + timedelta(days=1)  # type: ignore[assignment]
    return Event(
        key=f"absence-{absence.pk}",
        title=title,
        start=start,
        end=end,
        text=text,
        revision=absence.revision,
    )


def deadlines(adviser: Adviser) -> Iterable[Event]:
    """By when their leads must move on, with the reference and the way there."""
    seen = Lead.objects.beyond_no_wall(adviser.user).values("pk")
    found = Deadline.objects.open_of(adviser).filter(lead__in=seen)
    for due in found.annotate(revision=Count("changes")):
        yield Event(
            key=f"deadline-{due.pk}",
            title=f"Due: {due.get_stage_display()}, {due.lead.reference}",
            start=due.due_at,
            end=due.due_at + _A_MOMENT,
            url=staff_links.lead_url(due.lead_id),
            revision=due.revision,
        )


# What stands in a calendar: each gives the events of one adviser.
SOURCES: list[Callable[[Adviser], Iterable[Event]]] = [
    own_absences,
    stand_ins,
    team_absences,
    deadlines,
]
