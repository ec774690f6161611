"""Review with four eyes: submit, request changes, approve. Nobody approves a text of their own."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs import commenting, completeness, revising
from briefs.models import EDITABLE, Brief, Revision
from jobs import queue

# When the assignee is reminded, on the day itself and on the next.
REMINDED_AT = time(7, tzinfo=UTC)
# ICD 203, section D.6.e: what an analytic text is held against, ticked before it is approved.
STANDARDS: dict[int, str] = {
    1: "It says how good its sources are.",
    2: "It expresses and explains what is uncertain.",
    3: "It keeps facts, assumptions and judgements apart.",
    4: "It weighs alternatives.",
    5: "It is of use to the reader and says what follows.",
    6: "It argues clearly, the main message first.",
    7: "It says what changed since earlier judgements.",
    8: "Its judgements are as accurate as can be.",
    9: "Its map and lists serve the text.",
}


@transaction.atomic
def submit_brief(
    *,
    brief: Brief,
    by: User,
    assignee: User | None = None,
    due_on: date | None = None,
    moment: datetime | None = None,
) -> Brief:
    """Ask for review of the text as it stands; the assignee is to review it by the day given.

    It must be fit for publication at `moment`: now, unless an older text is taken over.

    Raises ValidationError with every gap at once, or with code "conflict" where the status forbids it.
    """
    locked = revising.lock(brief)
    if locked.head_revision_id is None:
        revising.record_revision(brief=locked, by=by)
    before = locked.status
    locked.move_to("in_review")
    locked.clean()
    revising.require_change(locked)
    completeness.require_complete(locked, moment or timezone.now())
    _give_to(locked, assignee, due_on)
    return revising.record_move(locked, before, by=by, is_told=moment is None)


@transaction.atomic
def call_back(*, brief: Brief, by: User) -> Brief:
    """Take a text out of review to write on. Raises ValidationError("conflict") when it is not in review."""
    locked = revising.lock(brief)
    before = locked.status
    if before != "in_review":
        raise ValidationError("The brief is not in review.", code="conflict")
    locked.move_to("draft")
    locked.assignee = None
    return revising.record_move(locked, before, by=by)


@transaction.atomic
def request_changes(
    *,
    brief: Brief,
    by: User,
    reason: str,
    assignee: User | None = None,
    due_on: date | None = None,
) -> Brief:
    """Send a text back to be worked on, with what is to change.

    What is to change stays an open comment until somebody resolves it. Without an assignee it goes to whoever
    submitted it. Raises ValidationError("reason_missing") without a reason,
    ("conflict") when it is not in review.
    """
    locked = revising.lock(brief)
    before = locked.status
    locked.move_to("changes_requested")
    _require(reason, "Say what is to change.")
    _give_to(locked, assignee or submitter_of(locked), due_on)
    move = revising.write_move(locked, before, by=by, reason=reason)
    commenting.note_request(move=move, reason=reason)
    locked.save()
    return locked


@transaction.atomic
def hand_over(
    *, brief: Brief, by: User, assignee: User | None = None, due_on: date | None = None
) -> Brief:
    """Say who is to act next on a text that is not public, and by when; whoever gets it is told by mail.

    The same again changes nothing. Raises ValidationError("conflict") once it is published, ("inactive") for
    somebody who may not log in any more.
    """
    locked = revising.lock(brief)
    if locked.status not in (*EDITABLE, "approved"):
        raise ValidationError("Nobody has to act on it any more.", code="conflict")
    if assignee is not None and not assignee.is_active:
        raise ValidationError(f"{assignee} may not log in any more.", code="inactive")
    if (locked.assignee, locked.due_on) == (assignee, due_on):
        return locked
    is_new = assignee is not None and assignee not in (locked.assignee, by)
    _give_to(locked, assignee, due_on)
    locked.save(update_fields=["assignee", "due_on", "updated_at"])
    if is_new and assignee is not None:
        key = f"handed:{locked.pk}:{assignee.pk}:{secrets.token_hex(8)}"
        queue.enqueue(queue.Ask("briefs.tell_of_handover", locked.pk, key))
    return locked


def _give_to(brief: Brief, assignee: User | None, due_on: date | None) -> None:
    """Note who has it and have them reminded when the day comes and when it has gone by; saves nothing."""
    brief.assignee, brief.due_on = assignee, due_on
    if due_on is None:
        return
    for name, day in (("due", due_on), ("late", due_on + timedelta(days=1))):
        key = f"{name}:{brief.pk}:{due_on}"
        queue.enqueue(queue.Ask("briefs.remind", brief.pk, key, datetime.combine(day, REMINDED_AT)))


@transaction.atomic
def approve_brief(
    *,
    brief: Brief,
    by: User,
    seen: Revision | None = None,
    checklist: Sequence[int] = (),
    reason: str = "",
    moment: datetime | None = None,
) -> Brief:
    """Approve the text as it stands, which must be the one that the approver has seen.

    `checklist` holds the numbers of the STANDARDS ticked. Raises ValidationError with every gap at once, or with
    code "own_text" for somebody who wrote on it, "moved" when it changed since it was seen, "conflict" when it is
    not in review.
    """
    locked = revising.lock(brief)
    before = locked.status
    if before != "in_review":
        raise ValidationError("The brief is not in review.", code="conflict")
    locked.move_to("approved")
    head = locked.head_revision
    assert head is not None  # nothing comes into review without one
    if seen is not None and seen.pk != head.pk:
        raise ValidationError("The text has changed since you opened it.", code="moved")
    if by.pk in head.authors:
        raise ValidationError("Nobody approves a text of their own.", code="own_text")
    completeness.require_complete(locked, moment or timezone.now())
    ticked = sorted(set(checklist) & set(STANDARDS))
    return revising.record_move(
        locked, before, by=by, reason=reason, checklist=ticked, is_told=moment is None
    )


def submitter_of(brief: Brief) -> User | None:
    """Who last asked for review of it."""
    moves = brief.root.moves.filter(
        to_status="in_review", of_pending=brief.revises_id is not None
    ).select_related("by")
    last = moves.order_by("-pk").first()
    return last.by if last else None


def _require(text: str, problem: str) -> None:
    if not text.strip():
        raise ValidationError(problem, code="reason_missing")
