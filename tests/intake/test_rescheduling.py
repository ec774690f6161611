from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from intake import after_sending, escalating, promise_mail, rescheduling
from intake.models import Activity, Deadline, DeadlineChange, Lead
from jobs.models import Job
from mail.models import Message
from tests import factories, racing
from tests.intake.clockwork import HOUR, NOW, owned, ticking

# At noon: late in the evening the clocks of Lagos tell another day than UTC, and mails say so.
SOON = timezone.now().replace(hour=12) + timedelta(days=2)
LATER = SOON + timedelta(days=3)


def proposal_of(due=SOON, lead: Lead | None = None, **fields) -> Deadline:
    """The running clock of a lead that waits for its proposal."""
    return ticking(lead or factories.lead_of(status="qualified"), due, "proposal", **fields)


def refused(verb, deadline: Deadline, **arguments) -> str:
    """The code of the refusal, after which nothing has changed and nobody was told."""
    before = Deadline.objects.filter(pk=deadline.pk).values().get()
    asks = {"by": factories.UserFactory(), "reason": "Because."} | arguments
    with pytest.raises(ValidationError) as refusal:
        verb(deadline=deadline, **asks)
    assert Deadline.objects.filter(pk=deadline.pk).values().get() == before
    assert not DeadlineChange.objects.exists()
    assert not Job.objects.filter(kind="intake.tell_promise").exists()
    return str(refusal.value.code)


@pytest.mark.django_db
def test_a_later_promise_is_recorded_and_told_to_the_client_once():
    deadline = proposal_of(
        lead=factories.lead_of(status="qualified", language="fr", country="NG", full_name="Aïcha")
    )
    by = factories.UserFactory()

    rescheduling.move_deadline(deadline=deadline, due_at=LATER, by=by, reason=" More sources. ")

    deadline.refresh_from_db()
    change = deadline.changes.get()
    assert (deadline.due_at, deadline.state) == (LATER, "open")
    assert (change.kind, change.due_before, change.due_after) == ("moved", SOON, LATER)
    assert (change.by, change.reason) == (by, "More sources.")
    activity = Activity.objects.get(kind="deadline_moved")
    assert activity.text.endswith(": More sources.")
    job = Job.objects.get(kind="intake.tell_promise")
    for _ in range(2):
        promise_mail.tell_promise(change_id=job.subject_id)
    message = Message.objects.get()
    assert (
        message.subject == f"Votre demande {deadline.lead.reference} : il nous faut plus de temps"
    )
    assert f"({LATER:%H:%M} UTC)" in message.text
    assert "More sources" not in message.text + message.html


@pytest.mark.django_db
def test_what_was_overtaken_is_not_told():
    deadline = proposal_of()
    by = factories.UserFactory()
    for due in (LATER, LATER + HOUR):
        rescheduling.move_deadline(deadline=deadline, due_at=due, by=by, reason="Longer.")

    for job in Job.objects.filter(kind="intake.tell_promise").order_by("pk"):
        promise_mail.tell_promise(change_id=job.subject_id)

    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_earlier_or_never_promised_is_moved_without_a_mail():
    lead = factories.lead_of(status="contacted")
    inner, outer = ticking(lead, SOON, "follow_up"), proposal_of(due=LATER)
    by = factories.UserFactory()

    rescheduling.move_deadline(deadline=inner, due_at=LATER, by=by, reason="Longer.")
    rescheduling.move_deadline(deadline=outer, due_at=SOON, by=by, reason="Sooner.")

    assert not Job.objects.filter(kind="intake.tell_promise").exists()


@pytest.mark.django_db
def test_a_missed_promise_can_be_made_anew():
    deadline = proposal_of(due=timezone.now() - HOUR, state="missed", step=3, next_look_at=None)

    rescheduling.move_deadline(
        deadline=deadline, due_at=SOON, by=factories.UserFactory(), reason="New."
    )

    deadline.refresh_from_db()
    assert (deadline.state, deadline.step) == ("open", 0)
    assert deadline.next_look_at == deadline.warn_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"reason": " \n"}, "required"),
        ({"due_at": timezone.now() - HOUR}, "past"),
        ({"due_at": timezone.now() + timedelta(days=91)}, "too_far"),
        ({"due_at": SOON}, "same"),
    ],
)
def test_a_promise_is_not_moved_anywhere(arguments, code):
    arguments = {"due_at": LATER} | arguments

    assert refused(rescheduling.move_deadline, proposal_of(), **arguments) == code


@pytest.mark.django_db
def test_what_is_over_or_stands_still_is_not_moved():
    over = proposal_of(state="met", ended_at=SOON, next_look_at=None)
    paused = proposal_of(paused_at=SOON, time_left=HOUR, next_look_at=None)

    codes = [refused(rescheduling.move_deadline, one, due_at=LATER) for one in (over, paused)]

    assert codes == ["conflict", "conflict"]


# --- Waiting for the client


