import uuid
from datetime import timedelta

import pytest

from intake import covering, escalating, policies, presence
from intake.models import Activity, Adviser, Deadline, DeadlineNotice, Lead
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.clockwork import HOUR, NOW, owned, policy, ticking

SATURDAY = NOW + timedelta(days=2, hours=1)
AWAY = {"starts_on": NOW.date() - timedelta(days=3), "ends_on": NOW.date() + timedelta(days=16)}


@pytest.fixture
def house(db):
    """A desk whose fallback owner is Fatou, and Lindiwe, who leads desks."""
    factories.DeskFactory(fallback_owner__user__full_name="Fatou")
    return factories.UserFactory(full_name="Lindiwe", roles=["desk lead"])


def sweep(at=NOW) -> int:
    return escalating.watch_deadlines(now=at)


def told() -> list[tuple[str, str]]:
    """To whom and about what, in the order in which they were told."""
    rows = Message.objects.filter(template="intake/mail/deadlines").order_by("pk")
    return [(row.to_name, row.subject.partition(":")[0]) for row in rows]


def away(lead: Lead) -> None:
    lead.owner.absences.create(**AWAY)


def test_the_owner_is_reminded_once_and_told_nothing_that_the_client_wrote(house):
    lead = owned(needs="Zanzibar", full_name="Aïcha Example", organisation="Quixotic")
    deadline = ticking(lead, NOW + HOUR)

    assert [sweep(), sweep(), sweep(NOW + HOUR / 2)] == [1, 0, 0]

    deadline.refresh_from_db()
    assert (deadline.state, deadline.next_look_at) == ("warned", deadline.due_at)
    message = Message.objects.get()
    assert (message.to_name, message.reference) == ("Awa", lead.reference)
    assert message.subject == f"Due soon: first answer, {lead.reference}"
    everything = message.subject + message.text + message.html
    assert not [w for w in ("Zanzibar", "Aïcha", "Quixotic") if w in everything]
    assert deadline.changes.get().kind == "warned"


def test_once_missed_it_goes_up_level_by_level_and_each_is_told_once(house):
    deadline = ticking(owned(), NOW - HOUR / 60)
    policy(escalate_every=60, warn_before=30)

    for hours in range(6):
        sweep(NOW + hours * HOUR)

    assert told() == [("Awa", "Overdue"), ("Fatou", "Overdue"), ("Lindiwe", "Overdue")]
    deadline.refresh_from_db()
    assert (deadline.state, deadline.next_look_at) == ("missed", None)
    assert Activity.objects.get(kind="deadline_missed").by is None
    assert [notice.rung for notice in deadline.notices.order_by("pk")] == [0, 2, 3]


def test_of_a_lead_of_another_desk_its_fallback_owner_is_told(house):
    sahel = factories.DeskFactory(is_default=False, fallback_owner__user__full_name="Seydou")
    lead, other = owned(), owned("Bruno")
    for desk in (None, sahel):
        lead.routing_decisions.create(
            chosen=lead.owner, desk=desk, reason="", engine="x", inputs={}, candidates=[]
        )
    for one in (lead, other):
        away(one)
        ticking(one, NOW - HOUR)

    sweep()

    assert sorted(told()) == [("Fatou", "Overdue"), ("Seydou", "Overdue")]


def test_who_is_away_is_passed_over(house):
    lead = owned()
    away(lead)
    ticking(lead, NOW + HOUR)

    sweep()
    sweep(NOW + 2 * HOUR)

    assert told() == [("Fatou", "Due soon"), ("Fatou", "Overdue")]


def test_nobody_is_told_at_night_and_nothing_is_skipped_for_it(house):
    deadline = ticking(owned(), SATURDAY - HOUR)

    sweep(SATURDAY)
    deadline.refresh_from_db()
    assert (deadline.state, deadline.step, told()) == ("missed", 0, [])
    assert deadline.next_look_at == SATURDAY + HOUR / 4

    sweep(NOW + timedelta(days=3, hours=23))  # Monday at nine

    assert told() == [("Awa", "Overdue")]


def test_round_the_clock_tells_on_a_saturday_too(house):
    deadline = ticking(owned(), SATURDAY - HOUR)
    policy(clock="always")

    sweep(SATURDAY)

    deadline.refresh_from_db()
    assert told() == [("Awa", "Overdue")]
    assert deadline.next_look_at == SATURDAY + timedelta(minutes=120)


def test_a_lead_without_an_owner_goes_to_the_desk(house):
    ticking(factories.new_lead(), NOW - HOUR)

    sweep()

    assert told() == [("Fatou", "Overdue")]
    assert "With nobody yet." in Message.objects.get().text


