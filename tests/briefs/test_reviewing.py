"""Four eyes: whoever wrote on a text never approves it, and nobody approves what they have not seen."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from briefs import publishing, reviewing, revising
from briefs.models import Brief, Move
from tests.briefs.workflow import bring_to, edit, superuser
from tests.factories import BriefFactory, UserFactory, approve
from tests.racing import race

pytestmark = pytest.mark.django_db


def test_submitted_brief_waits_for_its_reviewer_until_the_day_given() -> None:
    brief = BriefFactory.create(is_published=False)
    reviewer = UserFactory.create()

    submitted = reviewing.submit_brief(
        brief=brief, by=brief.created_by, assignee=reviewer, due_on=date(2099, 1, 1)
    )

    assert (submitted.status, submitted.assignee) == ("in_review", reviewer)
    assert submitted.due_on == date(2099, 1, 1)
    move = Move.objects.get()
    assert (move.from_status, move.to_status) == ("draft", "in_review")
    assert move.revision == submitted.head_revision


def test_second_submission_is_a_conflict() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")

    with pytest.raises(ValidationError) as refusal:
        reviewing.submit_brief(brief=brief, by=brief.created_by)

    assert refusal.value.code == "conflict"
    assert Move.objects.count() == 1


def test_submission_can_be_called_back() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")

    assert reviewing.call_back(brief=brief, by=brief.created_by).status == "draft"
    with pytest.raises(ValidationError) as refusal:
        reviewing.call_back(brief=brief, by=brief.created_by)

    assert refusal.value.code == "conflict"


def test_requested_changes_go_to_whoever_submitted_with_a_text() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")
    reviewer = UserFactory.create()

    with pytest.raises(ValidationError) as refusal:
        reviewing.request_changes(brief=brief, by=reviewer, reason="  ")
    assert refusal.value.code == "reason_missing"
    returned = reviewing.request_changes(brief=brief, by=reviewer, reason="Say when.")

    assert (returned.status, returned.assignee) == ("changes_requested", brief.created_by)
    assert Move.objects.latest("pk").reason == "Say when."


def test_approval_is_on_record_with_the_standards_ticked() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")
    approver = UserFactory.create()

    approved = reviewing.approve_brief(
        brief=brief, by=approver, seen=brief.head_revision, checklist=[9, 1, 1, 77]
    )

    assert approved.status == "approved"
    move = Move.objects.latest("pk")
    assert (move.by, move.revision, move.checklist) == (approver, brief.head_revision, [1, 9])


@pytest.mark.parametrize("is_superuser", [False, True])
def test_author_never_approves_and_the_database_says_so_too(is_superuser: bool) -> None:
    author = UserFactory.create(is_superuser=is_superuser)
    brief = bring_to(BriefFactory.create(is_published=False, created_by=author), "in_review")

    with pytest.raises(ValidationError) as refusal:
        reviewing.approve_brief(brief=brief, by=author)
    assert refusal.value.code == "own_text"
    with (
        pytest.raises(DatabaseError, match="nobody approves a text of their own"),
        transaction.atomic(),
    ):
        revising.write_move(_seeming(brief, "approved"), "in_review", by=author)

    assert Brief.objects.get().status == "in_review"


def _seeming(brief: Brief, status: str) -> Brief:
    brief.status = status
    return brief


def test_whoever_changed_a_word_in_review_is_an_author_too() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")
    editor, other = UserFactory.create_batch(2)
    brief = edit(brief, editor, title="Another title")

    with pytest.raises(ValidationError) as refusal:
        reviewing.approve_brief(brief=brief, by=editor)
    assert refusal.value.code == "own_text"

    assert reviewing.approve_brief(brief=brief, by=other).status == "approved"


def test_text_that_moved_since_it_was_seen_is_not_approved() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")
    seen = brief.head_revision
    edit(brief, brief.created_by, title="Another title")

    with pytest.raises(ValidationError) as refusal:
        reviewing.approve_brief(brief=brief, by=UserFactory.create(), seen=seen)

    assert refusal.value.code == "moved"
    assert Brief.objects.get().status == "in_review"


def test_status_alone_approves_nothing() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")

    with pytest.raises(DatabaseError, match="has not been approved"):
        Brief.objects.filter(pk=brief.pk).update(status="approved")


def test_approved_text_cannot_change_behind_the_approval() -> None:
    brief = approve(BriefFactory.create(is_published=False))

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Brief.objects.filter(pk=brief.pk).update(body="<p>Other words.</p>")


def test_edit_after_approval_needs_approval_again() -> None:
    brief = approve(BriefFactory.create(is_published=False))
    author = brief.created_by

    revising.reopen(brief=brief, by=author)
    brief = edit(Brief.objects.get(), author, title="Another title")

    assert brief.status == "draft"
    with pytest.raises(ValidationError) as refusal:
        publishing.publish_brief(brief=brief, by=superuser())
    assert refusal.value.code == "conflict"


@pytest.mark.django_db(transaction=True)
def test_approval_and_request_for_changes_at_once_have_one_winner() -> None:
    brief = bring_to(BriefFactory.create(is_published=False), "in_review")
    first, second = UserFactory.create_batch(2)

    def outcome(call: str) -> str:
        try:
            if call == "approve":
                return reviewing.approve_brief(brief=brief, by=first).status
            return reviewing.request_changes(brief=brief, by=second, reason="Say when.").status
        except ValidationError as refusal:
            return str(refusal.code)

    results = race(lambda: outcome("approve"), lambda: outcome("request"))

    assert results.count("conflict") == 1
    assert Brief.objects.get().status in results


def test_review_is_handed_over_at_any_stage_before_publication() -> None:
    reviewer = UserFactory.create()
    for status in ("draft", "in_review", "changes_requested"):
        brief = bring_to(BriefFactory.create(is_published=False), status)

        handed = reviewing.hand_over(
            brief=brief, by=brief.created_by, assignee=reviewer, due_on=date(2099, 1, 1)
        )

        assert (handed.status, handed.assignee) == (status, reviewer)
        assert handed.due_on == date(2099, 1, 1)


def test_published_brief_and_somebody_who_left_are_handed_nothing() -> None:
    live = BriefFactory.create()
    draft = BriefFactory.create(is_published=False)
    gone = UserFactory.create(is_active=False)

    for brief, assignee, code in ((live, live.created_by, "conflict"), (draft, gone, "inactive")):
        with pytest.raises(ValidationError) as refusal:
            reviewing.hand_over(brief=brief, by=brief.created_by, assignee=assignee)
        assert refusal.value.code == code
        assert Brief.objects.get(pk=brief.pk).assignee is None


def test_text_called_back_waits_for_no_reviewer() -> None:
    brief = BriefFactory.create(is_published=False)
    reviewing.submit_brief(brief=brief, by=brief.created_by, assignee=UserFactory.create())

    assert reviewing.call_back(brief=brief, by=brief.created_by).assignee is None
