"""Readers who follow something, and what reaches them."""

from typing import Any

from django.utils import timezone

from briefs import announcing, subscribing
from briefs.finding import Wish
from briefs.models import Brief, Notice, Subscriber, Subscription
from jobs import working
from jobs.models import Job
from mail.models import Message


def subscription_of(email: str = "reader@client.example", **fields: Any) -> Subscription:
    """A confirmed subscription of this address; `q`, `country`, `actor`, `topic` say to what."""
    wish = Wish(**{n: fields.pop(n) for n in ("q", "country", "actor", "topic") if n in fields})
    given: dict[str, Any] = {"language": "en", "frequency": "immediate"} | fields
    row = subscribing.ask_for_subscription(email=email, wish=wish, **given)
    Subscription.objects.filter(pk=row.pk).update(mailed_at=timezone.now())
    row.refresh_from_db()
    return subscribing.confirm_subscription(subscription=row)


def announce(brief: Brief) -> None:
    """Announce a brief and tell everybody, as workers do; nothing leaves yet."""
    announcing.announce_brief(edition_id=brief.editions.order_by("number")[0].pk)
    run_all("briefs.notify")


def run_all(*kinds: str) -> int:
    """Do the waiting jobs of these kinds, and those that they ask for, until there are none; return how many."""
    done = 0
    while job := Job.objects.due().filter(kind__in=kinds).order_by("pk").first():
        working.run_job(job.pk)
        done += 1
    return done


def told(brief: Brief) -> list[str]:
    """The addresses that were told that this brief is out, each as often as it was told."""
    rows = Notice.objects.filter(announcement__brief=brief, announcement__kind="publication")
    return sorted(rows.values_list("subscriber__email", flat=True))


def mails_to(email: str = "reader@client.example") -> list[Message]:
    """The messages to this address, oldest first."""
    return list(Message.objects.filter(to_email=email).order_by("pk"))


def reader(email: str = "reader@client.example") -> Subscriber:
    """The row of this address."""
    return Subscriber.objects.get(email=email)
