from datetime import timedelta

import pytest
from django.utils import timezone

from intake import alerting, measuring, routing, watching
from intake.models import Alert, Lead
from jobs.models import Heartbeat, Job, beat
from mail.models import Message
from tests import factories, racing
from tests.intake.clockwork import HOUR, ticking

# Due jobs, dead ones, heartbeats, leads, holds, left behind, routing, deadlines, missed, lists, messages, unsent.
STATEMENTS = 12

START = timezone.now()


def over(measures=None) -> list[str]:
    found = watching.readings(measures or measuring.measure())
    return [one.name for one in found if one.is_over]


@pytest.fixture
def working(db):
    """Worker and sweep have just shown that they work."""
    beat("worker")
    beat("sweep")


def job(**fields) -> Job:
    number = Job.objects.count()
    return Job.objects.create(kind="mail.deliver", key=f"k{number}", subject_id=1, **fields)


def test_a_quiet_house_has_nothing_to_say(working):
    assert over() == []


def test_each_thing_that_is_too_old_or_too_many_is_found(db):
    now = timezone.now()
    job(run_at=now - 2 * HOUR)
    job(state="dead")
    Heartbeat.objects.create(name="sweep", beaten_at=now - HOUR)
    Lead.objects.filter(pk=factories.new_lead().pk).update(created_at=now - HOUR)
    held = factories.lead_of(status="quarantined")
    Lead.objects.filter(pk=held.pk).update(created_at=now - 30 * HOUR)
    ticking(factories.lead_of(), now - 25 * HOUR)
    common = {
        "template": "t",
        "language": "en",
        "to_email": "a@b.example",
        "subject": "",
        "text": "",
        "html": "",
    }
    Message.objects.create(key="a", state="failed", **common)
    waiting = Message.objects.create(key="b", **common)
    Message.objects.filter(pk=waiting.pk).update(created_at=now - HOUR)

    assert over() == [
        "unrouted", "quarantined", "overdue", "overdue_longest", "deadline_sweep", "queue", "dead_jobs", "unsent",
        "failed", "silent_sweep", "silent_worker",
    ]  # fmt: skip


def test_open_leads_of_who_may_not_log_in_any_more_are_found(working):
    gone = factories.AdviserFactory()
    for status in ("routed", "proposal", "won"):
        factories.lead_of(gone, status=status)
    factories.lead_of()
    assert over() == []

    gone.user.is_active = False
    gone.user.save()

    assert (over(), measuring.measure().left_behind) == (["left_behind"], 2)


def test_leads_are_counted_by_age_and_deadlines_by_stage(db):
    now = timezone.now()
    for age in (0, 5, 90, 2000):
        lead = factories.new_lead()
        Lead.objects.filter(pk=lead.pk).update(created_at=now - timedelta(minutes=age))
    ticking(lead, now + HOUR, started_at=now - HOUR)
    ticking(factories.lead_of(status="qualified"), now - HOUR, "proposal")

    measures = measuring.measure(now + timedelta(seconds=1))

    assert measures.unrouted == {"60": 1, "600": 2, "3600": 2, "86400": 3, "any": 4}
    assert measures.stages["first_answer"] == measuring.StageCount(1, 1, 0, 0)
    assert measures.stages["proposal"] == measuring.StageCount(1, 0, 1, 0)


def test_the_time_to_route_is_that_of_the_last_hour(db):
    factories.DeskFactory()
    factories.AdviserFactory()
    lead = factories.new_lead()
    routing.route_lead(lead_id=lead.pk)
    Lead.objects.filter(pk=lead.pk).update(created_at=lead.created_at - timedelta(seconds=90))

    measures = measuring.measure()

    assert measures.routed == 1
    assert 90 <= measures.time_to_route["1"] < 120
    assert measuring.measure(timezone.now() + 2 * HOUR).routed == 0


@pytest.mark.parametrize("count", [1, 3])
def test_counting_costs_as_many_statements_whatever_there_is(
    working, count, django_assert_max_num_queries
):
    for _ in range(count):
        ticking(factories.lead_of(), timezone.now() - HOUR)
        job()

    with django_assert_max_num_queries(STATEMENTS):
        measuring.measure()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 s"), (119, "119 s"), (600, "10 min"), (7200, "2 h"), (12_060, "3 h 21 min"), (190_800, "2 d 5 h"),
     (float("inf"), "never")],
)  # fmt: skip
def test_ages_in_words(seconds, words):
    assert watching.in_words(seconds) == words


# --- Alerts


@pytest.fixture
def lead(working):
    """Who leads desks, in a house whose processes go on working."""
    Heartbeat.objects.update(beaten_at=timezone.now() + HOUR)
    return factories.UserFactory(full_name="Lindiwe", roles=["desk lead"])


def subjects() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("subject", flat=True))


def watch(minutes: int, *, is_there: bool) -> tuple[int, int]:
    """Look so many minutes from now, while there is a dead job or none; what waits is done by then."""
    Job.objects.all().delete()
    if is_there:
        job(state="dead")
    return alerting.watch_house(now=START + timedelta(minutes=minutes))


def test_a_desk_lead_is_told_once_when_it_begins_and_once_when_it_is_over(lead):
    results = [watch(minutes, is_there=minutes < 4) for minutes in (0, 2, 4, 11, 13, 15)]

    assert results == [(1, 0), (0, 0), (0, 0), (0, 0), (0, 1), (0, 0)]
    text = "Jobs failed for good: 1 (limit 0)"
    assert subjects() == [f"Over its limit: {text}", f"Back to normal; was: {text}"]
    assert set(Message.objects.values_list("to_name", flat=True)) == {"Lindiwe"}
    assert "It lasted 2 min" in Message.objects.latest("pk").text


def test_what_comes_back_later_is_another_alert(lead):
    for minutes, is_there in ((0, True), (5, False), (11, False), (20, True)):
        watch(minutes, is_there=is_there)

    assert [alert.ended_at is None for alert in Alert.objects.order_by("pk")] == [False, True]
    assert len(subjects()) == 3


def test_an_overdue_deadline_has_its_own_mails_and_no_alert(lead):
    ticking(factories.lead_of(), timezone.now() - HOUR, next_look_at=None)

    assert "overdue" in over()
    assert alerting.watch_house() == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_once():
    factories.UserFactory(roles=["desk lead"])
    beat("worker")
    beat("sweep")
    job(state="dead")

    racing.race(alerting.watch_house, alerting.watch_house)

    assert Alert.objects.count() == 1
    assert len(subjects()) == 1
