"""Announcing: once, at its hour, late if need be and saying so; never what readers cannot see."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefs import announcing, publishing
from briefs.models import Announcement, Brief, Edition
from jobs import ending, working
from jobs.kinds import JobError
from jobs.models import Job
from tests.factories import BriefFactory, UserFactory, approve, publish
from tests.racing import race

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def draft(**fields: object) -> Brief:
    return BriefFactory.create(is_published=False, **fields)


def job_of(brief: Brief) -> Job:
    """The newest job that announces this brief."""
    editions = Edition.objects.filter(brief=brief).values("pk")
    return Job.objects.filter(kind="briefs.announce", subject_id__in=editions).latest("pk")


def run(brief: Brief, later: timedelta | None = None) -> Brief:
    """Let a worker do that job; `later` than its publication, by moving the publication back."""
    if later:
        bring_back(brief, later)
    job = job_of(brief)
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now() - timedelta(seconds=1))
    working.run_job(job.pk)
    brief.refresh_from_db()
    return brief


def bring_back(brief: Brief, later: timedelta) -> None:
    """As if everything about its publication had happened so much earlier; triggers would refuse, so they rest."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE briefs_brief SET published_at = published_at - %(by)s, data_cutoff = data_cutoff - %(by)s"
            " WHERE id = %(id)s",
            row := {"by": later, "id": brief.pk},
        )
        cursor.execute(
            "UPDATE briefs_edition SET published_at = published_at - %(by)s WHERE brief_id = %(id)s",
            row,
        )
        cursor.execute(
            "UPDATE briefs_move SET moved_at = moved_at - %(by)s WHERE brief_id = %(id)s", row
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_published_brief_is_announced_once() -> None:
    brief = publish(draft())

    run(brief)

    announcement = Announcement.objects.get()
    assert announcement.brief == brief
    assert announcement.made_at == brief.announced_at
    assert (announcement.is_late, announcement.is_mailed) == (False, True)
    assert job_of(brief).state == "done"


def test_a_brief_ahead_has_its_job_at_its_hour() -> None:
    moment = timezone.now() + HOUR

    brief = publish(draft(), moment)

    job = job_of(brief)
    assert (job.run_at, job.state) == (moment, "pending")
    assert not working.run_job(job.pk)


def test_before_its_hour_by_our_clock_it_waits_for_the_next_try() -> None:
    brief = publish(draft(), timezone.now() + HOUR)

    with pytest.raises(JobError):
        announcing.announce_brief(edition_id=brief.editions.get().pk)
    run(brief)

    assert job_of(brief).state == "pending"
    assert not Announcement.objects.exists()


def test_twice_announces_once() -> None:
    brief = publish(draft())
    edition = brief.editions.get().pk

    assert announcing.announce_brief(edition_id=edition) is not None
    assert announcing.announce_brief(edition_id=edition) is None

    assert Announcement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_announce_once() -> None:
    brief = publish(draft())
    edition = brief.editions.get().pk

    made = race(*[lambda: announcing.announce_brief(edition_id=edition)] * 3)

    assert sum(row is not None for row in made) == 1
    assert Announcement.objects.count() == 1


def test_a_death_before_the_end_leaves_nothing_and_the_next_try_announces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brief = publish(draft())
    with monkeypatch.context() as patch:
        patch.setattr(ending, "complete", lambda jobs: (_ for _ in ()).throw(RuntimeError))
        run(brief)
    assert brief.announced_at is None
    assert not Announcement.objects.exists()

    run(brief)

    assert Announcement.objects.count() == 1
    assert brief.announced_at is not None


def test_called_back_it_announces_nothing() -> None:
    brief = publish(draft(), timezone.now() + HOUR)
    job = job_of(brief)
    publishing.unschedule_brief(brief=brief, by=UserFactory.create())

    Job.objects.filter(pk=job.pk).update(run_at=timezone.now() - HOUR)
    working.run_job(job.pk)

    job.refresh_from_db()
    assert job.state == "done"
    assert not Announcement.objects.exists()


def test_scheduled_anew_it_is_announced_at_the_new_hour_only() -> None:
    brief = publish(draft(), timezone.now() + HOUR)
    first = job_of(brief)
    by = UserFactory.create()
    publishing.unschedule_brief(brief=brief, by=by)
    moment = timezone.now() + 2 * HOUR
    publishing.publish_brief(brief=brief, by=by, published_at=moment)
    Job.objects.filter(pk=first.pk).update(run_at=timezone.now() - HOUR)

    working.run_job(first.pk)

    assert not Announcement.objects.exists()
    assert job_of(brief).run_at == moment
    run(brief, later=2 * HOUR)
    assert Announcement.objects.get().brief == brief


def test_withdrawn_before_the_job_it_announces_nothing() -> None:
    brief = publish(draft())
    publishing.withdraw_brief(brief=brief, by=UserFactory.create(), reason="Wrong town.")

    run(brief)

    assert brief.announced_at is None
    assert not Announcement.objects.exists()
    assert job_of(brief).state == "done"


def test_late_it_says_so(client: Client) -> None:
    brief = run(publish(draft()), later=3 * HOUR)

    announcement = Announcement.objects.get()
    assert (announcement.is_late, announcement.is_mailed) == (True, True)
    client.force_login(UserFactory.create(is_staff=True, roles=["publisher"]))
    page = client.get(reverse("admin:briefs_brief_change", args=[brief.pk])).content.decode()
    assert "3\N{NO-BREAK SPACE}hours late" in page
    assert "Not mailed" not in page


def test_out_for_more_than_a_day_it_is_noted_and_not_mailed(client: Client) -> None:
    brief = run(publish(draft()), later=25 * HOUR)

    assert brief.announced_at is not None
    assert not Announcement.objects.get().is_mailed
    client.force_login(UserFactory.create(is_staff=True, roles=["analyst"]))
    page = client.get(reverse("admin:briefs_brief_change", args=[brief.pk])).content.decode()
    assert "Not mailed to subscribers" in page


def test_an_hour_past_that_staff_chose_is_not_late_but_old() -> None:
    brief = run(publish(draft(), timezone.now() - timedelta(days=1, hours=2)))

    announcement = Announcement.objects.get()
    assert (announcement.is_late, announcement.is_mailed) == (False, False)
    assert brief.announced_at is not None


def test_an_announcement_is_never_changed() -> None:
    run(publish(draft()))

    with pytest.raises(DatabaseError), transaction.atomic():
        Announcement.objects.update(made_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Announcement.objects.all().delete()


# --- The net


def test_the_net_asks_for_what_was_lost() -> None:
    brief = publish(draft())
    Job.objects.all().delete()
    bring_back(brief, timedelta(minutes=10))

    assert announcing.announce_missed() == 1
    assert announcing.announce_missed() == 1  # the same job: asked for twice it stays one
    assert Job.objects.count() == 1

    run(brief)
    assert Announcement.objects.get().is_late
    assert announcing.announce_missed() == 0


def test_the_net_asks_ahead_at_the_hour() -> None:
    moment = timezone.now() + timedelta(minutes=20)
    brief = publish(draft(), moment)
    Job.objects.all().delete()

    assert announcing.announce_missed() == 1

    assert job_of(brief).run_at == moment


def test_the_net_leaves_what_is_far_fresh_or_not_public() -> None:
    publish(draft())
    publish(draft(), timezone.now() + 2 * HOUR)
    approve(draft())
    withdrawn = publish(draft())
    bring_back(withdrawn, HOUR)
    publishing.withdraw_brief(brief=withdrawn, by=UserFactory.create(), reason="Wrong town.")

    assert announcing.announce_missed() == 0
