"""Telling desk leads of what is older or more than its limit: once when it begins, once when it is over."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from intake import measuring, presence, watching
from intake.models import Alert
from intake.watching import Reading
from mail import outbox

# What comes and goes within this time is one alert.
CALM = timedelta(minutes=10)


@transaction.atomic
def watch_house(*, now: datetime | None = None) -> tuple[int, int]:
    """Begin an alert for each condition that is new, end those that were not found for ten minutes; how many of each.

    Two at once: one finds the other's row. Each is told once to every desk lead who may log in.
    """
    now = now or timezone.now()
    found = watching.readings(measuring.measure(now))
    over = {one.name: one for one in found if one.is_over and one.is_alert}
    standing = Alert.objects.select_for_update().filter(ended_at__isnull=True).order_by("pk")
    open_ = {alert.condition: alert for alert in standing}
    Alert.objects.filter(pk__in=[a.pk for name, a in open_.items() if name in over]).update(
        seen_at=now
    )
    begun = [_begin(over[name], now) for name in sorted(over.keys() - open_.keys())]
    ended = [
        _end(alert, now)
        for name, alert in open_.items()
        if name not in over and alert.seen_at <= now - CALM
    ]
    return len([alert for alert in begun if alert]), len(ended)


def _begin(reading: Reading, now: datetime) -> Alert | None:
    text = f"{reading.label}: {reading.told} (limit {reading.limit_told})"
    fresh = Alert(condition=reading.name, text=text, began_at=now, seen_at=now)
    Alert.objects.bulk_create([fresh], ignore_conflicts=True)
    alert = Alert.objects.filter(condition=reading.name, ended_at__isnull=True).first()
    if alert is None or alert.began_at != now:
        return None  # another sweep was there first
    _tell(alert, "began")
    return alert


def _end(alert: Alert, now: datetime) -> Alert:
    alert.ended_at = now
    alert.save(update_fields=["ended_at"])
    _tell(alert, "over")
    return alert


def _tell(alert: Alert, what: str) -> None:
    lasted = watching.in_words((alert.seen_at - alert.began_at).total_seconds())
    context = {
        "text": alert.text,
        "is_over": what == "over",
        "lasted": lasted,
        "watch_url": settings.SITE_URL + reverse("admin:intake_alert_changelist"),
    }
    outbox.queue_messages(
        [
            outbox.Letter(
                key=f"alert:{alert.pk}:{what}:{user.pk}",
                template="intake/mail/alert",
                to_email=user.email,
                to_name=user.full_name,
                context=context,
            )
            for user in presence.desk_leads()
        ]
    )