def test_a_sweep_that_comes_days_late_tells_each_person_once(house):
    """Reminder, end and every level have passed meanwhile: one mail with all of them, the next level an hour later."""
    adviser = factories.AdviserFactory(user__full_name="Awa")
    references = [
        ticking(factories.lead_of(adviser), NOW - days * 24 * HOUR).lead.reference
        for days in (1, 2, 3)
    ]

    sweep()
    sweep(NOW + HOUR / 60)

    message = Message.objects.get()
    assert (message.to_name, message.subject) == ("Awa", "Deadlines: 3 overdue")
    assert [message.text.index(reference) for reference in reversed(references)] == sorted(
        message.text.index(reference) for reference in references
    )
    assert DeadlineNotice.objects.count() == 3


def test_a_new_promise_is_reminded_of_anew(house):
    deadline = ticking(owned(), NOW + HOUR)
    sweep()
    due = NOW + 3 * HOUR
    Deadline.objects.update(state="open", due_at=due, warn_at=NOW + HOUR, next_look_at=NOW + HOUR)

    sweep(NOW + HOUR)

    assert told() == [("Awa", "Due soon")] * 2
    assert set(deadline.notices.values_list("due_at", flat=True)) == {NOW + HOUR, due}


def test_a_paused_or_ended_one_is_left_alone(house):
    ticking(owned(), NOW - HOUR, paused_at=NOW, time_left=HOUR, next_look_at=None)
    ticking(owned(), NOW - HOUR, state="met", ended_at=NOW, next_look_at=None)

    assert sweep() == 0


def test_more_than_a_batch_asks_for_the_next_run(house, monkeypatch):
    monkeypatch.setattr(escalating, "BATCH", 2)
    for _ in range(3):
        ticking(owned(), NOW - HOUR)

    assert [sweep(), sweep()] == [2, 1]
    assert Job.objects.filter(kind="intake.watch_deadlines").count() == 1


def test_statements_do_not_grow_with_the_number_of_deadlines_but_for_their_own_rows(
    house, django_assert_max_num_queries
):
    adviser = factories.AdviserFactory()
    for _ in range(5):
        ticking(factories.lead_of(adviser), NOW + HOUR)

    with django_assert_max_num_queries(12 + 3 * 5):
        sweep()


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once():
    deadline = ticking(owned(), NOW - HOUR)

    counts = racing.race(sweep, sweep)

    assert sorted(counts) in ([0, 1], [1, 0])
    assert deadline.notices.count() == Message.objects.count() == 1


# --- Mending


def test_what_a_lost_job_left_behind_is_asked_for(house):
    bare = factories.lead_of()
    other = ticking(owned(), NOW).lead
    Deadline.objects.update(adviser=factories.AdviserFactory())
    ticking(owned(), NOW)  # as it should be
    old = factories.lead_of()
    Lead.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=2000))
    Job.objects.update(state="done", done_at=NOW)

    assert escalating.mend_deadlines() == 2

    asked = Job.objects.filter(kind="intake.keep_deadline").order_by("subject_id")
    assert [job.subject_id for job in asked] == [bare.pk, other.pk]


@pytest.mark.parametrize(
    ("state", "asked"), [("pending", 0), ("leased", 0), ("dead", 1), ("done", 1)]
)
def test_what_a_job_is_still_to_do_is_not_asked_for_again(house, state, asked):
    policies.current()
    lead = factories.lead_of()
    leased = {"lease_token": uuid.uuid4(), "lease_until": NOW} if state == "leased" else {}
    done = {"done_at": NOW} if state == "done" else {}
    acknowledging = Job.objects.filter(kind="intake.acknowledge", subject_id=lead.pk)
    acknowledging.update(state=state, **leased, **done)

    assert escalating.mend_deadlines() == asked
    assert escalating.mend_deadlines() == 0  # it waits now, if it was asked for


def test_desk_leads_are_those_who_may_give_leads_away(house):
    factories.UserFactory(roles=["desk lead"], is_active=False)
    factories.UserFactory(roles=["adviser"])
    factories.UserFactory(is_superuser=True)

    assert list(presence.desk_leads()) == [house]


def test_who_stands_in_for_the_owner_is_told_before_the_desk(house):
    lead = owned()
    cover = factories.AdviserFactory(user__full_name="Bruno")
    lead.owner.absences.create(**AWAY, delegate=cover, policy="cover")
    ticking(lead, NOW - HOUR)
    covering.keep_covers(now=NOW)

    sweep()

    assert told() == [("Bruno", "Overdue")]


def test_each_is_told_in_their_own_working_hours(house):
    """Ten UTC is five in the morning in New York."""
    lead = owned()
    Adviser.objects.filter(pk=lead.owner_id).update(time_zone="America/New_York")
    ticking(lead, NOW - HOUR)

    sweep()

    assert told() == [("Fatou", "Overdue")]
