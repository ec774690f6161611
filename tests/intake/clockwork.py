"""Fixed clocks: moments as written, policies, deadlines and people for tests of promises."""

from datetime import UTC, datetime, timedelta
from typing import Any

from intake import policies
from intake.models import Adviser, Deadline, DeadlinePolicy, Lead
from tests import factories

HOUR = timedelta(hours=1)


def _thursday() -> datetime:
    """The next first Thursday of a March that is over a month ahead, within the house's hours: a Friday is no holiday
    then, no clock changes, and whatever is due then is due in the future."""
    soonest = datetime.now(UTC) + timedelta(days=31)
    marches = [datetime(soonest.year + n, 3, 1, 10, tzinfo=UTC) for n in (0, 1)]
    thursdays = [first + timedelta(days=(3 - first.weekday()) % 7) for first in marches]
    return next(day for day in thursdays if day > soonest)


NOW = _thursday()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def policy(stage: str = "first_answer", priority: str = "normal", **changes: Any) -> DeadlinePolicy:
    """The house's policy with these changes, stored."""
    found = policies.current()[priority, stage]
    for name, value in changes.items():
        setattr(found, name, value)
    found.save()
    return found


def ticking(lead: Lead, due: datetime, stage: str = "first_answer", **fields: Any) -> Deadline:
    """A deadline as the verbs leave one that is due then, whatever the hour is now; reminded two hours before."""
    warn = due - 2 * HOUR
    given = {"started_at": due - 8 * HOUR, "warn_at": warn, "next_look_at": warn} | fields
    return Deadline.objects.create(
        lead=lead, policy=policy(stage), stage=stage, adviser=lead.owner, due_at=due, **given
    )


def owned(name: str = "Awa", **content: Any) -> Lead:
    """A lead with an adviser of this name."""
    adviser: Adviser = factories.AdviserFactory(user__full_name=name)
    return factories.lead_of(adviser, **content)
