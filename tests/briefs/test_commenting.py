"""Comments: kept with the text that they are about, open until resolved, never doubled or lost."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from briefs import commenting, reviewing
from briefs.models import Brief, ReviewComment
from jobs.models import Job
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory
from tests.racing import race

pytestmark = pytest.mark.django_db


def in_review() -> Brief:
    return bring_to(BriefFactory.create(is_published=False), "in_review")


def rows() -> tuple[int, int]:
    return ReviewComment.objects.count(), Job.objects.filter(kind="briefs.tell_of_comment").count()


def test_comment_names_its_text_its_part_and_its_author() -> None:
    brief, editor = in_review(), UserFactory.create()

    made = commenting.comment_on_brief(
        brief=brief, by=editor, text="  Say when.\n", anchor="summary"
    )
    edit(brief, brief.created_by, summary="Other words.")

    comment = ReviewComment.objects.of(brief).open().get()
    assert comment == made
    assert (comment.text, comment.anchor, comment.author) == ("Say when.", "summary", str(editor))
    assert comment.revision.number == 1
    assert rows() == (1, 1)


@pytest.mark.parametrize(
    ("text", "anchor"),
    [("  ", "general"), ("a\u202eb", "general"), ("x", "footer"), ("x" * 5001, "title")],
)
def test_what_cannot_be_kept_is_refused_and_tells_nobody(text: str, anchor: str) -> None:
    brief = in_review()

    with pytest.raises(ValidationError):
        commenting.comment_on_brief(brief=brief, by=UserFactory.create(), text=text, anchor=anchor)

    assert rows() == (0, 0)


def test_same_form_is_one_comment_and_other_words_are_another() -> None:
    brief, editor, form = in_review(), UserFactory.create(), uuid.uuid4()

    for text in ("Say when.", "Say when.", "Say where."):
        commenting.comment_on_brief(brief=brief, by=editor, text=text, form_id=form)

    assert rows() == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_double_click_is_one_comment() -> None:
    brief, editor, form = in_review(), UserFactory.create(), uuid.uuid4()

    def say() -> int:
        return commenting.comment_on_brief(
            brief=brief, by=editor, text="Say when.", form_id=form
        ).pk

    first, second = race(say, say)

    assert first == second
    assert rows() == (1, 1)


def test_requested_changes_stay_open_over_every_later_text() -> None:
    brief, editor = in_review(), UserFactory.create()

    brief = reviewing.request_changes(brief=brief, by=editor, reason="Say when.")
    edit(brief, brief.created_by, summary="On Monday.")
    reviewing.submit_brief(brief=brief, by=brief.created_by)

    comment = ReviewComment.objects.of(brief).open().get()
    assert (comment.text, comment.by, comment.move.to_status) == (
        "Say when.",
        editor,
        "changes_requested",
    )
    assert rows() == (1, 0)


def test_resolved_and_opened_again() -> None:
    brief, editor = in_review(), UserFactory.create()
    comment = commenting.comment_on_brief(brief=brief, by=editor, text="Say when.")

    resolved = commenting.resolve_comment(comment=comment, by=brief.created_by)
    assert resolved.resolved_by == brief.created_by
    with pytest.raises(ValidationError) as refusal:
        commenting.resolve_comment(comment=comment, by=editor)
    assert refusal.value.code == "conflict"
    reopened = commenting.reopen_comment(comment=comment, by=editor)

    assert (reopened.resolved_at, reopened.resolved_by) == (None, None)
    with pytest.raises(ValidationError) as refusal:
        commenting.reopen_comment(comment=comment, by=editor)
    assert refusal.value.code == "conflict"


@pytest.mark.django_db(transaction=True)
def test_two_who_resolve_at_once_have_one_winner() -> None:
    brief = in_review()
    comment = commenting.comment_on_brief(brief=brief, by=brief.created_by, text="Say when.")
    people = UserFactory.create_batch(2)

    def resolve(by: object) -> str:
        try:
            return str(commenting.resolve_comment(comment=comment, by=by).resolved_by)
        except ValidationError as refusal:
            return str(refusal.code)

    results = race(lambda: resolve(people[0]), lambda: resolve(people[1]))

    assert results.count("conflict") == 1
    assert str(ReviewComment.objects.get().resolved_by) in results


def test_words_are_never_changed_or_deleted() -> None:
    brief = in_review()
    commenting.comment_on_brief(brief=brief, by=brief.created_by, text="Say when.")

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ReviewComment.objects.update(text="Never mind.")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        ReviewComment.objects.all().delete()
