"""What a client adds to a request that is part of another reaches whoever has that, and is its own when it is apart."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from intake import accepting, after_sending, merging, prioritising, submission, suggesting
from intake.models import Activity, Lead, Merge, RecordKind, Status
from jobs.models import Job
from tests import factories, racing
from tests.intake import clockwork
from tests.intake.admin.screens import client_of, page

DANGER = "Our driver was kidnapped."
KIND = "kidnapping or hostage taking"
OF_TEXT = f"Words of duty of care: {KIND}"
ADDED = f"Words of duty of care that the client added: {KIND}"


def added_in(lead: Lead) -> str:
    return f"{ADDED}, in {lead.reference}"


def desk_lead():
    return factories.UserFactory(roles=["desk lead"])


def pair(**content: str) -> tuple[Lead, Lead]:
    """The request that will be part of the other, which comes second."""
    leads = factories.matched_lead(**content), factories.matched_lead()
    for lead in leads:
        suggesting.read_lead(lead_id=lead.pk)
    return Lead.objects.get(pk=leads[0].pk), Lead.objects.get(pk=leads[1].pk)


def merge(source: Lead, target: Lead) -> Merge:
    return merging.merge_records(
        kind=RecordKind.LEAD, source_pk=source.pk, target_pk=target.pk, choices={}, by=desk_lead()
    )


def undo(merged: Merge) -> None:
    merging.undo_merge(merge=merged, by=desk_lead())


def add(lead: Lead, text: str = DANGER) -> None:
    lead = Lead.objects.get(pk=lead.pk)
    after_sending.add_information(lead=lead, text=text, files=(), form_id=uuid.uuid4())


def how(*leads: Lead) -> list[tuple[str, str]]:
    """How urgent these are, and why."""
    rows = Lead.objects.in_bulk([lead.pk for lead in leads])
    return [(rows[lead.pk].priority, rows[lead.pk].priority_reason) for lead in leads]


def clocks(lead: Lead) -> int:
    """How often its clocks were asked to be counted anew."""
    return Job.objects.filter(kind="intake.keep_deadline", subject_id=lead.pk).count()


@pytest.mark.django_db
def test_danger_that_is_added_makes_urgent_what_does_the_work_too_until_it_is_apart() -> None:
    source, target = pair()
    merged = merge(source, target)
    counted = clocks(target)

    add(source)
    together = how(source, target)
    html = client_of(target.owner.user).get(page(target)).content.decode()
    its_page = Client().get(f"/request/{submission.status_token(source)}/").content.decode()
    counted_urgent = clocks(target)
    undo(merged)

    assert together == [("urgent", ADDED), ("urgent", added_in(source))]
    assert f"Urgent. {added_in(source)}." in html
    assert DANGER in html
    assert "This is not an emergency line" in its_page
    assert how(source, target) == [("urgent", ADDED), ("normal", "")]
    assert (counted_urgent, clocks(target)) == (counted + 1, counted + 2)
    notes = target.activities.filter(kind="priority").order_by("pk").values_list("text", flat=True)
    assert list(notes) == [
        f"Urgent. {added_in(source)}.",
        f"Normal. {source.reference} is apart from this one again.",
    ]


@pytest.mark.django_db
def test_what_is_urgent_for_its_own_reasons_stays_so() -> None:
    source, target = pair()
    merged = merge(source, target)
    prioritising.mark_urgent(lead=target, by=target.owner.user, reason="They called")

    add(source)
    undo(merged)

    assert how(source, target) == [("urgent", ADDED), ("urgent", "They called")]


@pytest.mark.django_db
def test_what_its_own_client_added_meanwhile_stays_urgent_when_the_other_is_apart() -> None:
    source, target = pair()
    merged = merge(source, target)

    add(source)
    prioritising.calm_lead(lead=target, by=target.owner.user, reason="He is back")
    add(target)
    prioritising.calm_lead(lead=target, by=target.owner.user, reason="He is back")
    add(source, "Another one was kidnapped.")
    undo(merged)

    assert how(target) == [("urgent", ADDED)]


@pytest.mark.django_db
def test_another_part_that_speaks_of_danger_keeps_it_urgent() -> None:
    source, target = pair()
    other = factories.matched_lead()
    first, second = merge(source, target), merge(other, target)

    add(source)
    add(other)
    undo(first)
    between = how(target)
    undo(second)

    assert between == [("urgent", added_in(other))]
    assert how(source, other, target) == [("urgent", ADDED), ("urgent", ADDED), ("normal", "")]


@pytest.mark.django_db
def test_in_a_chain_each_hears_of_it_and_keeps_what_is_part_of_it() -> None:
    source, target = pair()
    last = factories.matched_lead()
    inner, outer = merge(source, target), merge(target, last)

    add(source)
    together = how(source, target, last)
    undo(outer)
    apart = how(target, last)
    undo(inner)

    assert together == [("urgent", ADDED), *[("urgent", added_in(source))] * 2]
    assert apart == [("urgent", added_in(source)), ("normal", "")]
    assert how(source, target) == [("urgent", ADDED), ("normal", "")]


@pytest.mark.django_db
def test_a_merge_that_made_it_urgent_is_undone_after_its_own_client_wrote_of_danger() -> None:
    source, target = pair(needs=DANGER)
    merged = merge(source, target)
    before = how(target)

    add(target)
    undo(merged)

    assert before == [("urgent", OF_TEXT)]
    assert how(source, target) == [("urgent", OF_TEXT), ("urgent", ADDED)]


@pytest.mark.django_db
def test_dropping_its_own_words_calms_nothing_while_what_is_part_of_it_is_urgent() -> None:
    target, source = pair(needs=DANGER)
    merged = merge(source, target)
    add(source)

    accepting.drop_suggestion(
        suggestion=target.suggestions.get(kind="urgency"), by=target.owner.user
    )
    together = how(target)
    undo(merged)

    assert together == [("urgent", added_in(source))]
    assert how(source, target) == [("urgent", ADDED), ("normal", "")]


@pytest.mark.django_db
def test_of_two_parts_that_speak_of_danger_the_one_that_stays_keeps_it_urgent() -> None:
    source, target = pair(needs=DANGER)
    other = pair(needs=DANGER)[0]
    first, second = merge(source, target), merge(other, target)

    undo(first)
    between = how(target)
    undo(second)

    assert between == [("urgent", f"{OF_TEXT}, in {other.reference}")]
    assert how(source, other, target) == [("urgent", OF_TEXT), ("urgent", OF_TEXT), ("normal", "")]


@pytest.mark.django_db
def test_its_own_words_that_were_accepted_meanwhile_keep_it_urgent() -> None:
    target, source = pair(needs=DANGER)
    Lead.objects.filter(pk=source.pk).update(priority="urgent", priority_reason="They called")
    suggestion, staff = target.suggestions.get(kind="urgency"), target.owner.user
    accepting.drop_suggestion(suggestion=suggestion, by=staff)
    merged = merge(source, target)
    accepting.accept_suggestion(suggestion=suggestion, by=staff)

    undo(merged)

    assert how(target) == [("urgent", OF_TEXT)]


@pytest.mark.django_db
def test_what_staff_calmed_before_a_merge_is_calm_after_it() -> None:
    target, source = pair(needs=DANGER)
    Lead.objects.filter(pk=source.pk).update(priority="urgent", priority_reason="They called")
    prioritising.calm_lead(lead=target, by=target.owner.user, reason="He is back")

    undo(merge(source, target))

    assert how(source, target) == [("urgent", "They called"), ("normal", "")]


@pytest.mark.django_db
def test_a_text_that_is_read_after_the_merge_makes_urgent_what_does_the_work() -> None:
    source, target = factories.matched_lead(needs=DANGER), factories.matched_lead()
    merge(source, target)

    suggesting.read_lead(lead_id=source.pk)

    assert how(source, target) == [
        ("urgent", OF_TEXT),
        ("urgent", f"{OF_TEXT}, in {source.reference}"),
    ]


@pytest.mark.django_db
def test_the_clock_that_waits_for_the_client_runs_again_whichever_page_they_write_on() -> None:
    source, target = pair()
    merge(source, target)
    Lead.objects.filter(pk=target.pk).update(status=Status.QUALIFIED)
    deadline = clockwork.ticking(
        target,
        timezone.now() + timedelta(days=2),
        "proposal",
        paused_at=timezone.now(),
        time_left=timedelta(hours=5),
        next_look_at=None,
    )

    add(source, "One more truck.")

    deadline.refresh_from_db()
    assert (deadline.paused_at, deadline.changes.get().kind) == (None, "resumed")


@pytest.mark.django_db
def test_what_its_client_withdrew_meanwhile_is_closed_when_it_is_apart() -> None:
    source, target = pair()
    merged = merge(source, target)
    after_sending.withdraw_request(lead=Lead.objects.get(pk=source.pk))

    undo(merged)

    source.refresh_from_db()
    assert (source.status, source.closing_reason) == ("disqualified", "Withdrawn by the client")
    assert after_sending.is_withdrawn(source)
    assert not source.deadlines.running().exists()
    target.refresh_from_db()
    assert target.status == Status.ROUTED


@pytest.mark.django_db
def test_a_withdrawal_from_before_the_merge_closes_nothing() -> None:
    source, target = pair()
    kind = Activity.Kind.CLIENT_WITHDREW
    long_ago = timezone.now() - timedelta(days=9)
    Activity.objects.create(lead=source, kind=kind, happened_at=long_ago)

    undo(merge(source, target))

    source.refresh_from_db()
    assert source.status == Status.ROUTED


@pytest.mark.django_db(transaction=True)
def test_an_addition_and_the_undoing_of_its_merge_at_once_leave_each_with_its_own() -> None:
    target, source = pair()  # the part is the later one: its lock is the second that merging takes
    merged = merge(source, target)
    stale = Lead.objects.select_related("merged_into").get(pk=source.pk)
    given = {"lead": stale, "text": DANGER, "files": (), "form_id": uuid.uuid4()}

    racing.race(lambda: after_sending.add_information(**given), lambda: undo(merged))

    assert how(source, target) == [("urgent", ADDED), ("normal", "")]
