"""Who is told what, once, without a word of the text; and who is not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from briefs import commenting, publishing, reviewing, telling
from briefs.models import Brief
from jobs import working
from jobs.models import Job
from mail.models import Message
from tests.briefs.telling import at, do_jobs, forget, told
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET = "Zanzibar"


def draft(**fields: object) -> Brief:
    return BriefFactory.create(is_published=False, title=f"{SECRET} {fields}", **fields)


def test_submission_tells_the_assignee_alone() -> None:
    brief = draft()
    UserFactory.create(roles=["editor"])
    reviewer = UserFactory.create(roles=["editor"])

    reviewing.submit_brief(brief=brief, by=brief.created_by, assignee=reviewer)

    assert do_jobs() == ["done"]
    assert told() == [(f"Draft {brief.pk} waits for your review", reviewer.email)]


def test_submission_to_nobody_tells_those_whose_role_it_is_and_who_may_approve_it() -> None:
    author = UserFactory.create(roles=["editor"])
    brief = draft(created_by=author)
    editors = UserFactory.create_batch(2, roles=["editor"])
    UserFactory.create(roles=["editor"], is_active=False)
    UserFactory.create(is_superuser=True)
    UserFactory.create(roles=["analyst"])

    reviewing.submit_brief(brief=brief, by=author)
    do_jobs()

    subject = f"Draft {brief.pk} waits for a review"
    assert told() == sorted((subject, editor.email) for editor in editors)


def test_request_for_changes_tells_authors_and_whoever_is_to_act_but_not_the_actor() -> None:
    brief = bring_to(draft(), "in_review")
    editor, second, other = UserFactory.create_batch(3)
    brief = edit(brief, second, summary="Other words.")
    forget()

    reviewing.request_changes(brief=brief, by=editor, reason="Say when.", assignee=other)
    do_jobs()

    readers = [brief.created_by, second, other]
    subject = f"Changes requested: draft {brief.pk}"
    assert told() == sorted((subject, reader.email) for reader in readers)


def test_approval_and_publication_tell_the_authors() -> None:
    brief = bring_to(draft(), "in_review")
    forget()

    approved = reviewing.approve_brief(brief=brief, by=UserFactory.create())
    do_jobs()
    published = publishing.publish_brief(brief=approved, by=UserFactory.create())
    do_jobs()

    email = brief.created_by.email
    assert told() == [
        (f"Approved: draft {brief.pk}", email),
        (f"Published: {published.reference}", email),
    ]


def test_scheduled_publication_is_told_when_it_happens_and_not_when_it_was_called_back() -> None:
    approved = bring_to(draft(), "approved")
    forget()
    ahead = timezone.now() + timedelta(hours=1)
    brief = publishing.publish_brief(brief=approved, by=UserFactory.create(), published_at=ahead)

    assert do_jobs() == []
    job = Job.objects.get(kind="briefs.tell_of_move", run_at=ahead)
    publishing.unschedule_brief(brief=brief, by=UserFactory.create())
    with at(ahead + timedelta(seconds=1)):
        telling.tell_of_move(move_id=job.subject_id)

    assert told() == []


def test_what_is_untrue_by_now_is_not_told() -> None:
    brief = bring_to(draft(), "in_review")
    UserFactory.create(roles=["editor"])
    reviewing.call_back(brief=brief, by=brief.created_by)

    assert do_jobs() == ["done"]
    assert told() == []


def test_text_taken_over_from_long_ago_tells_nobody() -> None:
    UserFactory.create(roles=["editor"])
    BriefFactory.create()

    assert do_jobs() == []


def test_comment_tells_authors_and_those_who_spoke_before() -> None:
    brief = bring_to(draft(), "in_review")
    first, second = UserFactory.create_batch(2)
    commenting.comment_on_brief(brief=brief, by=first, text=SECRET)
    forget()

    commenting.comment_on_brief(brief=brief, by=second, text=SECRET)
    do_jobs()

    subject = f"A comment on draft {brief.pk}"
    assert told() == sorted([(subject, brief.created_by.email), (subject, first.email)])


def test_hand_over_tells_the_new_one_once_and_nobody_of_what_they_did_themselves() -> None:
    brief = bring_to(draft(), "in_review")
    forget()
    editor = UserFactory.create()

    for _ in range(2):
        reviewing.hand_over(brief=brief, by=brief.created_by, assignee=editor)
    reviewing.hand_over(brief=brief, by=brief.created_by, assignee=brief.created_by)
    reviewing.hand_over(brief=brief, by=brief.created_by, assignee=editor)
    do_jobs()

    assert told() == [(f"Draft {brief.pk} is with you", editor.email)] * 2


def test_no_notice_holds_a_word_of_the_text() -> None:
    brief = bring_to(draft(summary=SECRET, body=f"<p>{SECRET}</p>"), "in_review")
    reviewer = UserFactory.create()
    commenting.comment_on_brief(brief=brief, by=reviewer, text=SECRET)
    reviewing.request_changes(brief=brief, by=reviewer, reason=SECRET)
    do_jobs()

    messages = Message.objects.all()
    assert len(messages) == 2
    for message in messages:
        assert SECRET not in message.subject + message.text + message.html
        assert f"/staff/briefs/brief/{brief.pk}/change/" in message.text


def test_each_is_told_once_whatever_is_done_twice() -> None:
    brief = draft()
    editor = UserFactory.create()
    reviewing.submit_brief(brief=brief, by=brief.created_by, assignee=editor)
    job = Job.objects.get(kind="briefs.tell_of_move")

    for _ in range(2):
        telling.tell_of_move(move_id=job.subject_id)
    working.run_job(job.pk)

    assert len(told()) == 1


def test_worker_that_dies_between_the_first_and_the_second_message_leaves_none_and_is_made_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brief = bring_to(draft(), "in_review")
    forget()
    commenting.comment_on_brief(brief=brief, by=UserFactory.create(), text="One.")
    forget()
    commenting.comment_on_brief(brief=brief, by=UserFactory.create(), text="Two.")
    job = Job.objects.filter(kind="briefs.tell_of_comment").latest("pk")
    sent = []

    def dying(letter: object) -> None:
        sent.append(real(letter))
        if len(sent) == 2:
            raise RuntimeError

    real = telling.outbox.queue_message
    monkeypatch.setattr(telling.outbox, "queue_message", dying)
    working.run_job(job.pk)
    assert told() == []
    monkeypatch.undo()
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())

    assert working.run_job(job.pk)
    assert len(told()) == 2


def test_refusal_tells_nobody() -> None:
    brief = bring_to(draft(), "in_review")
    forget()

    with pytest.raises(ValidationError):
        reviewing.request_changes(brief=brief, by=UserFactory.create(), reason=" ")

    assert do_jobs() == []


# --- The day that was set

DAY = date(2031, 3, 5)
MORNING = datetime(2031, 3, 5, 7, tzinfo=UTC)


def due_brief(**fields: object) -> tuple[Brief, str]:
    """A brief in review, due on DAY, and its reviewer's address."""
    brief, reviewer = draft(), UserFactory.create()
    given = {"assignee": reviewer} | fields
    reviewing.submit_brief(brief=brief, by=brief.created_by, due_on=DAY, **given)
    forget()
    return brief, reviewer.email


