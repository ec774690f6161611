"""The weekly mail: what each weekly reader was not told yet, once a week, and silence when there is nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from briefs import digests, publishing, subscribing
from briefs.models import Brief, Notice, Subscription
from jobs.models import Job
from mail.models import Message
from tests.briefs.facts import add_actor
from tests.briefs.subscribed import announce, mails_to, reader, run_all, subscription_of, told
from tests.factories import BriefFactory, UserFactory, publish
from tests.mail.making import run_delivery
from tests.racing import race

pytestmark = pytest.mark.django_db
READER = "reader@client.example"


def out(**fields: object) -> Brief:
    """A brief that has just come out and was announced."""
    brief = publish(BriefFactory.create(is_published=False, **fields))
    announce(brief)
    return brief


def weekly(email: str = READER, **wish: object) -> Subscription:
    return subscription_of(email, frequency="weekly", **wish)


def soon() -> datetime:
    return timezone.now() + timedelta(minutes=1)


def send(due: datetime | None = None) -> None:
    """Let workers send the digest that is due then."""
    digests._ask(due or soon())
    run_all("briefs.send_digest")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 3, 2, 6, 0, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),  # a Monday
        (datetime(2026, 3, 2, 5, 59, tzinfo=UTC), datetime(2026, 2, 23, 6, tzinfo=UTC)),
        (datetime(2026, 3, 8, 23, 0, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),
    ],
)
def test_when_it_is_due(now: datetime, due: datetime) -> None:
    assert digests.last_hour(now) == due


def test_the_house_sets_day_and_hour(settings: Settings) -> None:
    settings.DIGEST_WEEKDAY, settings.DIGEST_HOUR = 4, 15

    now = datetime(2026, 3, 6, 16, tzinfo=UTC)
    assert digests.last_hour(now) == datetime(2026, 3, 6, 15, tzinfo=UTC)


def test_it_is_asked_for_once_a_week() -> None:
    digests.ask_for_digest()
    digests.ask_for_digest()

    assert Job.objects.filter(kind="briefs.send_digest").count() == 1


def test_one_mail_holds_the_weeks_briefs_grouped_by_what_is_followed() -> None:
    weekly(country="ML")
    weekly(topic="fuel-supply")
    mali = out(title="A road in Mali", topics=["road-movement"])
    fuel = out(title="Fuel in Niger", topics=["fuel-supply"], countries=["NE"])
    both = out(title="Fuel in Mali", topics=["fuel-supply"])
    other = out(title="A port", topics=["ports"], countries=["TG"])

    send()

    (letter,) = mails_to()
    assert letter.subject == "The week’s briefs: 3 new"
    text = letter.text
    assert [text.count(f"{row.title}\n") for row in (mali, fuel, both, other)] == [1, 1, 1, 0]
    assert text.index("== Mali ==") < text.index("A road in Mali")
    assert "== Fuel supply ==" in text
    assert Notice.objects.count() == 3


def test_an_empty_week_is_silent() -> None:
    weekly(country="NE")
    out()

    send()

    assert not Message.objects.exists()


def test_twice_sends_once_and_the_next_week_only_what_is_new() -> None:
    weekly()
    first = out()
    send()
    Job.objects.filter(kind="briefs.send_digest").update(state="pending", done_at=None)
    run_all("briefs.send_digest")
    assert len(mails_to()) == 1

    second = out(title="A second one")
    send(soon() + timedelta(hours=2))

    _, letter = mails_to()
    assert "A second one" in letter.text
    assert first.title not in letter.text
    assert told(second) == [READER]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once() -> None:
    weekly()
    out()
    due = soon()

    race(*[lambda: digests.digest_batch(due=due, after=0)] * 3)

    assert len(mails_to()) == 1


def test_what_came_by_an_immediate_mail_is_not_told_again() -> None:
    row = subscription_of()
    out()
    subscribing.change_subscription(subscription=row, frequency="weekly")

    send()

    assert len(mails_to()) == 1


def test_what_came_out_before_the_subscription_is_not_told() -> None:
    out()
    weekly()

    send()

    assert mails_to() == []


def test_batches_go_on_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "BATCH", 2)
    for n in range(5):
        weekly(f"reader{n}@client.example")
    brief = out()

    send()

    assert len(told(brief)) == 5
    assert Job.objects.filter(kind="briefs.send_digest").count() == 3


def test_what_is_withdrawn_before_the_hour_is_left_out() -> None:
    weekly()
    gone, stays = out(title="Gone"), out(title="Stays")
    publishing.withdraw_brief(brief=gone, by=UserFactory.create(), reason="Wrong.")

    send()

    (letter,) = mails_to()
    assert "Stays" in letter.text
    assert "Gone" not in letter.text
    assert told(stays) == [READER]


def test_a_mail_that_holds_a_brief_withdrawn_since_does_not_leave() -> None:
    weekly()
    gone, stays = out(title="Gone"), out(title="Stays")
    send()
    (letter,) = mails_to()
    publishing.withdraw_brief(brief=gone, by=UserFactory.create(), reason="Wrong.")

    assert run_delivery(letter).state == "cancelled"
    run_all("briefs.digest_again")

    _, again = mails_to()
    assert "Stays" in again.text
    assert "Gone" not in again.text
    assert told(stays) == [READER]


def test_searches_and_actors_are_followed_weekly_too() -> None:
    other = BriefFactory.create()
    add_actor(other)
    weekly("a@client.example", q="happened -cocoa")
    weekly("b@client.example", actor="example-front")

    brief = out()
    send()

    assert told(brief) == ["a@client.example"]
    assert reader("b@client.example").notices.count() == 0
