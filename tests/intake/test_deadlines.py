from datetime import UTC, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from intake import (
    accepting,
    acknowledging,
    calendar_feed,
    deadlines,
    handing_over,
    leads,
    policies,
    rescheduling,
    routing,
    suggesting,
)
from intake.models import Deadline, DeadlineChange, DeadlinePolicy, Lead
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.briefs.subscribed import run_all
from tests.intake.clockwork import HOUR, NOW, owned, policy, ticking

LATER = timezone.now() + timedelta(days=20)


def kinds(deadline: Deadline) -> list[str]:
    return list(deadline.changes.order_by("pk").values_list("kind", flat=True))


# --- Set


@pytest.mark.django_db
def test_a_request_gets_its_promise_once_by_the_houses_calendar_before_anybody_owns_it():
    lead = factories.new_lead()

    first = deadlines.keep_deadline(lead_id=lead.pk, started_at=NOW)
    again = deadlines.keep_deadline(lead_id=lead.pk)

    assert first == again
    assert (first.stage, first.state, first.adviser) == ("first_answer", "open", None)
    assert first.due_at == NOW + 24 * HOUR  # a working day later: Friday at ten
    assert first.next_look_at == first.warn_at
    assert Lead.objects.get(pk=lead.pk).due_at == first.due_at
    change = first.changes.get()
    assert (change.kind, change.due_before, change.due_after) == ("set", None, first.due_at)
    assert change.reason == "By the house's own calendar."


@pytest.mark.django_db
def test_without_another_start_the_receipt_counts():
    lead = factories.new_lead()

    assert deadlines.keep_deadline(lead_id=lead.pk).started_at == lead.enquiry.received_at


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["quarantined", "won", "lost", "disqualified"])
def test_what_waits_for_nothing_of_ours_has_no_clock(status):
    lead = factories.lead_of(status=status)

    assert deadlines.keep_deadline(lead_id=lead.pk) is None
    assert not Deadline.objects.exists()


@pytest.mark.django_db
def test_a_policy_that_is_off_sets_nothing():
    policy(is_active=False)

    assert deadlines.keep_deadline(lead_id=factories.new_lead().pk) is None


@pytest.mark.django_db
def test_policies_are_made_once_and_what_a_desk_lead_changed_stays():
    policy("proposal", "urgent", minutes=777)

    assert policies.current()["urgent", "proposal"].minutes == 777
    assert DeadlinePolicy.objects.count() == 6


@pytest.mark.django_db
def test_the_acknowledgement_sets_the_promise_and_says_it():
    lead = factories.new_lead(country="NG")

    acknowledging.acknowledge_lead(lead_id=lead.pk)

    due = Lead.objects.get(pk=lead.pk).due_at
    message = Message.objects.get()
    assert f"{due:%H:%M} UTC" in message.text
    assert f"{due:%H:%M} UTC" in message.html
    assert " in Lagos" in message.text


@pytest.mark.django_db
def test_what_is_set_together_stands_on_each_lead():
    pks = [factories.new_lead().pk for _ in range(3)]
    Lead.objects.filter(pk=pks[0]).update(priority="urgent", priority_reason="Shots.")

    deadlines.keep_deadlines(lead_ids=pks)

    rows = Deadline.objects.order_by("lead").values_list("lead_id", "due_at", "lead__due_at")
    assert [(pk, due) for pk, due, _ in rows] == [(pk, noted) for pk, _, noted in rows]
    assert [pk for pk, *_ in rows] == pks
    assert rows[0][1] < rows[1][1]


# --- Counted anew


@pytest.mark.django_db
def test_the_acknowledgement_that_follows_routing_counts_by_the_owners_calendar():
    factories.DeskFactory()
    factories.AdviserFactory()
    lead = factories.new_lead()

    run_all("intake.route_lead", "intake.acknowledge")

    lead.refresh_from_db()
    (deadline,) = lead.deadlines.all()
    assert deadline.adviser == lead.owner is not None
    assert kinds(deadline) == ["set"]
    assert not Job.objects.filter(kind="intake.keep_deadline").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("tried", [{"state": "done", "done_at": NOW}, {"state": "pending"}])
def test_routing_after_an_acknowledgement_was_tried_asks_for_the_owners_calendar(tried):
    factories.DeskFactory()
    factories.AdviserFactory()
    lead = factories.new_lead()
    deadlines.keep_deadline(lead_id=lead.pk, started_at=NOW)
    Job.objects.filter(kind="intake.acknowledge").update(attempts=1, **tried)

    routing.route_lead(lead_id=lead.pk)

    job = Job.objects.get(kind="intake.keep_deadline")
    deadline = deadlines.keep_deadline(lead_id=job.subject_id)
    lead.refresh_from_db()
    assert deadline.adviser == lead.owner
    assert kinds(deadline) == ["set", "renewed"]