def remind_on(moment: datetime) -> list[tuple[str, str]]:
    with at(moment):
        for job in Job.objects.filter(kind="briefs.remind", run_at__lte=moment).order_by("pk"):
            telling.remind(brief_id=job.subject_id, key=job.key)
    return told()


def test_assignee_is_reminded_in_the_morning_and_with_the_submitter_on_the_next_day() -> None:
    brief, email = due_brief()

    assert remind_on(MORNING - timedelta(seconds=1)) == []
    assert remind_on(MORNING) == [(f"Due today: draft {brief.pk}", email)]
    late = f"Overdue: draft {brief.pk}"
    expected = [(f"Due today: draft {brief.pk}", email)]
    expected += [(late, email), (late, brief.created_by.email)]
    assert remind_on(MORNING + timedelta(days=1)) == sorted(expected)
    assert remind_on(MORNING + timedelta(days=9)) == sorted(expected)


def test_day_that_was_moved_or_met_reminds_nobody() -> None:
    moved, _ = due_brief()
    met, _ = due_brief()
    reviewing.hand_over(
        brief=moved, by=moved.created_by, assignee=None, due_on=DAY + timedelta(days=30)
    )
    reviewing.approve_brief(brief=met, by=UserFactory.create())
    forget()

    assert remind_on(MORNING + timedelta(days=1)) == []


def test_without_an_assignee_whoever_submitted_it_is_reminded() -> None:
    brief, _ = due_brief(assignee=None)

    assert remind_on(MORNING) == [(f"Due today: draft {brief.pk}", brief.created_by.email)]
