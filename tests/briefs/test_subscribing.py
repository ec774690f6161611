"""What becomes of subscriptions: asked for, confirmed, ended, suppressed, forgotten."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from briefs import subscribing
from briefs.finding import Wish
from briefs.models import Notice, Subscriber, Subscription
from mail.models import Message, email_digest
from tests.briefs.subscribed import announce, mails_to, reader, subscription_of
from tests.factories import BriefFactory, UserFactory, publish
from tests.racing import race

pytestmark = pytest.mark.django_db
READER = "reader@client.example"
LONG_AGO = timedelta(days=31)


def ask(email: str = READER, **wish: str) -> Subscription:
    return subscribing.ask_for_subscription(
        email=email, wish=Wish(**wish), language="en", frequency="immediate"
    )


def age(row: Subscription | Subscriber, **times: timedelta) -> None:
    """Move these times of a row back."""
    now = timezone.now()
    type(row).objects.filter(pk=row.pk).update(**{name: now - by for name, by in times.items()})


@pytest.mark.django_db(transaction=True)
def test_asked_for_at_once_it_is_one() -> None:
    race(*[lambda: ask("Reader@Client.EXAMPLE", country="ML")] * 3)

    assert Subscriber.objects.get().email == READER
    assert Subscription.objects.get().asks == 3


def test_of_many_unconfirmed_wishes_the_oldest_makes_room() -> None:
    rows = [ask(q=f"word {n}") for n in range(subscribing.MOST_PENDING + 1)]

    assert Subscription.objects.count() == subscribing.MOST_PENDING
    assert not Subscription.objects.filter(pk=rows[0].pk).exists()


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_ended_at_once_it_is_in_one_state() -> None:
    row = ask()
    age(row, mailed_at=timedelta())
    row.refresh_from_db()

    def confirm() -> None:
        with suppress(ValidationError):  # it was ended first
            subscribing.confirm_subscription(subscription=row)

    race(confirm, lambda: subscribing.end_subscriptions(subscriber=row.subscriber))

    assert Subscription.objects.get().state == "unsubscribed"


@pytest.mark.parametrize(
    ("state", "other"), [("unsubscribed", "confirmed"), ("confirmed", "pending")]
)
def test_the_database_refuses_a_way_back(state: str, other: str) -> None:
    row = subscription_of()
    if state == "unsubscribed":
        subscribing.end_subscriptions(subscriber=row.subscriber)

    with pytest.raises(DatabaseError), transaction.atomic():
        Subscription.objects.update(state=other, ended_at=None, confirmed_at=None)


def test_followed_again_after_the_end_it_is_another_row() -> None:
    subscribing.end_subscriptions(subscriber=subscription_of().subscriber)

    again = subscription_of()

    assert again.state == "confirmed"
    assert Subscription.objects.count() == 2


def test_links_go_on_when_the_key_changes(settings: Settings) -> None:
    row = subscription_of()
    token = subscribing.manage_url(row.subscriber).rstrip("/").rpartition("/")[2]
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" * 6
    assert subscribing.subscriber_of(token) is None

    settings.SECRET_KEY_FALLBACKS = [old]

    assert subscribing.subscriber_of(token) == row.subscriber


def test_suppression_needs_a_reason_and_is_lifted_once() -> None:
    row, by = subscription_of().subscriber, UserFactory.create()
    with pytest.raises(ValidationError) as refusal:
        subscribing.suppress_subscriber(subscriber=row, reason=" ", by=by)
    assert refusal.value.code == "reason_missing"

    assert subscribing.suppress_subscriber(subscriber=row, reason="Phone.", by=by)
    assert not subscribing.suppress_subscriber(subscriber=row, reason="Again.", by=by)
    subscribing.lift_suppression(subscriber=row, by=by)
    with pytest.raises(ValidationError):
        subscribing.lift_suppression(subscriber=row, by=by)


# --- Forgetting


def test_what_was_never_confirmed_is_forgotten_with_its_address() -> None:
    row = ask()
    age(row, created_at=LONG_AGO)
    age(row.subscriber, created_at=LONG_AGO)
    subscription_of("other@client.example")

    subscribing.forget_subscribers()

    assert [s.email for s in Subscriber.objects.all()] == ["other@client.example"]
    assert Subscription.objects.get().state == "confirmed"


def test_a_month_after_the_end_nothing_of_an_address_is_left() -> None:
    row = subscription_of()
    announce(publish(BriefFactory.create(is_published=False)))
    subscribing.end_subscriptions(subscriber=row.subscriber)
    subscribing.forget_subscribers()
    assert reader()

    age(row, ended_at=LONG_AGO)
    age(row.subscriber, created_at=LONG_AGO)
    Message.objects.update(
        state="sent", sent_at=timezone.now(), private_url="", created_at=timezone.now() - LONG_AGO
    )
    subscribing.forget_subscribers()

    assert not Subscriber.objects.exists()
    assert not Notice.objects.exists()
    assert mails_to() == []


def test_of_a_suppressed_address_a_digest_stays_and_holds() -> None:
    row = subscription_of()
    subscribing.suppress_subscriber(subscriber=row.subscriber, reason="Bounced.")
    subscribing.end_subscriptions(subscriber=row.subscriber)
    age(row, ended_at=LONG_AGO)
    age(row.subscriber, created_at=LONG_AGO)

    subscribing.forget_subscribers()

    kept = Subscriber.objects.get()
    assert (kept.email, kept.email_digest) == (None, email_digest(READER))
    ask()
    kept.refresh_from_db()
    assert kept.suppressed_at is not None
    announce(publish(BriefFactory.create(is_published=False)))
    assert mails_to() == []