@pytest.mark.django_db
def test_another_owner_keeps_what_was_promised():
    lead = owned()
    before = deadlines.keep_deadline(lead_id=lead.pk, started_at=NOW).due_at
    to = factories.AdviserFactory(user__full_name="Bruno")

    handing_over.reassign_lead(
        lead=lead, to=to, by=factories.UserFactory(is_superuser=True), reason="Cover."
    )

    job = Job.objects.get(kind="intake.keep_deadline")
    deadline = deadlines.keep_deadline(lead_id=job.subject_id)
    assert (deadline.adviser, deadline.due_at <= before) == (to, True)
    change = deadline.changes.latest("pk")
    assert change.kind == "renewed"
    assert change.reason.startswith("By the calendar of Bruno.")


@pytest.mark.django_db
def test_urgent_words_bring_the_promise_forward_and_calming_down_leaves_it():
    lead = factories.new_lead(needs="He was kidnapped yesterday.")
    normal = deadlines.keep_deadline(lead_id=lead.pk, started_at=NOW).due_at

    suggestions = suggesting.read_lead(lead_id=lead.pk)
    urgent = deadlines.keep_deadline(lead_id=lead.pk).due_at
    for one in suggestions:
        accepting.drop_suggestion(suggestion=one, by=factories.UserFactory())
    calm = deadlines.keep_deadline(lead_id=lead.pk)

    assert urgent == NOW + HOUR < normal
    assert (calm.due_at, calm.policy.priority) == (urgent, "normal")
    assert calm.changes.latest("pk").reason == "By the house's own calendar. The promise stands."


def waiting_for_the_client() -> Deadline:
    """A follow-up that stood still on Thursday at ten with four working days left, till Wednesday."""
    given = {"paused_at": NOW, "time_left": 32 * HOUR, "next_look_at": None, "started_at": NOW}
    return ticking(owned(status="contacted"), NOW + timedelta(days=6), "follow_up", **given)


def made_urgent(deadline: Deadline) -> Deadline:
    """The same after its lead became urgent."""
    Lead.objects.filter(pk=deadline.lead_id).update(priority="urgent", priority_reason="Told so")
    deadlines.keep_deadlines(lead_ids=[deadline.lead_id])
    return Deadline.objects.get(pk=deadline.pk)


@pytest.mark.django_db
def test_a_clock_that_stands_still_is_counted_anew_as_of_when_it_stopped(monkeypatch):
    deadline = made_urgent(waiting_for_the_client())

    friday = NOW + timedelta(days=1)
    assert (deadline.due_at, deadline.time_left) == (friday, 8 * HOUR)
    assert (deadline.paused_at, deadline.next_look_at) == (NOW, None)
    later = NOW + timedelta(days=14)
    monkeypatch.setattr(timezone, "now", lambda: later)
    deadline = rescheduling.resume_deadline(deadline=deadline, by=None)
    assert deadline.due_at == later + timedelta(days=1)


@pytest.mark.django_db
def test_what_is_left_is_told_by_the_clock_that_counts_from_then_on():
    policy("follow_up", "urgent", minutes=60 * 24 * 30, clock="always")

    deadline = made_urgent(waiting_for_the_client())

    assert (deadline.due_at, deadline.time_left) == (NOW + timedelta(days=6), timedelta(days=6))


@pytest.mark.django_db
def test_another_owner_has_as_much_time_left_as_there_was():
    before = waiting_for_the_client()
    to = factories.AdviserFactory(hours=["09:00-12:00", "", "", "", "", "", ""])
    Lead.objects.filter(pk=before.lead_id).update(owner=to)

    deadlines.keep_deadlines(lead_ids=[before.lead_id])

    after = Deadline.objects.get(pk=before.pk)
    assert (after.adviser, after.due_at, after.time_left) == (to, before.due_at, 32 * HOUR)


@pytest.mark.django_db
def test_urgent_round_the_clock_when_the_policy_says_so():
    policy("first_answer", "urgent", minutes=45, warn_before=10, clock="always")
    lead = factories.new_lead()
    Lead.objects.filter(pk=lead.pk).update(priority="urgent", priority_reason="Told so")
    night = NOW.replace(hour=23)

    assert deadlines.keep_deadline(lead_id=lead.pk, started_at=night).due_at == night + timedelta(
        minutes=45
    )


# --- Left


@pytest.mark.django_db
def test_leaving_a_stage_in_time_meets_it_and_starts_the_next():
    lead = owned()
    first = ticking(lead, LATER)
    by = factories.UserFactory()

    leads.contact_lead(lead=lead, by=by)
    leads.qualify_lead(lead=lead, by=by)

    first.refresh_from_db()
    assert (first.state, first.ended_at is not None, first.next_look_at) == ("met", True, None)
    assert first.changes.get().by == by
    running = Deadline.objects.running().get()
    assert running.stage == "proposal"
    assert Lead.objects.get(pk=lead.pk).due_at == running.due_at
    assert Deadline.objects.get(stage="follow_up").state == "met"


@pytest.mark.django_db
def test_late_is_late_even_if_no_sweep_saw_it():
    lead = owned()
    deadline = ticking(lead, timezone.now() - HOUR)

    leads.contact_lead(lead=lead, by=factories.UserFactory())

    deadline.refresh_from_db()
    assert (deadline.state, deadline.is_late, kinds(deadline)) == ("missed", False, ["late"])
    assert deadline.ended_at is not None


