"""Who outside may read what, for how long, and that only they have the link."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from briefs import inviting, revising
from briefs.models import ReviewComment, ReviewLink
from jobs.models import Job
from mail.models import Message
from tests.briefs.inviting import address_of, in_review, invite
from tests.briefs.telling import at, do_jobs, told
from tests.briefs.workflow import edit
from tests.factories import BriefFactory, UserFactory
from tests.racing import race

pytestmark = pytest.mark.django_db


def code_of(refusal: pytest.ExceptionInfo[ValidationError]) -> str:
    return str(refusal.value.code)


def rows() -> tuple[int, int, int]:
    return ReviewLink.objects.count(), Message.objects.count(), ReviewComment.objects.count()


def test_link_goes_by_mail_and_the_database_alone_does_not_give_it_away() -> None:
    link, address = invite(language="fr")

    token = address.split("/")[2]
    message = Message.objects.get()
    assert link.digest == hashlib.sha256(token.encode()).hexdigest()
    assert (message.to_email, message.language) == ("fatou@reviewer.example", "fr")
    assert message.subject == "Un projet de texte à relire"
    assert token not in message.subject + message.text + message.html
    assert link.revision.brief.title not in message.subject + message.text + message.html
    left = link.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left < timedelta(days=7)


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_mail_is_written_in_each_language(language: str) -> None:
    invite(language=language, name="Fatou <b>")

    message = Message.objects.get()
    assert "Fatou <b>" in message.text
    assert "Fatou &lt;b&gt;" in message.html
    assert "Edem Editor" in message.text
    assert "TLP:CLEAR" in message.text
    assert "{" not in message.text


@pytest.mark.parametrize(
    ("tlp", "vouched", "code"),
    [
        ("red", True, "not_for_outside"),
        ("amber_strict", True, "not_for_outside"),
        ("amber", False, "need_to_know"),
    ],
)
def test_marking_decides_what_leaves_the_house(tlp: str, vouched: bool, code: str) -> None:
    brief = in_review()
    edit(brief, brief.created_by, tlp=tlp)

    with pytest.raises(ValidationError) as refusal:
        invite(brief, needs_to_know=vouched)

    assert code_of(refusal) == code
    assert rows() == (0, 0, 0)


def test_amber_goes_to_a_client_who_needs_to_know() -> None:
    brief = in_review()
    edit(brief, brief.created_by, tlp="amber")

    assert invite(brief, needs_to_know=True)[0].is_open


@pytest.mark.parametrize("days", [0, -1, 61])
def test_link_lasts_sixty_days_at_most(days: int) -> None:
    with pytest.raises(ValidationError) as refusal:
        invite(days=days)

    assert code_of(refusal) == "days"
    assert rows() == (0, 0, 0)
    link, _ = invite(days=60)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() + timedelta(days=90))


def test_second_invitation_to_the_same_text_is_refused_while_the_first_is_open() -> None:
    brief = in_review()
    invite(brief)

    with pytest.raises(ValidationError) as refusal:
        invite(brief, email="FATOU@reviewer.example")
    assert code_of(refusal) == "taken"

    with at(timezone.now() + timedelta(days=8)):
        again = inviting.invite_reviewer(
            brief=brief, by=brief.created_by, name="Fatou", email="fatou@reviewer.example"
        )
    assert ReviewLink.objects.filter(revoked_at__isnull=True).get() == again


@pytest.mark.django_db(transaction=True)
def test_double_click_invites_once() -> None:
    brief, by = in_review(), UserFactory.create()

    def try_it() -> str:
        try:
            return inviting.invite_reviewer(
                brief=brief, by=by, name="Fatou", email="fatou@reviewer.example"
            ).email
        except ValidationError as refusal:
            return str(refusal.code)

    assert sorted(race(try_it, try_it)) == ["fatou@reviewer.example", "taken"]
    assert rows()[:2] == (1, 1)


def test_revoked_link_is_closed_once() -> None:
    link, address = invite()

    inviting.revoke_link(link=link, by=link.created_by)
    with pytest.raises(ValidationError) as refusal:
        inviting.revoke_link(link=link, by=link.created_by)

    assert code_of(refusal) == "conflict"
    found = inviting.find_link(address.split("/")[2])
    assert found is not None
    assert not inviting.is_open(found)


def test_new_link_shows_the_newest_text_and_closes_the_old_one() -> None:
    brief = in_review()
    old, _ = invite(brief)
    brief = edit(brief, brief.created_by, title="Another title")

    new = inviting.reissue_link(link=old, by=brief.created_by, days=3)
    with pytest.raises(ValidationError) as refusal:
        inviting.reissue_link(link=old, by=brief.created_by)

    assert code_of(refusal) == "conflict"
    old.refresh_from_db()
    assert (old.is_open, new.is_open) == (False, True)
    assert new.revision == brief.head_revision
    assert address_of(new) != address_of(old)


def test_text_that_is_marked_up_closes_its_links() -> None:
    brief = in_review()
    link, _ = invite(brief)

    edit(brief, UserFactory.create(), tlp="red")

    link.refresh_from_db()
    assert not link.is_open
    with pytest.raises(ValidationError) as refusal:
        inviting.comment_by_link(link=link, anchor="title", text="Too long.")
    assert code_of(refusal) == "closed"


def test_comment_from_outside_is_kept_and_told_to_authors_and_to_whoever_invited() -> None:
    link, _ = invite()
    do_jobs()

    comment = inviting.comment_by_link(link=link, anchor="title", text="Too long.")
    do_jobs()

    assert (comment.author, comment.by, comment.revision) == ("Fatou Example", None, link.revision)
    brief = link.revision.brief
    subject = f"A comment on draft {brief.pk}"
    readers = (brief.created_by, link.created_by)
    assert told() == sorted((subject, reader.email) for reader in readers)


def test_comments_of_one_link_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "MOST_COMMENTS", 1)
    link, _ = invite()
    inviting.comment_by_link(link=link, anchor="title", text="One.")

    with pytest.raises(ValidationError) as refusal:
        inviting.comment_by_link(link=link, anchor="title", text="Two.")

    assert code_of(refusal) == "enough"


def test_verdict_is_given_once() -> None:
    link, _ = invite()
    do_jobs()

    for _ in range(2):
        inviting.give_verdict(link=link, verdict="agrees")
    with pytest.raises(ValidationError) as refusal:
        inviting.give_verdict(link=link, verdict="wants_changes", text="No.")
    do_jobs()

    assert code_of(refusal) == "conflict"
    assert Job.objects.filter(kind="briefs.tell_of_verdict").count() == 1
    brief = link.revision.brief
    subject = f"A reviewer agrees: draft {brief.pk}"
    readers = (brief.created_by, link.created_by)
    assert told() == sorted((subject, reader.email) for reader in readers)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ReviewLink.objects.update(verdict="wants_changes")


def test_whoever_wants_changes_says_which() -> None:
    link, _ = invite()

    with pytest.raises(ValidationError) as refusal:
        inviting.give_verdict(link=link, verdict="wants_changes")
    assert code_of(refusal) == "text_missing"
    inviting.give_verdict(link=link, verdict="wants_changes", text="Name the source.")

    link.refresh_from_db()
    assert link.verdict == "wants_changes"
    assert ReviewComment.objects.get().text == "Name the source."
    do_jobs()
    brief = link.revision.brief
    subject = f"A reviewer wants changes: draft {brief.pk}"
    readers = (brief.created_by, link.created_by)
    assert told() == sorted((subject, reader.email) for reader in readers)


@pytest.mark.django_db(transaction=True)
def test_two_verdicts_at_once_have_one_winner() -> None:
    link, _ = invite()

    def give(verdict: str) -> str:
        try:
            return inviting.give_verdict(link=link, verdict=verdict, text="So.").verdict
        except ValidationError as refusal:
            return str(refusal.code)

    results = race(lambda: give("agrees"), lambda: give("wants_changes"))

    assert results.count("conflict") == 1
    assert ReviewLink.objects.get().verdict in results
    assert ReviewComment.objects.count() == 1


def test_link_is_tied_to_its_text_and_reader() -> None:
    link, _ = invite()

    for fields in ({"email": "x@y.example"}, {"digest": "0" * 64}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            ReviewLink.objects.filter(pk=link.pk).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewLink.objects.create(
            revision=link.revision,
            email=link.email,
            digest="1" * 64,
            created_by=link.created_by,
            expires_at=link.expires_at,
        )


def test_pending_revision_is_shown_and_the_live_text_is_not_touched() -> None:
    live = BriefFactory.create()
    pending = revising.open_pending(brief=live, by=live.created_by)
    pending = edit(pending, live.created_by, title="A pending title")

    link, _ = invite(pending)

    assert link.revision.snapshot["title"] == "A pending title"
    assert link.revision.brief == live
