"""Reviewers from outside: one frozen text by a private link that runs out, their comments, and their verdict."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import private_links
from accounts.models import User
from briefs import commenting, history, revising
from briefs.models import (
    LONGEST_DAYS,
    NEVER_SENT_OUT,
    Brief,
    ReviewComment,
    ReviewLink,
    Revision,
    Tlp,
    Verdict,
)
from jobs import queue
from mail import outbox

# More comments than a person writes: what comes by a link that somebody passed on has an end.
MOST_COMMENTS = 100


@transaction.atomic
def invite_reviewer(
    *,
    brief: Brief,
    by: User,
    name: str,
    email: str,
    language: str = "en",
    days: int = 7,
    needs_to_know: bool = False,
) -> ReviewLink:
    """Mail somebody outside a private link to the text as it stands now, open for so many days.

    Raises ValidationError: "not_for_outside" for a text marked TLP:AMBER+STRICT or RED, "need_to_know" for AMBER
    unless the caller vouches for it, "taken" while this person's link to this text is open, "days" beyond 60.
    """
    locked = revising.lock(brief)
    if locked.head_revision is None:
        revising.record_revision(brief=locked, by=by)
        locked.refresh_from_db(fields=["head_revision"])
    text = locked.head_revision
    assert text is not None
    _require_may_leave(text, needs_to_know)
    earlier = ReviewLink.objects.filter(revision=text, email__iexact=email, revoked_at__isnull=True)
    if earlier.filter(expires_at__gt=timezone.now()).exists():
        raise ValidationError(
            "This person has an open link to this text. Mail them a new one, or revoke it first.",
            code="taken",
        )
    earlier.update(revoked_at=timezone.now(), revoked_by=by)
    link = ReviewLink(revision=text, name=name, email=email, language=language, created_by=by)
    return _issue(link, days)


@transaction.atomic
def reissue_link(
    *, link: ReviewLink, by: User, days: int = 7, needs_to_know: bool = False
) -> ReviewLink:
    """Mail the same person a new link, to the text as it stands now; the one before closes.

    Raises what `invite_reviewer` raises, and "conflict" when the link was replaced already.
    """
    old = _lock(link)
    if old.revoked_at is not None:
        raise ValidationError("This link is closed: invite the person again.", code="conflict")
    brief = history.at_work(old.revision.brief)
    old.revoked_at, old.revoked_by = timezone.now(), by
    old.save(update_fields=["revoked_at", "revoked_by"])
    return invite_reviewer(
        brief=brief,
        by=by,
        name=old.name,
        email=old.email,
        language=old.language,
        days=days,
        needs_to_know=needs_to_know,
    )


@transaction.atomic
def revoke_link(*, link: ReviewLink, by: User) -> ReviewLink:
    """Close a link at once. Raises ValidationError("conflict") when it is closed."""
    locked = _lock(link)
    if locked.revoked_at is not None:
        raise ValidationError("It is closed already.", code="conflict")
    locked.revoked_at, locked.revoked_by = timezone.now(), by
    locked.save(update_fields=["revoked_at", "revoked_by"])
    return locked


def find_link(token: str) -> ReviewLink | None:
    """The link of this token, open or not."""
    links = ReviewLink.objects.select_related("revision__brief", "created_by")
    return links.filter(digest=private_links.digest(token)).first()


def is_open(link: ReviewLink) -> bool:
    """Whether the link still shows its text: what was withdrawn is shown to nobody."""
    return link.is_open and link.revision.brief.status != "withdrawn"


def note_seen(link: ReviewLink) -> None:
    """Keep when the page was opened first. It may have been a mail scanner: it proves no reading."""
    if link.first_seen_at is None:
        unseen = ReviewLink.objects.filter(pk=link.pk, first_seen_at__isnull=True)
        unseen.update(first_seen_at=timezone.now())


@transaction.atomic
def comment_by_link(
    *, link: ReviewLink, anchor: str, text: str, form_id: uuid.UUID | None = None
) -> ReviewComment:
    """Keep what somebody outside says of the text that their link shows.

    Raises ValidationError: "closed" when the link is not open any more, "text_missing", "enough".
    """
    locked = _lock_open(link)
    return _keep(locked, anchor, text, form_id)


@transaction.atomic
def give_verdict(
    *, link: ReviewLink, verdict: str, text: str = "", form_id: uuid.UUID | None = None
) -> ReviewLink:
    """Keep what somebody outside thinks of the text, once; the house decides.

    Whoever wants changes says which. The same verdict again changes nothing. Raises ValidationError: "closed",
    "conflict" after another verdict, "text_missing".
    """
    locked = _lock_open(link)
    if locked.verdict and locked.verdict != verdict:
        raise ValidationError(gettext("You have given another verdict already."), code="conflict")
    if text.strip():
        _keep(locked, "general", text, form_id, is_told=bool(locked.verdict))
    if locked.verdict:
        return locked
    if verdict == Verdict.WANTS_CHANGES and not locked.comments.exists():
        raise ValidationError(gettext("Say what should change."), code="text_missing")
    locked.verdict, locked.verdict_at = verdict, timezone.now()
    locked.save(update_fields=["verdict", "verdict_at"])
    queue.enqueue(
        queue.Ask(kind="briefs.tell_of_verdict", subject_id=link.pk, key=f"verdict:{link.pk}")
    )
    return locked


def _keep(
    link: ReviewLink, anchor: str, text: str, form_id: uuid.UUID | None, is_told: bool = True
) -> ReviewComment:
    if link.comments.count() >= MOST_COMMENTS:
        raise ValidationError(
            gettext("That is more than we can take by this page. Please write to us."),
            code="enough",
        )
    comment = ReviewComment(
        brief_id=link.revision.brief_id, revision=link.revision, link=link, anchor=anchor
    )
    return commenting.keep_comment(comment, text, form_id, is_told=is_told)


def _require_may_leave(text: Revision, needs_to_know: bool) -> None:
    marking = Tlp(text.snapshot["tlp"])
    if marking in NEVER_SENT_OUT:
        raise ValidationError(
            f"{marking.label} does not leave the house: a link can be passed on. Mark the text TLP:AMBER or below"
            " if somebody outside may read it.",
            code="not_for_outside",
        )
    if marking == Tlp.AMBER and not needs_to_know:
        raise ValidationError(
            "TLP:AMBER goes to clients who need to know it, and to nobody else. Tick that this person is one.",
            code="need_to_know",
        )


def _lock(link: ReviewLink) -> ReviewLink:
    return ReviewLink.objects.select_for_update().get(pk=link.pk)


def _lock_open(link: ReviewLink) -> ReviewLink:
    locked = _lock(link)
    if not is_open(locked):
        raise ValidationError(gettext("This link is no longer open."), code="closed")
    return locked


def _issue(link: ReviewLink, days: int) -> ReviewLink:
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError(f"A link is open for 1 to {LONGEST_DAYS} days.", code="days")
    token = secrets.token_urlsafe(32)
    link.digest = private_links.digest(token)
    link.expires_at = timezone.now() + timedelta(days=days)
    link.full_clean(validate_constraints=False)  # one compares with created_at, which saving sets
    link.save()
    outbox.queue_message(_letter(link, token))
    return link


def _letter(link: ReviewLink, token: str) -> outbox.Letter:
    address = reverse("briefs:review", args=[token])
    return outbox.Letter(
        key=f"review-link:{link.pk}",
        template="briefs/mail/invitation",
        to_email=link.email,
        to_name=link.name,
        language=link.language,
        reference=link.revision.brief.name_in_mail,
        private_url=f"{settings.SITE_URL}{address}",
        context={
            "full_name": link.name,
            "expires_at": link.expires_at,
            "invited_by": link.created_by.full_name,
            "marking": Tlp(link.revision.snapshot["tlp"]).label,
        },
    )
