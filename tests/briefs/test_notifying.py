"""Telling readers: each brief to each address once, through the gate, in batches that may die and run twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from briefs import announcing, notifying, publishing, subscribing
from briefs.models import Announcement, Brief, Notice, Subscriber, Subscription
from jobs import ending, working
from jobs.models import Job
from mail.models import Message
from tests.briefs.facts import add_actor
from tests.briefs.subscribed import announce, mails_to, reader, run_all, subscription_of, told
from tests.factories import BriefFactory, UserFactory, publish
from tests.mail import mail_server
from tests.mail.mail_server import MailServer
from tests.mail.making import run_delivery, use_smtp
from tests.racing import race

pytestmark = pytest.mark.django_db
READER = "reader@client.example"


def draft(**fields: object) -> Brief:
    return BriefFactory.create(is_published=False, **fields)


def out(**fields: object) -> Brief:
    """A brief that has just come out and was announced."""
    brief = publish(draft(**fields))
    announce(brief)
    return brief


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        ({}, True),
        ({"country": "ML"}, True),
        ({"country": "NE"}, False),
        ({"topic": "road-movement"}, True),
        ({"topic": "fuel-supply"}, False),
        ({"actor": "example-front"}, True),
        ({"actor": "other-front"}, False),
        ({"country": "ML", "topic": "fuel-supply"}, False),
        ({"q": "convoy"}, True),
        ({"q": "convoy -diesel"}, False),
        ({"q": "cocoa"}, False),
        ({"q": "convoy", "country": "NE"}, False),
        ({"languages": ["en", "fr"]}, True),
        ({"languages": ["ar"]}, False),
    ],
)
def test_who_is_told(wish: dict[str, object], fits: bool) -> None:
    add_actor(BriefFactory.create(), "Other Front")
    brief = draft(body="<p>A fuel convoy with diesel was held.</p>")
    add_actor(brief)
    subscription_of(**wish)

    publish(brief)
    announce(brief)

    assert told(brief) == ([READER] if fits else [])
    assert len(mails_to()) == fits


def test_three_subscriptions_make_one_mail() -> None:
    subscription_of()
    subscription_of(country="ML")
    subscription_of(q="happened")

    brief = out()

    assert told(brief) == [READER]
    assert len(mails_to()) == 1


def test_weekly_pending_ended_and_suppressed_readers_are_not_told_at_once() -> None:
    subscription_of("weekly@client.example", frequency="weekly")
    subscribing.ask_for_subscription(
        email="pending@client.example",
        wish=subscribing.Wish(),
        language="en",
        frequency="immediate",
    )
    subscription_of("ended@client.example")
    subscribing.end_subscriptions(subscriber=reader("ended@client.example"))
    subscription_of("refused@client.example")
    subscribing.suppress_subscriber(subscriber=reader("refused@client.example"), reason="Bounced.")

    assert told(out()) == []
    assert not Message.objects.exists()


def test_the_mail_says_what_why_and_how_to_end_it() -> None:
    subscription_of(country="ML")
    brief = out(title="Trucks <held> at Kayes & Diboli")

    (message,) = mails_to()

    assert message.subject == "Trucks <held> at Kayes & Diboli"
    assert message.reference == brief.reference
    for part in (message.text, message.html):
        assert "What happened, in two sentences." in part
        assert "The road will be closed for more than a week." in part
        assert f"/briefs/{brief.slug}/" in part
        assert "Likely" in part
        assert "Mali" in part
        assert "https://private-link.invalid/unsubscribe/" in part
    assert "Trucks &lt;held&gt; at Kayes &amp; Diboli" in message.html
    assert message.private_url == subscribing.manage_url(reader())


def test_staff_see_how_many_were_told(client: Client) -> None:
    subscription_of()
    brief = out()
    client.force_login(UserFactory.create(is_staff=True, roles=["editor"]))

    page = client.get(f"/staff/briefs/brief/{brief.pk}/change/").content.decode()

    assert "Told to 1 subscriber by mail." in page
    assert READER not in page


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Se désabonner"), ("pt", "Cancelar"), ("ar", "إلغاء الاشتراك")]
)
def test_the_mail_speaks_the_readers_language(language: str, words: str) -> None:
    subscription_of(language=language)
    out()

    (message,) = mails_to()

    assert message.language == language
    assert words in message.text
    assert words in message.html
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in message.html


def test_a_batch_asks_for_the_next_and_twice_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notifying, "BATCH", 2)
    for n in range(5):
        subscription_of(f"reader{n}@client.example")
    brief = publish(draft())
    announcing.announce_brief(edition_id=brief.editions.get().pk)

    assert run_all("briefs.notify") == 3
    assert told(brief) == [f"reader{n}@client.example" for n in range(5)]

    Job.objects.filter(kind="briefs.notify").update(state="pending", done_at=None)
    run_all("briefs.notify")
    assert len(told(brief)) == Message.objects.count() == 5


def test_a_death_in_a_batch_loses_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    subscription_of()
    brief = publish(draft())
    announcing.announce_brief(edition_id=brief.editions.get().pk)
    job = Job.objects.get(kind="briefs.notify")
    with monkeypatch.context() as patch:
        patch.setattr(ending, "complete", lambda jobs: (_ for _ in ()).throw(RuntimeError))
        working.run_job(job.pk)
    assert told(brief) == []
    assert not Message.objects.exists()

    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    run_all("briefs.notify")

    assert told(brief) == [READER]
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once() -> None:
    subscription_of()
    brief = publish(draft())
    announcement = announcing.announce_brief(edition_id=brief.editions.get().pk)
    assert announcement

    race(*[lambda: notifying.notify_batch(announcement_id=announcement.pk, after=0)] * 3)

    assert told(brief) == [READER]
    assert Message.objects.count() == 1


def test_the_statements_of_a_batch_do_not_grow_with_readers() -> None:
    counts = []
    for size in (1, 4):
        Subscriber.objects.all().delete()
        for n in range(size):
            subscription_of(f"reader{n}@client.example", country="ML" if n % 2 else "")
            subscription_of(f"reader{n}@client.example", q="happened")
        brief = publish(draft())
        announcement = announcing.announce_brief(edition_id=brief.editions.get().pk)
        assert announcement
        with CaptureQueriesContext(connection) as queries:
            assert notifying.notify_batch(announcement_id=announcement.pk, after=0) == size
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_withdrawn_between_announcement_and_batch_nobody_is_told() -> None:
    subscription_of()
    brief = publish(draft())
    announcing.announce_brief(edition_id=brief.editions.get().pk)
    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Wrong town.")

    run_all("briefs.notify", "briefs.announce_withdrawal")

    assert not Message.objects.exists()


def test_a_brief_older_than_a_day_is_not_mailed() -> None:
    subscription_of()
    brief = publish(draft(), timezone.now() - timedelta(hours=25))

    announce(brief)

    assert Announcement.objects.get().is_mailed is False
    assert told(brief) == []


# --- In the moment before it leaves


@pytest.fixture
def server(settings: Settings) -> MailServer:
    with mail_server.running(MailServer()) as server:
        use_smtp(settings, server.port)
        yield server


def test_it_leaves_with_the_headers_of_a_list(server: MailServer) -> None:
    subscription_of(country="ML")
    out()
    (message,) = mails_to()

    assert run_delivery(message).state == "sent"

    (mail,) = server.messages
    link = subscribing.manage_url(reader())
    assert mail["List-Unsubscribe"].strip() == f"<{link}unsubscribe/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"].startswith("Derisk briefs <briefs.")
    assert (mail["Precedence"], mail["Auto-Submitted"]) == ("list", "auto-generated")
    assert mail["To"] == READER
    for part in mail.iter_parts():
        assert f"{link}unsubscribe/" in part.get_content()
        assert "private-link.invalid" not in part.get_content()
    assert "<img" not in message.html


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("withdraw", "Readers can no longer see what it tells of."),
        ("archive", "Readers can no longer see what it tells of."),
        ("expire", "Readers can no longer see what it tells of."),
        ("end", "The reader has ended the subscription."),
        ("suppress", "The address is suppressed or forgotten."),
    ],
)
def test_what_is_no_longer_wanted_does_not_leave(
    server: MailServer, what: str, reason: str
) -> None:
    subscription_of()
    brief = out()
    (message,) = mails_to()
    by = UserFactory.create()
    if what == "withdraw":
        publishing.withdraw_brief(brief=brief, by=by, reason="Wrong town.")
    elif what == "archive":
        publishing.archive_brief(brief=brief, by=by)
    elif what == "expire":
        Brief.objects.filter(pk=brief.pk).update(
            expires_at=timezone.now() - timedelta(microseconds=1)
        )
    elif what == "end":
        subscribing.end_subscriptions(subscriber=reader())
    else:
        subscribing.suppress_subscriber(subscriber=reader(), reason="Asked by phone.", by=by)

    run_delivery(message)

    assert (message.state, message.error, message.private_url) == ("cancelled", reason, "")
    assert server.messages == []


def test_an_address_refused_for_good_is_suppressed(server: MailServer) -> None:
    subscription_of()
    out()
    server.rcpt = ["550 5.1.1 No such user"]

    assert run_delivery(mails_to()[0]).state == "refused"
    run_all("briefs.suppress_unreachable")

    row = reader()
    assert row.suppressed_at is not None
    assert row.suppression_reason == "The mail server refused the address (550 5.1.1)"
    out()
    assert len(mails_to()) == 1


@pytest.mark.parametrize("answer", ["rcpt 450 later", "data 554 looks like spam"])
def test_another_refusal_suppresses_nobody(server: MailServer, answer: str) -> None:
    subscription_of()
    out()
    where, _, text = answer.partition(" ")
    setattr(server, where, [text])

    run_delivery(mails_to()[0])

    assert run_all("briefs.suppress_unreachable") == 0
    assert reader().suppressed_at is None


# --- Corrections and withdrawals


def correct(brief: Brief, kind: str) -> None:
    publishing.correct_brief(
        brief=brief, by=UserFactory.create(), kind=kind, text="It was Kayes, not Gao."
    )
    run_all("briefs.announce_correction", "briefs.notify")


def mark_sent() -> None:
    """As if the mail server had taken everything."""
    Message.objects.update(state="sent", sent_at=timezone.now(), private_url="")


def test_who_was_mailed_a_brief_is_told_what_was_wrong_once() -> None:
    subscription_of()
    brief = out()
    mark_sent()
    subscription_of("later@client.example")

    correct(brief, "factual")
    Job.objects.filter(kind="briefs.announce_correction").update(state="pending", done_at=None)
    run_all("briefs.announce_correction", "briefs.notify")

    _, letter = mails_to()
    assert "It was Kayes, not Gao." in letter.text
    assert letter.subject == f"Corrected: {brief.title}"
    assert mails_to("later@client.example") == []


@pytest.mark.parametrize("kind", ["clarification", "update"])
def test_what_was_not_wrong_is_not_mailed(kind: str) -> None:
    subscription_of()
    brief = out()
    mark_sent()

    correct(brief, kind)

    assert len(mails_to()) == 1


def test_who_ended_the_subscription_is_not_told_of_a_correction() -> None:
    subscription_of()
    brief = out()
    mark_sent()
    subscribing.end_subscriptions(subscriber=reader())

    correct(brief, "factual")

    assert len(mails_to()) == 1


def test_a_withdrawal_is_told_with_its_reason() -> None:
    subscription_of()
    brief = out()
    mark_sent()

    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="The source lied.")
    run_all("briefs.announce_withdrawal", "briefs.notify")

    _, letter = mails_to()
    assert "The source lied." in letter.text
    assert letter.subject == f"Withdrawn: {brief.reference}"
    assert brief.title not in letter.text
    assert Notice.objects.count() == 2


def test_what_never_left_needs_no_withdrawal() -> None:
    subscription_of()
    brief = out()

    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="The source lied.")
    run_all("briefs.announce_withdrawal", "briefs.notify")

    assert len(mails_to()) == 1
    assert Subscription.objects.confirmed().count() == 1
