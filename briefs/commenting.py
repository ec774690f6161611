"""Review comments of the house: said of a text, open until resolved. Those from outside: see `inviting`."""

import hashlib
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs import revising
from briefs.models import Anchor, Brief, Move, ReviewComment
from jobs import queue


@transaction.atomic
def comment_on_brief(
    *,
    brief: Brief,
    by: User,
    text: str,
    anchor: str = Anchor.GENERAL,
    form_id: uuid.UUID | None = None,
) -> ReviewComment:
    """Say something of the text as it stands; those who work on it are told by mail that there is a comment.

    The same form with the same words makes one comment, however often it is sent. Raises
    ValidationError("text_missing") without words.
    """
    locked = revising.lock(brief)
    if locked.head_revision is None:
        revising.record_revision(brief=locked, by=locked.created_by)
        locked.refresh_from_db(fields=["head_revision"])
    comment = ReviewComment(brief=locked.root, revision=locked.head_revision, by=by, anchor=anchor)
    return keep_comment(comment, text, form_id)


def keep_comment(
    comment: ReviewComment, text: str, form_id: uuid.UUID | None, *, is_told: bool = True
) -> ReviewComment:
    """Store a comment once for each form and have those concerned told, unless something else tells them.

    The caller holds a lock.
    """
    comment.text = text.strip()
    if not comment.text:
        raise ValidationError("Write what you have to say.", code="text_missing")
    if form_id is not None:
        comment.form_key = _form_key(comment, form_id)
        earlier = ReviewComment.objects.filter(form_key=comment.form_key).first()
        if earlier is not None:
            return earlier
    comment.full_clean()
    comment.save()
    if is_told:
        queue.enqueue(queue.Ask("briefs.tell_of_comment", comment.pk, f"comment:{comment.pk}"))
    return comment


def _form_key(comment: ReviewComment, form_id: uuid.UUID) -> str:
    """Equal for the same form with the same words of the same person."""
    said = f"{form_id} {comment.by_id} {comment.link_id} {comment.anchor} {comment.text}"
    return hashlib.sha256(said.encode()).hexdigest()


def note_request(*, move: Move, reason: str) -> ReviewComment:
    """Keep what a request for changes asks as an open comment, so that no later text loses it.

    The mail is that of the move. Raises ValidationError when the words hide something.
    """
    comment = ReviewComment(
        brief=move.brief, revision=move.revision, by=move.by, text=reason.strip(), move=move
    )
    comment.full_clean()
    comment.save()
    return comment


def note_done(*, brief: Brief, by: User, text: str) -> ReviewComment:
    """Put on record in the thread that something was done; there is nothing left to resolve."""
    assert brief.head_revision is not None
    return ReviewComment.objects.create(
        brief=brief.root,
        revision=brief.head_revision,
        by=by,
        text=text,
        resolved_at=timezone.now(),
        resolved_by=by,
    )


@transaction.atomic
def resolve_comment(*, comment: ReviewComment, by: User) -> ReviewComment:
    """Close a comment. Raises ValidationError("conflict") when it is closed already."""
    locked = _lock(comment)
    if locked.resolved_at is not None:
        raise ValidationError(f"{locked.resolved_by} has resolved it already.", code="conflict")
    locked.resolved_at, locked.resolved_by = timezone.now(), by
    locked.save(update_fields=["resolved_at", "resolved_by"])
    return locked


@transaction.atomic
def reopen_comment(*, comment: ReviewComment, by: User) -> ReviewComment:
    """Open a comment that was resolved too soon. Raises ValidationError("conflict") when it is open."""
    locked = _lock(comment)
    if locked.resolved_at is None:
        raise ValidationError("It is open.", code="conflict")
    locked.resolved_at = locked.resolved_by = None
    locked.save(update_fields=["resolved_at", "resolved_by"])
    return locked


def _lock(comment: ReviewComment) -> ReviewComment:
    return ReviewComment.objects.select_for_update().get(pk=comment.pk)
