"""What comes up: what goes out or ends at its hour by itself, and what somebody has to do by a day."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models import Q

from briefs.models import EDITABLE, Brief, Judgement

AHEAD = timedelta(days=30)
MOST = 200  # of each sort: more than a page can show
MOST_LATE = 20  # of each sort: the lists of briefs and of judgements have all of them


class What(models.TextChoices):
    """What happens to a brief, or is due on it."""

    GOES_OUT = "goes_out", "goes out"
    ENDS = "ends", "ends"
    REVIEW = "review", "is due"
    JUDGEMENT = "judgement", "can be judged"


class Item(NamedTuple):
    """One thing that comes up. What has an hour has `at`; what has a day only has `on`."""

    what: What
    brief: Brief
    on: date
    at: datetime | None = None
    text: str = ""
    judgement_id: int | None = None


class Agenda(NamedTuple):
    """What is late, and what comes, each in its order; of which sorts more is late than is told here."""

    late: list[Item]
    coming: list[Item]
    more_late: frozenset[What]


def agenda(now: datetime) -> Agenda:
    """The next thirty days, and what has been overdue for longest, in six statements."""
    today = now.astimezone(UTC).date()
    span = {"gte": today, "lte": today + AHEAD}
    reviews, judgements = _reviews({"lt": today}), _judgements(now, {"lt": today})
    coming = [
        *_hours(now, "published_at"),
        *_hours(now, "expires_at"),
        *_reviews(span),
        *_judgements(now, span),
    ]
    late = [*reviews[:MOST_LATE], *judgements[:MOST_LATE]]
    more = {rows[0].what for rows in (reviews, judgements) if len(rows) > MOST_LATE}
    return Agenda(sorted(late, key=_order), sorted(coming, key=_order), frozenset(more))


def _order(item: Item) -> tuple[date, datetime, int]:
    return item.on, item.at or _day_end(item.on), item.brief.pk


def _between(field: str, days: dict[str, date]) -> dict[str, date]:
    return {f"{field}__{end}": day for end, day in days.items()}


def _day_end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)


def _hours(now: datetime, field: str) -> list[Item]:
    what = What.GOES_OUT if field == "published_at" else What.ENDS
    span = {f"{field}__gt": now, f"{field}__lte": now + AHEAD}
    rows = Brief.objects.filter(status="published", **span).order_by(field, "pk")[:MOST]
    moments = [(brief, getattr(brief, field)) for brief in rows]
    return [Item(what, brief, moment.astimezone(UTC).date(), moment) for brief, moment in moments]


def _reviews(days: dict[str, date]) -> list[Item]:
    rows = Brief.objects.filter(status__in=EDITABLE, **_between("due_on", days))
    rows = rows.select_related("assignee").order_by("due_on", "pk")[:MOST]
    return [
        Item(
            What.REVIEW,
            brief,
            brief.due_on,
            text=f"{brief.get_status_display()}, {brief.assignee or 'nobody yet'}",
        )
        for brief in rows
        if brief.due_on
    ]


def _judgements(now: datetime, days: dict[str, date]) -> list[Item]:
    published = Q(brief__published_at__lte=now)
    rows = Judgement.objects.filter(published, outcome="open", **_between("horizon_on", days))
    rows = rows.select_related("brief").order_by("horizon_on", "pk")[:MOST]
    return [
        Item(What.JUDGEMENT, row.brief, row.horizon_on, text=row.text, judgement_id=row.pk)
        for row in rows
    ]