@pytest.mark.django_db
def test_a_lead_that_is_closed_needs_no_clock_any_more():
    lead = owned()
    deadline = ticking(lead, LATER)

    leads.disqualify_lead(lead=lead, by=factories.UserFactory(), reason="Spam.")

    deadline.refresh_from_db()
    assert (deadline.state, kinds(deadline)) == ("cancelled", ["cancelled"])
    assert Lead.objects.get(pk=lead.pk).due_at is None


@pytest.mark.django_db
def test_a_sent_proposal_is_what_was_promised_and_asks_for_no_other():
    lead = factories.lead_of(status="proposal")
    deadline = ticking(lead, LATER, "proposal")

    for _ in range(2):
        deadlines.proposal_sent(lead=lead, by=None)

    deadline.refresh_from_db()
    assert (deadline.state, kinds(deadline)) == ("met", ["met"])
    assert deadlines.keep_deadline(lead_id=lead.pk) is None


# --- The database


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "met"}, "deadline_ended_as_its_state_says"),
        ({"ended_at": NOW, "next_look_at": None}, "deadline_ended_as_its_state_says"),
        ({"paused_at": NOW, "next_look_at": None}, "deadline_paused_with_time_left"),
        ({"state": "cancelled", "ended_at": NOW}, "deadline_looked_at_while_it_ticks"),
    ],
)
def test_the_database_refuses_a_deadline_that_contradicts_itself(change, constraint):
    deadline = ticking(owned(), LATER)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Deadline.objects.filter(pk=deadline.pk).update(**change)


@pytest.mark.django_db
def test_the_database_keeps_one_clock_a_stage_and_every_change():
    deadline = ticking(owned(), LATER)
    change = deadlines.record(deadline, DeadlineChange.Kind.SET)

    with pytest.raises(IntegrityError, match="one_running_per_stage"), transaction.atomic():
        ticking(deadline.lead, LATER)
    with pytest.raises(ProgrammingError), transaction.atomic():
        DeadlineChange.objects.filter(pk=change.pk).update(reason="Never said.")
    with pytest.raises(ProgrammingError), transaction.atomic():
        DeadlineChange.objects.filter(pk=change.pk).delete()
    Deadline.objects.update(state="met", ended_at=NOW, next_look_at=None)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Deadline.objects.update(state="open", ended_at=None)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_set_one_clock():
    lead = factories.new_lead()

    racing.race(*[lambda: deadlines.keep_deadline(lead_id=lead.pk) for _ in range(2)])

    assert Deadline.objects.get().changes.count() == 1


# --- By the owner's own hours


@pytest.mark.django_db
def test_the_owners_hours_weekend_and_absence_count():
    """Nadia works in Cairo, Sunday to Thursday, and is away on the first Sunday."""
    adviser = factories.AdviserFactory(
        time_zone="Africa/Cairo", hours=["09:00-17:00"] * 4 + ["", "", "09:00-17:00"]
    )
    sunday = NOW.date() + timedelta(days=3)
    adviser.absences.create(starts_on=sunday, ends_on=sunday)
    lead = factories.lead_of(adviser)

    deadline = deadlines.keep_deadline(lead_id=lead.pk, started_at=NOW)

    # Thursday from noon to five in Cairo, then Monday from nine: three hours more are over at noon, 10 UTC.
    assert deadline.due_at == NOW + timedelta(days=4)
    assert deadline.changes.get().reason == f"By the calendar of {adviser}."


@pytest.mark.django_db
def test_an_owner_who_never_works_is_counted_as_the_house_is():
    lead = factories.lead_of(factories.AdviserFactory(hours=[""] * 7))

    deadline = deadlines.keep_deadline(lead_id=lead.pk, started_at=NOW)

    assert deadline.due_at == NOW + 24 * HOUR


@pytest.mark.django_db
def test_what_is_due_stands_in_the_advisers_calendar_by_reference():
    lead = owned(full_name="Aïcha Example", needs="Zanzibar")
    deadline = ticking(lead, LATER)
    ticking(owned(), LATER)

    file = calendar_feed.as_ical(lead.owner).decode()

    assert file.count("BEGIN:VEVENT") == 1
    assert f"Due: first answer\\, {lead.reference}" in file.replace("\r\n ", "")
    assert f"DTSTART:{deadline.due_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in file
    assert not [word for word in ("Zanzibar", "Aïcha") if word in file]


@pytest.mark.django_db
def test_a_lead_held_back_has_no_clock_until_it_is_released():
    lead = factories.new_lead()
    first = deadlines.keep_deadline(lead_id=lead.pk, started_at=NOW)
    by = factories.UserFactory()

    leads.move_lead(lead=lead, to="quarantined", by=by)
    first.refresh_from_db()
    held = Lead.objects.get(pk=lead.pk).due_at
    leads.move_lead(lead=lead, to="new", by=by)

    assert (first.state, held) == ("cancelled", None)
    assert Deadline.objects.running().get().stage == "first_answer"
