"""What comes up, day by day, and hours in the time zone of whoever looks, across a change of clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from briefs import publishing
from briefs.agenda import What, agenda
from briefs.models import Brief, Judgement
from tests.briefs.facts import add_judgement
from tests.briefs.workflow import bring_to
from tests.factories import BriefFactory, UserFactory, approve

pytestmark = pytest.mark.django_db
CALENDAR = "/staff/briefs/brief/calendar/"
# The Thursday before Europe's clocks go forward, on 29 March 2026 at 01:00 UTC.
NOW = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def in_paris(client: Client, role: str = "publisher") -> User:
    user = UserFactory.create(roles=[role], time_zone="Europe/Paris")
    client.force_login(user)
    return user


def scheduled(moment: datetime, **fields: object) -> Brief:
    brief = BriefFactory.create(is_published=False, **fields)
    brief.judgements.update(horizon_on=moment.date() + timedelta(days=60))
    brief = approve(brief)
    return publishing.publish_brief(brief=brief, by=UserFactory.create(), published_at=moment)


def verb(brief: Brief, name: str) -> str:
    return reverse("admin:briefs_brief_verb", args=[brief.pk, name])


def test_each_sort_stands_on_its_day(client: Client) -> None:
    out = scheduled(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), title="Goes out")
    ends = BriefFactory.create(title="Ends")
    publishing.expire_brief(brief=ends, by=ends.created_by, expires_at=NOW + timedelta(days=3))
    late = bring_to(BriefFactory.create(is_published=False, title="Late"), "in_review")
    Brief.objects.filter(pk=late.pk).update(due_on=date(2026, 3, 20))
    judged = BriefFactory.create(title="Judged").judgements.get()

    found = agenda(NOW)

    assert [(item.what, item.brief) for item in found.late] == [(What.REVIEW, late)]
    coming = {(item.what, item.brief.pk) for item in found.coming}
    assert (What.GOES_OUT, out.pk) in coming
    assert (What.ENDS, ends.pk) in coming
    assert (What.JUDGEMENT, judged.brief_id) in coming
    in_paris(client)
    page = client.get(CALENDAR).content.decode()
    # 23:30 UTC is the next day in Paris.
    assert "Sunday, 29 March 2026" in page
    assert "29 March 2026, 00:30 Europe/Paris (28 March 2026, 23:30 UTC)" in page
    assert "29 March 2026, 11:00 Europe/Paris (09:00 UTC)" in page
    assert "Overdue: 1" in page


def test_what_is_over_far_off_or_not_public_is_left_out() -> None:
    scheduled(NOW + timedelta(days=31))
    BriefFactory.create(is_published=False)
    told = BriefFactory.create(created_by=UserFactory.create()).judgements.get()
    Judgement.objects.filter(pk=told.pk).update(
        outcome="occurred", resolved_at=NOW, resolved_by=UserFactory.create()
    )

    found = agenda(NOW)

    assert (found.late, found.coming) == ([], [])


def test_of_much_that_is_overdue_the_oldest_is_shown_and_the_rest_linked(client: Client) -> None:
    brief = BriefFactory.create()
    for day in range(1, 23):
        add_judgement(brief, day + 1, horizon_on=date(2026, 2, day))
    soon = add_judgement(brief, 30, horizon_on=date(2026, 4, 1))
    in_paris(client)

    found = agenda(NOW)

    assert [item.on.day for item in found.late] == list(range(1, 21))
    assert found.more_late == {What.JUDGEMENT}
    assert soon.pk in [item.judgement_id for item in found.coming]
    page = client.get(CALENDAR).content.decode()
    assert "Overdue: 20 and more" in page
    assert '<a href="/staff/briefs/judgement/?state=due">' in page
    listed = client.get("/staff/briefs/judgement/?state=due").context["cl"].result_list
    assert len(listed) == 22


def test_empty_calendar_says_so(client: Client) -> None:
    in_paris(client)

    page = client.get(CALENDAR).content.decode()

    assert "Nothing goes out, ends or falls due in the next 30 days." in page
    assert "Overdue" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_calendar_takes_few_statements_whatever_the_number(
    client: Client, count: int, django_assert_max_num_queries
) -> None:
    for hour in range(count):
        scheduled(NOW + timedelta(hours=hour + 1))
        BriefFactory.create()
    in_paris(client)

    with django_assert_max_num_queries(10):
        assert client.get(CALENDAR).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [("analyst", 200), ("publisher", 200), ("adviser", 200), ("auditor", 200)],
)
def test_who_may_read_briefs_may_look(client: Client, role: str, status: int) -> None:
    in_paris(client, role)

    assert client.get(CALENDAR).status_code == status


def test_stranger_and_staff_without_a_role_may_not(client: Client) -> None:
    assert client.get(CALENDAR)["Location"].startswith("/staff/login/")
    client.force_login(UserFactory.create())

    assert client.get(CALENDAR).status_code == 403


def test_side_bar_leads_there_and_marks_it_alone(client: Client) -> None:
    in_paris(client)
    groups = client.get(CALENDAR).context["sidebar_navigation"]

    active = [line["title"] for group in groups for line in group["items"] if line["active"]]

    assert active == ["Calendar"]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-03-28T10:00", datetime(2026, 3, 28, 9, 0, tzinfo=UTC)),
        ("2026-03-29T10:00", datetime(2026, 3, 29, 8, 0, tzinfo=UTC)),
    ],
)
def test_schedule_before_and_after_the_clocks_change(
    client: Client, typed: str, moment: datetime
) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")
    in_paris(client)

    client.post(verb(brief, "schedule"), {"published_at": typed, "zone": "Europe/Paris"})

    brief.refresh_from_db()
    assert brief.published_at == moment
    told = f"{moment.day} March 2026, 10:00 Europe/Paris ({moment:%H:%M} UTC)"
    assert (
        f"Scheduled for {told}"
        in client.get(f"/staff/briefs/brief/{brief.pk}/change/").content.decode()
    )
    assert told in client.get("/staff/briefs/brief/").content.decode()
    assert told in client.get(CALENDAR).content.decode()


def test_hour_that_does_not_exist_is_refused_beside_its_field_and_kept(client: Client) -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "approved")
    in_paris(client)
    typed = {"published_at": "2026-03-29T02:30", "zone": "Europe/Paris"}

    response = client.post(verb(brief, "schedule"), typed)

    assert response.status_code == 400
    page = response.content.decode()
    assert "02:30 does not exist on that day. Write 01:30 or 03:30." in page
    assert 'value="2026-03-29T02:30"' in page
    assert Brief.objects.get().status == "approved"


def test_form_for_an_end_says_what_is_set_in_both_zones(client: Client) -> None:
    brief = BriefFactory.create()
    publishing.expire_brief(brief=brief, by=brief.created_by, expires_at=NOW + timedelta(days=4))
    in_paris(client)

    page = client.get(verb(brief, "expire")).content.decode()

    assert "It is now 26 March 2026, 10:00 Europe/Paris (09:00 UTC)." in page
    assert (
        "Readers see it until, as it stands: 30 March 2026, 11:00 Europe/Paris (09:00 UTC)." in page
    )
    assert 'value="2026-03-30T11:00"' in page


def test_end_that_comes_twice_changes_nothing(client: Client) -> None:
    brief = BriefFactory.create()
    in_paris(client)

    response = client.post(
        verb(brief, "expire"), {"expires_at": "2026-10-25T02:30", "zone": "Europe/Paris"}
    )

    assert response.status_code == 400
    assert "02:30 comes twice on that day, at 00:30 and at 01:30 UTC." in response.content.decode()
    assert Brief.objects.get().expires_at is None
