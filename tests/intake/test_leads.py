from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from intake import leads, routing
from intake.models import MOVES, Activity, Assignment, Lead, Status
from jobs.models import Job
from mail.models import Message
from tests import factories, racing

ALL_MOVES = [(old, new) for old in Status for new in Status if old != new]
ALLOWED = [move for move in ALL_MOVES if move[1] in MOVES[move[0]]]
FORBIDDEN = [move for move in ALL_MOVES if move[1] not in MOVES[move[0]]]
CLOSED = ("won", "lost", "disqualified")


def state(lead: Lead) -> dict[str, Any]:
    """Everything that a verb may change."""
    row = Lead.objects.filter(pk=lead.pk).values().get()
    return row | {
        "activities": list(lead.activities.order_by("pk").values_list("kind", "text")),
        "assignments": list(lead.assignments.order_by("pk").values_list("adviser", "ended_at")),
        "messages": Message.objects.count()
        + Job.objects.filter(kind="intake.notify_owner").count(),
        "jobs": Job.objects.count(),
    }


def at(status: Status) -> Lead:
    """A lead with this status that has an owner, so that no other rule stands in the way of a move."""
    lead = factories.lead_of(status=status)
    if lead.owner is None:
        Lead.objects.filter(pk=lead.pk).update(owner=factories.AdviserFactory())
    return lead


def test_the_table_is_the_one_of_the_design():
    assert {str(old): [str(new) for new in news] for old, news in MOVES.items()} == {
        "new": ["quarantined", "routed", "disqualified"],
        "quarantined": ["new", "disqualified"],
        "routed": ["contacted", "qualified", "proposal", "lost", "disqualified"],
        "contacted": ["qualified", "proposal", "lost", "disqualified"],
        "qualified": ["proposal", "lost", "disqualified"],
        "proposal": ["won", "lost"],
        "won": [],
        "lost": ["proposal"],
        "disqualified": ["new"],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_each_allowed_move_is_made_and_recorded(old, new):
    lead, by = at(old), factories.UserFactory()
    before = timezone.now()

    moved = leads.move_lead(lead=lead, to=new, by=by, reason="Because.")

    row = Lead.objects.get(pk=lead.pk)
    assert (moved, row.status) == (row, new)
    assert (row.closed_at is not None and row.closed_at >= before) == (new in CLOSED)
    assert row.closing_reason == ("Because." if new in CLOSED else "")
    activity = row.activities.get()
    assert (activity.kind, activity.by) == ("moved", by)
    assert activity.text == f"{old.label} → {new.label}: Because."


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_each_other_move_is_refused_and_changes_nothing(old, new):
    lead = at(old)
    before = state(lead)

    with pytest.raises(ValidationError) as refusal:
        leads.move_lead(lead=lead, to=new, by=None)

    assert refusal.value.code == "conflict"
    assert refusal.value.messages == [
        f"This lead is {old.label}; it cannot become {new.label} from there."
    ]
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), ALL_MOVES)
def test_the_database_holds_the_same_table_against_plain_updates(old, new):
    lead = at(old)
    closed_at = timezone.now() if new in CLOSED else None
    rows = Lead.objects.filter(pk=lead.pk)

    if new in MOVES[old]:
        assert rows.update(status=new, closed_at=closed_at) == 1
        return
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        rows.update(status=new, closed_at=closed_at)
    assert rows.get().status == old


@pytest.mark.django_db
def test_the_stale_copy_in_a_hand_does_not_matter():
    lead = factories.lead_of(status="routed")
    stale = Lead.objects.get(pk=lead.pk)
    leads.disqualify_lead(lead=lead, by=factories.UserFactory(), reason="No.")

    with pytest.raises(ValidationError, match="This lead is disqualified"):
        leads.contact_lead(lead=stale, by=factories.UserFactory())