@pytest.mark.django_db
def test_a_pause_keeps_working_time_not_hours_of_the_wall(monkeypatch):
    """Three working hours left on Friday at three; the client answers on Monday at ten: due on Monday at one."""
    friday = timezone.now().replace(
        year=2027, month=3, day=5, hour=15, minute=0, second=0, microsecond=0
    )
    deadline = proposal_of(due=friday + timedelta(days=2, hours=19))  # Monday, 10:00
    by = factories.UserFactory()

    monkeypatch.setattr(timezone, "now", lambda: friday)
    rescheduling.pause_deadline(deadline=deadline, by=by, reason="Which sites?")
    deadline.refresh_from_db()
    assert (deadline.time_left, deadline.next_look_at) == (3 * HOUR, None)
    assert Lead.objects.get(pk=deadline.lead_id).due_at is None
    monkeypatch.setattr(timezone, "now", lambda: friday + timedelta(days=2, hours=19))
    rescheduling.resume_deadline(deadline=deadline, by=by)

    deadline.refresh_from_db()
    assert deadline.due_at == friday + timedelta(days=2, hours=22)
    assert (deadline.paused_at, deadline.time_left) == (None, None)
    kinds = list(deadline.changes.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["paused", "resumed"]
    assert Job.objects.filter(kind="intake.tell_promise").count() == 1


@pytest.mark.django_db
def test_a_weekend_of_waiting_costs_nothing(monkeypatch):
    friday = timezone.now().replace(
        year=2027, month=3, day=5, hour=17, minute=30, second=0, microsecond=0
    )
    monday = friday + timedelta(days=3) - timedelta(hours=10)
    deadline = proposal_of(due=monday + timedelta(hours=5))
    by, due = factories.UserFactory(), deadline.due_at

    monkeypatch.setattr(timezone, "now", lambda: friday)
    rescheduling.pause_deadline(deadline=deadline, by=by, reason="Which sites?")
    monkeypatch.setattr(timezone, "now", lambda: monday)
    rescheduling.resume_deadline(deadline=deadline, by=by)

    deadline.refresh_from_db()
    assert deadline.due_at == due


@pytest.mark.django_db
def test_who_was_reminded_before_a_wait_that_cost_nothing_is_not_reminded_again():
    """Nor is the next one up, as if the owner had not been there."""
    factories.DeskFactory(fallback_owner__user__full_name="Fatou")
    deadline = proposal_of(NOW + HOUR, owned(status="qualified"))
    escalating.watch_deadlines(now=NOW)
    due = NOW + HOUR
    Deadline.objects.update(paused_at=NOW, time_left=timedelta(0), next_look_at=None)

    rescheduling.resume_deadline(deadline=deadline, by=None)

    deadline.refresh_from_db()
    assert (deadline.due_at, deadline.state, deadline.next_look_at) == (due, "warned", due)


@pytest.mark.django_db
def test_a_time_that_is_promised_once_more_reminds_nobody_else(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    factories.DeskFactory(fallback_owner__user__full_name="Fatou")
    deadline = proposal_of(NOW + HOUR, owned(status="qualified"))
    by = factories.UserFactory()
    escalating.watch_deadlines(now=NOW)

    for due in (NOW + 3 * HOUR, NOW + HOUR):
        rescheduling.move_deadline(deadline=deadline, due_at=due, by=by, reason="Because.")
    Deadline.objects.update(warn_at=NOW, next_look_at=NOW)
    escalating.watch_deadlines(now=NOW)

    assert [notice.to.full_name for notice in deadline.notices.all()] == ["Awa"]
    deadline.refresh_from_db()
    assert (deadline.state, deadline.next_look_at) == ("warned", NOW + HOUR)


@pytest.mark.django_db
def test_the_client_who_adds_something_lets_the_clock_run():
    deadline = proposal_of(paused_at=timezone.now(), time_left=5 * HOUR, next_look_at=None)

    after_sending.add_information(
        lead=deadline.lead, text="Gao.", files=(), form_id="7b1a8b3c-3e0f-4a37-9d40-4a8f2f0c1d11"
    )

    deadline.refresh_from_db()
    assert (deadline.paused_at, deadline.changes.get().by) == (None, None)


@pytest.mark.django_db
def test_pausing_is_refused_where_nobody_waits_for_the_client():
    first = ticking(owned(), SOON)
    late = proposal_of(due=timezone.now() - HOUR)
    paused = proposal_of(paused_at=SOON, time_left=HOUR, next_look_at=None)

    codes = [refused(rescheduling.pause_deadline, one) for one in (first, late, paused)]

    assert codes == ["conflict"] * 3
    assert refused(rescheduling.pause_deadline, proposal_of(), reason="") == "required"
    assert refused(rescheduling.resume_deadline, proposal_of()) == "conflict"


@pytest.mark.django_db(transaction=True)
def test_two_who_move_it_at_once_move_it_one_after_the_other():
    deadline, by = proposal_of(), factories.UserFactory()
    wanted = [LATER, LATER + HOUR]

    racing.race(
        *[
            lambda due=due: rescheduling.move_deadline(
                deadline=deadline, due_at=due, by=by, reason="x"
            )
            for due in wanted
        ]
    )

    first, second = deadline.changes.order_by("pk")
    assert first.due_after == second.due_before
    deadline.refresh_from_db()
    assert deadline.due_at == second.due_after
