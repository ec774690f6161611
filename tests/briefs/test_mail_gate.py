"""Whatever a brief is, was or will be: no mail tells readers of one that they cannot see."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.utils import timezone
from psycopg import sql

from briefs import digests, notifying
from briefs.models import Announcement, Brief, BriefStatus, Notice, Tlp
from mail import gates
from mail.models import Message
from tests.briefs.subscribed import run_all, subscription_of
from tests.factories import BriefFactory, publish

pytestmark = pytest.mark.django_db
TIMES = (None, None, -40, -3, -2, -1, 1, 5)  # hours from now


def scramble(brief: Brief, chance: Random) -> None:
    """Give a brief any status, marking and times, also those that no verb and no constraint would."""
    now = timezone.now()
    published, expires = (
        None if hours is None else now + timedelta(hours=hours)
        for hours in (chance.choice(TIMES), chance.choice(TIMES))
    )
    row = [
        chance.choice([*BriefStatus.values, *["published"] * 7]),
        chance.choice([*Tlp.values, *["clear"] * 7]),
        *(published, expires, brief.pk),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE briefs_brief SET status = %s, tlp = %s, published_at = %s, expires_at = %s WHERE id = %s",
            row,
        )


@pytest.fixture
def anything_goes(db: None) -> None:
    """The table of briefs without its constraints and triggers, for this test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE briefs_brief DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'briefs_brief'::regclass AND contype = 'c'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("ALTER TABLE briefs_brief DROP CONSTRAINT {}").format(sql.Identifier(name))
            )


def seen(brief: Brief) -> bool:
    """By the rule itself, written out: what readers may see of it now."""
    now = timezone.now()
    brief.refresh_from_db()
    return (
        (brief.status, brief.tlp) == ("published", "clear")
        and brief.published_at is not None
        and brief.published_at <= now
        and (brief.expires_at is None or brief.expires_at > now)
    )


@pytest.mark.parametrize("seed", range(3))
def test_no_mail_tells_of_what_readers_cannot_see(anything_goes: None, seed: int) -> None:
    chance = Random(seed)  # noqa: S311  # the same each time
    subscription_of("now@client.example")
    subscription_of("weekly@client.example", frequency="weekly")
    now = timezone.now()
    briefs = [
        publish(BriefFactory.create(is_published=False, title=f"Secret number {n:03}"))
        for n in range(12)
    ]
    for brief in briefs:
        if brief != briefs[0]:
            scramble(brief, chance)
        row = Announcement.objects.create(brief=brief, due_at=now, made_at=now)
        notifying.ask_for_batch(row)
    run_all("briefs.notify")
    digests.digest_batch(due=timezone.now(), after=0)

    visible = {brief.title for brief in briefs if seen(brief)}
    assert visible
    assert told_in(Message.objects.all()) == visible

    for brief in briefs:
        scramble(brief, chance)
    leaving = [message for message in Message.objects.all() if not gates.why_not(message, None)]

    assert told_in(leaving) <= {brief.title for brief in briefs if seen(brief)}
    assert Notice.objects.exists()


def told_in(messages: object) -> set[str]:
    """The titles that these mails hold."""
    texts = [m.subject + m.text + m.html for m in messages]  # type: ignore[attr-defined]
    titles = [f"Secret number {n:03}" for n in range(12)]
    return {title for title in titles if any(title in text for text in texts)}