@pytest.mark.django_db
def test_a_lost_lead_that_comes_back_is_open_again():
    lead = factories.lead_of(status="lost")

    leads.move_lead(lead=lead, to=Status.PROPOSAL, by=None, activity=Activity.Kind.PROPOSAL_DRAFTED)

    lead.refresh_from_db()
    assert (lead.status, lead.closed_at, lead.closing_reason) == ("proposal", None, "")
    assert lead.activities.get().text == "lost → proposal"
    assert lead.activities.get().kind == "proposal_drafted"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "old", "new"),
    [
        (leads.contact_lead, "routed", "contacted"),
        (leads.qualify_lead, "contacted", "qualified"),
        (leads.lose_lead, "proposal", "lost"),
        (leads.disqualify_lead, "qualified", "disqualified"),
    ],
)
def test_each_verb_leads_to_its_status(verb, old, new):
    lead, by = factories.lead_of(status=old), factories.UserFactory()
    reason = {"reason": " Budget cut. "} if new in CLOSED else {}

    verb(lead=lead, by=by, **reason)

    lead.refresh_from_db()
    assert (lead.status, lead.closing_reason) == (new, "Budget cut." if reason else "")
    assert lead.activities.get().by == by


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [leads.lose_lead, leads.disqualify_lead])
@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_a_lead_is_not_closed_without_a_reason(verb, reason):
    lead = factories.lead_of(status="routed")
    before = state(lead)

    with pytest.raises(ValidationError, match="Say why") as refusal:
        verb(lead=lead, by=factories.UserFactory(), reason=reason)

    assert refusal.value.code == "required"
    assert state(lead) == before


@pytest.mark.django_db
def test_a_note_goes_on_the_timeline():
    lead, by = factories.lead_of(status="won"), factories.UserFactory()

    activity = leads.add_note(lead=lead, by=by, text=" Called.\nNo answer. ")

    assert (activity.kind, activity.text, activity.by) == ("note", "Called.\nNo answer.", by)
    assert lead.activities.get() == activity


@pytest.mark.django_db
def test_a_note_that_is_sent_again_from_an_old_page_stands_once():
    lead, by, other = factories.lead_of(), factories.UserFactory(), factories.UserFactory()
    first = leads.add_note(lead=lead, by=by, text="Called.")

    again = leads.add_note(lead=lead, by=by, text="Called. ")
    theirs = leads.add_note(lead=lead, by=other, text="Called.")

    assert again == first
    assert list(lead.activities.order_by("pk")) == [first, theirs]


@pytest.mark.django_db(transaction=True)
def test_a_note_that_is_sent_twice_at_once_stands_once():
    lead, by = factories.lead_of(), factories.UserFactory()

    def note() -> None:
        leads.add_note(lead=lead, by=by, text="Called.")

    racing.race(note, note)

    assert lead.activities.count() == 1


@pytest.mark.django_db
def test_an_empty_note_is_refused():
    lead = factories.lead_of()
    before = state(lead)

    with pytest.raises(ValidationError) as refusal:
        leads.add_note(lead=lead, by=factories.UserFactory(), text=" \n ")

    assert refusal.value.code == "required"
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"owner": None}, "lead_past_new_has_an_owner"),
        ({"closed_at": timezone.now()}, "lead_closed_at_exactly_when_closed"),
    ],
)
def test_the_database_refuses_a_lead_that_contradicts_itself(change, constraint):
    lead = factories.lead_of(status="routed")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(**change)


# --- At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_who_close_it_at_once_close_it_once():
    lead, by = factories.lead_of(status="proposal"), factories.UserFactory()

    def close(to: Status) -> str:
        try:
            return leads.move_lead(lead=lead, to=to, by=by).status
        except ValidationError as error:
            return str(error.code)

    answers = racing.race(lambda: close(Status.WON), lambda: close(Status.LOST))

    assert sorted(answers, key=lambda answer: answer == "conflict")[1] == "conflict"
    assert lead.activities.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_verb_waits_for_the_lock_and_then_sees_what_happened():
    lead, by = factories.lead_of(), factories.UserFactory()

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=lead.pk)
        race = racing.Race(lambda: leads.qualify_lead(lead=lead, by=by))
        racing.wait_for_blocked(1)
        Lead.objects.filter(pk=lead.pk).update(status="contacted")
    race.results()

    assert lead.activities.get().text == "contacted → qualified"


@pytest.mark.django_db(transaction=True)
def test_disqualified_while_it_is_routed_ends_one_way_or_the_other():
    factories.AdviserFactory()
    lead, by = factories.new_lead(), factories.UserFactory()

    racing.race(
        lambda: routing.route_lead(lead_id=lead.pk),
        lambda: leads.disqualify_lead(lead=lead, by=by, reason="Spam."),
    )

    lead.refresh_from_db()
    kinds = list(lead.activities.order_by("pk").values_list("kind", flat=True))
    assert lead.status == "disqualified"
    assert kinds in (["moved"], ["routed", "moved"])
    assert Assignment.objects.count() == len(kinds) - 1
