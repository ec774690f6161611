"""Publishing: the only place that makes a brief visible, changes what readers see, or takes it away."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs import announcing, brief_pages, cards, completeness, freshness, replacing, revising
from briefs.models import ONCE_PUBLIC, Brief, Correction, CorrectionKind, Edition, FormerAddress
from briefs.models.reference_counter import next_reference
from jobs import queue


@transaction.atomic
def publish_brief(
    *,
    brief: Brief,
    by: User,
    published_at: datetime | None = None,
    expires_at: datetime | None = None,
    emergency_reason: str = "",
) -> Brief:
    """Let readers see an approved brief from now, or from the moment given, until it expires.

    A moment ahead is its schedule: it takes effect by itself. With `emergency_reason`, and only for whoever holds
    that permission, a text that nobody has approved goes out; the reason stays on record. For a pending revision
    see `publish_revision`. Raises ValidationError with every gap at once, or with code "conflict" when the brief's
    status does not lead to publication.
    """
    locked = revising.lock(brief)
    before = locked.status
    _require_approval(locked, by, emergency_reason)
    locked.move_to("published")
    if locked.revises_id:
        raise ValidationError("Publish it as a revision of its live brief.", code="conflict")
    now = timezone.now()
    moment = published_at or now
    locked.clean()
    completeness.require_complete(locked, moment)
    if expires_at and expires_at <= moment:
        raise ValidationError("It would expire before it is published.", code="expires_early")
    _date(locked, moment, now, expires_at)
    edition = _add_edition(locked, moment, by)
    queue.enqueue(announcing.ask(edition), *_to_make(edition))
    freshness.public_changed()
    return revising.record_move(
        locked,
        before,
        by=by,
        reason=emergency_reason,
        is_emergency=bool(emergency_reason),
        is_told=moment >= now,
        told_at=moment,
    )


def _date(brief: Brief, moment: datetime, now: datetime, expires_at: datetime | None) -> None:
    """Make it the text that readers get from that moment on, with a reference; its work is done."""
    brief.published_at = brief.modified_at = moment
    brief.changed_at = max(moment, now)
    brief.expires_at = expires_at
    brief.reference = brief.reference or next_reference(moment.year)
    brief.live_revision_id = brief.head_revision_id
    brief.assignee = brief.due_on = None


@transaction.atomic
def unschedule_brief(*, brief: Brief, by: User) -> Brief:
    """Call back a publication whose hour has not come; the brief stays approved and keeps its reference.

    Raises ValidationError("conflict") when readers can see it already.
    """
    locked = revising.lock(brief)
    before = locked.status
    locked.move_to("approved")
    if locked.published_at is None or locked.published_at <= timezone.now():
        raise ValidationError("Readers can see it already: withdraw it instead.", code="conflict")
    locked.editions.all().delete()
    locked.published_at = locked.modified_at = locked.expires_at = locked.changed_at = None
    locked.live_revision = None
    freshness.public_changed()
    return revising.record_move(locked, before, by=by)


@transaction.atomic
def publish_revision(
    *,
    pending: Brief,
    by: User,
    kind: str = "",
    text: str = "",
    emergency_reason: str = "",
) -> Brief:
    """Give readers an approved pending revision in place of the live text, which keeps an address of its own.

    `kind` and `text` tell readers of the change: a CorrectionKind and what was wrong or is new. Without them it is
    a slip of the pen that changes no date. Returns the live brief. Raises ValidationError with every gap at once,
    or with code "conflict".
    """
    locked = revising.lock(pending)
    if locked.revises_id is None:
        raise ValidationError("This brief is not a pending revision.", code="conflict")
    live = Brief.objects.select_for_update().get(pk=locked.revises_id)
    if live.status != "published":
        raise ValidationError("The live brief is not published any more.", code="conflict")
    _require_approval(locked, by, emergency_reason)
    revising.require_change(locked)
    before = locked.status
    locked.clean()
    completeness.require_complete(locked, timezone.now())
    return _put_live(live, locked, before, by, kind, text, emergency_reason)


def _put_live(
    live: Brief, pending: Brief, before: str, by: User, kind: str, text: str, emergency: str
) -> Brief:
    now = timezone.now()
    pending.status = "published"  # for the record only: the row goes
    revising.write_move(pending, before, by=by, reason=emergency, is_emergency=bool(emergency))
    replacing.replace_live_text(live=live, pending=pending, now=now)
    edition = _add_edition(live, max(now, live.published_at or now), by)
    queue.enqueue(*_to_make(edition))
    if kind:
        _add_correction(edition, kind, text, by, now)
        live.modified_at = max(now, live.modified_at or now)
    live.changed_at = max(now, live.changed_at or now)
    live.save()
    freshness.public_changed()
    pending.delete()
    return live


@transaction.atomic
def correct_brief(*, brief: Brief, by: User, kind: str, text: str) -> Correction:
    """Tell readers something about a published text that stays as it is.

    The same words of the same kind, sent twice, make one correction. Raises ValidationError("conflict") when the
    brief is not public, ("text_missing") without a text.
    """
    live = revising.lock(brief)
    edition = live.editions.order_by("-number").first()
    if live.status != "published" or edition is None:
        raise ValidationError("Only a published brief is corrected.", code="conflict")
    if earlier := edition.corrections.filter(kind=kind, text=text.strip()).first():
        return earlier
    now = timezone.now()
    correction = _add_correction(edition, kind, text, by, now)
    live.modified_at = live.changed_at = max(now, live.modified_at or now)
    live.save(update_fields=["modified_at", "changed_at", "updated_at"])
    freshness.public_changed()
    return correction


@transaction.atomic
def archive_brief(*, brief: Brief, by: User) -> Brief:
    """Take a published brief from every public page, feed and list.

    Raises ValidationError with code "conflict" when it is not published.
    """
    locked = revising.lock(brief)
    before = locked.status
    locked.move_to("archived")
    locked.changed_at = timezone.now()
    freshness.public_changed()
    return revising.record_move(locked, before, by=by)


@transaction.atomic
def withdraw_brief(*, brief: Brief, by: User, reason: str) -> Brief:
    """Take a brief back for good: its page stays, without the text, and says why.

    Raises ValidationError("reason_missing") without a reason, ("conflict") when it was never published.
    """
    locked = revising.lock(brief)
    before = locked.status
    locked.move_to("withdrawn")
    if not reason.strip():
        raise ValidationError("Say why, for the readers.", code="reason_missing")
    locked.withdrawal_reason = reason.strip()
    locked.withdrawn_at = locked.changed_at = timezone.now()
    announcing.ask_to_withdraw(locked)
    freshness.public_changed()
    return revising.record_move(locked, before, by=by, reason=reason)


@transaction.atomic
def supersede_brief(*, brief: Brief, by: User, successor: Brief | None) -> Brief:
    """Tell readers that another brief takes this one's place; None takes that back.

    Raises ValidationError("conflict") unless both are published, or when the one superseded would follow itself.
    """
    locked = revising.lock(brief)
    if locked.status != "published":
        raise ValidationError("Only a published brief is superseded.", code="conflict")
    if successor is not None and (
        successor.status != "published"
        or successor.superseded_by_id == locked.pk
        or successor.pk == locked.pk
    ):
        raise ValidationError("Only a published brief supersedes another.", code="conflict")
    locked.superseded_by = successor
    locked.changed_at = timezone.now()
    locked.save(update_fields=["superseded_by", "changed_at", "updated_at"])
    freshness.public_changed()
    return locked


@transaction.atomic
def expire_brief(*, brief: Brief, by: User, expires_at: datetime | None) -> Brief:
    """Set the moment from which readers no longer see a published brief; None lets it stay.

    Raises ValidationError("conflict") when it is not published, ("expires_early") for a moment past.
    """
    locked = revising.lock(brief)
    now = timezone.now()
    if locked.status != "published":
        raise ValidationError("Only a published brief expires.", code="conflict")
    if expires_at and expires_at <= max(now, locked.published_at or now):
        raise ValidationError("That moment is past: archive it instead.", code="expires_early")
    locked.expires_at = expires_at
    locked.changed_at = now
    locked.save(update_fields=["expires_at", "changed_at", "updated_at"])
    freshness.public_changed()
    return locked


@transaction.atomic
def move_address(*, brief: Brief, by: User, slug: str) -> Brief:
    """Give a published brief another address; the old one leads on to it.

    Raises ValidationError("conflict") when it is not published, ("taken") when another brief has the address or once
    had it.
    """
    locked = revising.lock(brief)
    if locked.status != "published":
        raise ValidationError(
            "Only a published brief changes its address this way.", code="conflict"
        )
    if locked.slug == slug:
        return locked
    others = Brief.objects.exclude(pk=locked.pk).filter(slug=slug)
    former = FormerAddress.objects.exclude(brief=locked).filter(slug=slug)
    if others.exists() or former.exists():
        raise ValidationError("Another brief has or had this address.", code="taken")
    locked.slug = slug
    locked.full_clean()
    locked.changed_at = timezone.now()
    locked.save(update_fields=["slug", "changed_at", "updated_at"])
    freshness.public_changed()
    return locked


def _require_approval(brief: Brief, by: User, emergency_reason: str) -> None:
    if brief.status == "approved":
        if emergency_reason:
            raise ValidationError("It has been approved meanwhile: publish it.", code="conflict")
        return
    if brief.status in ONCE_PUBLIC:
        raise ValidationError(f"It is {brief.status} already.", code="conflict")
    if not emergency_reason.strip():
        raise ValidationError("It has to be approved first.", code="conflict")
    if not by.has_perm("briefs.emergency_publish_brief"):
        raise ValidationError("You may not publish without approval.", code="not_allowed")
    if brief.head_revision is None:
        revising.record_revision(brief=brief, by=by, note="Published in an emergency")
        brief.refresh_from_db(fields=["head_revision"])


def _add_edition(live: Brief, moment: datetime, by: User) -> Edition:
    last = live.editions.order_by("-number").first()
    assert live.live_revision_id is not None
    return Edition.objects.create(
        brief=live,
        number=last.number + 1 if last else 1,
        revision_id=live.live_revision_id,
        published_at=moment,
        published_by=by,
    )


def _to_make(edition: Edition) -> tuple[queue.Ask, queue.Ask]:
    """What is made of each text that readers get: its card and its page."""
    return cards.ask(edition), brief_pages.ask(edition)


def _add_correction(
    edition: Edition, kind: str, text: str, by: User, moment: datetime
) -> Correction:
    if kind not in CorrectionKind.values or not text.strip():
        raise ValidationError("Say what was wrong, and of which kind.", code="text_missing")
    correction = Correction.objects.create(
        brief=edition.brief,
        edition=edition,
        kind=kind,
        text=text.strip(),
        made_at=moment,
        made_by=by,
    )
    announcing.ask_to_correct(correction)
    return correction
