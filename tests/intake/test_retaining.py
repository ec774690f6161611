"""Rules that end what is older than they allow: off at first, seen before, in batches, recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts import numbers
from accounts.models import Erasure
from intake import erasing, leads, retaining, retention_kinds
from intake.models import Attachment, Enquiry, Keeps, Lead, RetentionRule, RetentionRun, Status
from intake.retention_kinds import KINDS
from jobs import queue
from jobs.models import Job
from mail import addresses
from mail.models import Message, Unreachable
from tests import factories, racing
from tests.intake.erasable import EMAIL, make_person
from tests.proposals import making

DAY, OLD = timedelta(days=1), timedelta(days=400)
pytestmark = pytest.mark.django_db


def rule(keeps: Keeps, days: int = 365, *, is_on: bool = True) -> RetentionRule:
    retaining.rules().filter(keeps=keeps).update(days=days, is_on=is_on)
    return RetentionRule.objects.get(keeps=keeps)


def aged(lead: Lead) -> Lead:
    """The lead, 400 days ago."""
    then = timezone.now() - OLD
    closed = then if lead.closed_at else None
    Lead.objects.filter(pk=lead.pk).update(created_at=then, closed_at=closed)
    return lead


@pytest.mark.parametrize(
    ("keeps", "status"),
    [
        (Keeps.UNANSWERED, Status.NEW),
        (Keeps.QUARANTINED, Status.QUARANTINED),
        (Keeps.DISQUALIFIED, Status.DISQUALIFIED),
        (Keeps.LOST, Status.LOST),
        (Keeps.WON, Status.WON),
    ],
)
def test_requests_older_than_their_rule_are_erased_and_no_others(keeps, status):
    old = aged(factories.lead_of(status=status))
    new = factories.lead_of(status=status)
    other = aged(factories.lead_of(status=Status.CONTACTED))

    seen = retaining.look(rule(keeps))
    run = retaining.apply_rule(rule=rule(keeps))

    assert (seen.count, seen.examples) == (1, [old.reference])
    assert (run.count, run.done, run.examples, run.is_simulated) == (1, 1, [old.reference], False)
    assert list(Lead.objects.filter(erased_at=None).order_by("pk")) == [new, other]
    assert Erasure.objects.get().because.endswith(": 365 days")
    assert not Message.objects.filter(template="intake/mail/erased").exists()


def test_a_client_called_by_a_word_of_the_rule_does_not_stop_it():
    called = [aged(factories.new_lead(full_name=name)) for name in ("Days", "365", "Requests")]

    run = retaining.apply_rule(rule=rule(Keeps.UNANSWERED))

    assert (run.count, run.done) == (3, 3)
    assert Lead.objects.filter(pk__in=[lead.pk for lead in called], erased_at=None).count() == 0


def test_many_are_not_counted_to_the_end(monkeypatch):
    monkeypatch.setattr(numbers.count_of, "__defaults__", (2,))
    old = [aged(factories.new_lead()).reference for _ in range(4)]

    seen = retaining.look(rule(Keeps.UNANSWERED))

    assert (seen.count, seen.examples) == (3, old)
    assert seen.oldest == Lead.objects.get(reference=old[0]).created_at
    assert (numbers.told(10_000), numbers.told(10_001)) == ("10,000", "more than 10,000")


def test_nothing_goes_while_a_rule_is_off_and_a_look_changes_nothing():
    aged(factories.lead_of(status=Status.LOST))
    user = factories.UserFactory()

    with pytest.raises(ValidationError) as refusal:
        retaining.apply_rule(rule=rule(Keeps.LOST, is_on=False))
    runs = retaining.simulate_rules(by=user)

    assert refusal.value.code == "off"
    assert retaining.apply_rules() == []
    assert [(r.rule.keeps, r.count, r.done) for r in runs if r.count] == [("lost", 1, 0)]
    assert {(r.is_simulated, r.by) for r in runs} == {(True, user)}
    assert len(runs) == len(Keeps)
    assert Lead.objects.filter(erased_at=None).count() == 1


def test_more_than_a_batch_goes_on_by_itself(monkeypatch):
    for _ in range(3):
        aged(factories.lead_of(status=Status.LOST))
    kind = KINDS[Keeps.LOST]
    monkeypatch.setitem(KINDS, Keeps.LOST, replace(kind, batch=2))

    run = retaining.apply_rule(rule=rule(Keeps.LOST))

    assert (run.count, run.done) == (3, 2)
    assert making.run_jobs("intake.apply_rule", run.rule_id) == ["done"]
    assert not Lead.objects.filter(erased_at=None).exists()
    assert RetentionRun.objects.count() == 2


def test_a_batch_ends_in_time_and_the_next_one_goes_on(monkeypatch):
    for _ in range(3):
        aged(factories.lead_of(status=Status.LOST))
    monkeypatch.setattr(retention_kinds, "BATCH_SECONDS", 0.0)

    run = retaining.apply_rule(rule=rule(Keeps.LOST))

    assert (run.count, run.done) == (3, 1)
    assert making.run_jobs("intake.apply_rule", run.rule_id) == ["done", "pending"]
    assert making.run_jobs("intake.apply_rule", run.rule_id) == ["done", "done"]
    assert not Lead.objects.filter(erased_at=None).exists()
    assert [run.done for run in RetentionRun.objects.order_by("pk")] == [1, 1, 1]


def test_each_rule_that_is_on_gets_a_job_of_its_own():
    aged(factories.lead_of(status=Status.LOST))
    lost, files = rule(Keeps.LOST), rule(Keeps.FILES)
    asked = queue.Ask("intake.apply_retention", 0, key="span:1")
    queue.enqueue(asked)

    assert making.run_jobs("intake.apply_retention", 0) == ["done"]

    asked_for = Job.objects.filter(kind="intake.apply_rule").order_by("subject_id")
    assert list(asked_for.values_list("subject_id", "key")) == sorted(
        (one.pk, f"rule:{one.pk}:span:1") for one in (lost, files)
    )
    assert Lead.objects.filter(erased_at=None).count() == 1
    assert making.run_jobs("intake.apply_rule", lost.pk) == ["done"]
    assert not Lead.objects.filter(erased_at=None).exists()


def test_a_rule_waits_for_its_turn_and_keeps_no_worker():
    aged(factories.lead_of(status=Status.LOST))
    one = rule(Keeps.LOST)
    queue.enqueue(queue.Ask("intake.apply_rule", one.pk, key="a"))
    other = connection.copy("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [retaining._TURN])

        assert making.run_jobs("intake.apply_rule", one.pk) == ["done", "pending"]

    other.close()
    assert Lead.objects.filter(erased_at=None).count() == 1
    again = Job.objects.filter(kind="intake.apply_rule", state=Job.State.PENDING)
    assert timezone.now() < again.get().run_at <= timezone.now() + retaining.PAUSE
    again.update(run_at=timezone.now())
    assert making.run_jobs("intake.apply_rule", one.pk) == ["done", "done"]
    assert not Lead.objects.filter(erased_at=None).exists()


def test_files_mails_keys_and_records_of_work_go_by_their_own_rules():
    lead = make_person(factories.AdviserFactory())
    leads.lose_lead(lead=lead, by=lead.owner.user, reason="Too dear.")
    lead.refresh_from_db()
    aged(lead)
    message = Message.objects.filter(template="intake/mail/acknowledgement").earliest("pk")
    then = timezone.now() - OLD
    Message.objects.filter(pk=message.pk).update(
        created_at=then, state=Message.State.SENT, sent_at=then, private_url=""
    )
    Job.objects.filter(state=Job.State.DONE).update(done_at=then)
    factories.receive(key="a-key")
    keeps = (Keeps.FILES, Keeps.MESSAGES, Keeps.JOBS, Keeps.KEYS)
    rules = [rule(one) for one in keeps[:3]]

    runs = [retaining.apply_rule(rule=one) for one in rules]

    message.refresh_from_db()
    assert runs[0].done == 2
    assert Attachment.objects.filter(enquiry=lead.enquiry_id).count() == 0
    assert (message.text, message.subject != "", message.to_email) == (
        "",
        True,
        EMAIL,
    )
    assert not Job.objects.filter(state=Job.State.DONE).exists()
    assert Lead.objects.filter(pk=lead.pk, erased_at=None).exists()
    assert retaining.look(rule(Keeps.KEYS, days=7)).count == 0
    seven = timezone.now() + timedelta(days=8)
    assert retaining.look(rule(Keeps.KEYS, days=7), seven).count == 1
    KINDS[Keeps.KEYS].end(list(Enquiry.objects.values_list("pk", flat=True)), rule(Keeps.KEYS))
    assert not Enquiry.objects.filter(idempotency_key__isnull=False).exists()
    assert Enquiry.objects.filter(needs__contains="needlework").exists()


@pytest.mark.parametrize(
    ("state", "after", "is_empty"),
    [("held", "cancelled", True), ("unsure", "unsure", False), ("queued", "queued", False)],
)
def test_no_mail_leaves_without_its_words(state, after, is_empty):
    make_person(factories.AdviserFactory())
    message = Message.objects.filter(template="intake/mail/acknowledgement").earliest("pk")
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - OLD, state=state)
    addresses.mark_unreachable(email=message.to_email, why=Unreachable.Why.BOUNCED)

    retaining.apply_rule(rule=rule(Keeps.MESSAGES))
    addresses.lift_mark(email=message.to_email, by=None)

    message.refresh_from_db()
    assert (message.state, message.text == "") == (after, is_empty)


def test_what_an_erasure_had_to_leave_goes_when_its_day_has_come():
    lead = make_person(factories.AdviserFactory())
    making.accept(making.make_sent(lead))
    rule(Keeps.ACCEPTED, days=3653)
    first = erasing.erase_person(
        contact=lead.contact,
        asked_by=factories.UserFactory(),
        by=lead.owner.user,
        because="Asked for.",
    )
    assert first.kept_until
    assert retaining.apply_rule(rule=rule(Keeps.ACCEPTED, days=3653)).done == 0

    day = first.kept_until
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + 3655 * DAY):
        seen = retaining.look(rule(Keeps.ACCEPTED, days=3653))
    began = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert (seen.count, seen.oldest, seen.examples) == (1, began, [str(first.uuid)])

    late = rule(Keeps.ACCEPTED, days=1)
    proposal = lead.proposals.get()
    proposal.versions.update(closed_at=timezone.now() - timedelta(days=2))
    due = KINDS[Keeps.ACCEPTED]
    due.end([first.pk], late)

    assert not lead.proposals.exists()
    assert Erasure.objects.latest("pk").kept_until is None
    assert list(due.due(timezone.now())) == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_erase_each_request_once():
    aged(factories.lead_of(status=Status.LOST))
    one = rule(Keeps.LOST)

    runs = racing.race(
        lambda: retaining.apply_rule(rule=one), lambda: retaining.apply_rule(rule=one)
    )

    assert sorted(run.done for run in runs) == [0, 1]
    assert Erasure.objects.count() == 1
