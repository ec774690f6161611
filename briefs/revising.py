"""Writing: each save becomes a revision; a live brief is revised in a copy of its own until that is approved."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs import naming, snapshots
from briefs.models import (
    NEVER_SENT_OUT,
    Brief,
    Citation,
    Incident,
    Judgement,
    Move,
    Place,
    ReviewLink,
    Revision,
)
from briefs.models.actor import Actor
from briefs.models.brief_triggers import CONTENT
from jobs import queue

# The moves that somebody else is waiting for.
TOLD = {
    ("draft", "in_review"),
    ("changes_requested", "in_review"),
    ("in_review", "changes_requested"),
    ("in_review", "approved"),
    *((before, "published") for before in ("draft", "in_review", "changes_requested", "approved")),
}
# What makes a judgement another one.
JUDGED = ("likelihood", "confidence", "horizon_on")


@transaction.atomic
def record_revision(*, brief: Brief, by: User, note: str = "") -> Revision:
    """Keep what the brief says now as its newest revision; an unchanged text makes none.

    Call it after the brief and all that hangs on it are saved, in the same transaction. An approved text that
    changed is a draft again: it needs approval anew.
    """
    locked = lock(brief)
    _tie_to_live(locked)
    locked.names_text = naming.names_text(locked)
    snapshot = snapshots.snapshot_of(locked)
    digest = snapshots.digest_of(snapshot)
    head = locked.head_revision
    if head is not None and head.digest == digest:
        locked.save(update_fields=["names_text"])
        return head
    revision = Revision.objects.create(
        brief=locked.root,
        number=_next_number(locked.root_id),
        snapshot=snapshot,
        digest=digest,
        authors=_authors(head, by),
        created_by=by,
        note=note,
    )
    _make_head(locked, revision, by)
    _close_links(revision, by)
    brief.head_revision, brief.status = revision, locked.status
    return revision


def _tie_to_live(pending: Brief) -> None:
    """Let what a pending revision judges anew name the live judgement that it changes."""
    if pending.revises_id is None:
        return
    standing = Judgement.objects.filter(brief=pending.revises_id, position__isnull=False)
    live = {row.key: row for row in standing}
    for row in pending.judgements.all():
        earlier = live.get(row.key)
        is_new = earlier is not None and any(
            getattr(row, name) != getattr(earlier, name) for name in JUDGED
        )
        if earlier is not None and is_new and row.revises_id != earlier.pk:
            Judgement.objects.filter(pk=row.pk).update(revises=earlier)


def _close_links(revision: Revision, by: User) -> None:
    """A text whose marking keeps it in the house now is no longer shown outside in an older wording either."""
    if revision.snapshot["tlp"] in NEVER_SENT_OUT:
        links = ReviewLink.objects.standing().filter(revision__brief=revision.brief_id)
        links.update(revoked_at=timezone.now(), revoked_by=by)


def _next_number(root_id: int) -> int:
    # The root is locked by whoever writes revisions: its own row, or its pending revision's which is one only.
    numbers = Revision.objects.filter(brief=root_id).values_list("number", flat=True)
    return (numbers.order_by("-number").first() or 0) + 1


def _authors(head: Revision | None, by: User) -> list[int]:
    """All who wrote since the last text that was published."""
    earlier = [] if head is None or hasattr(head, "edition") else head.authors
    return sorted({*earlier, by.pk})


def _make_head(brief: Brief, revision: Revision, by: User) -> None:
    before = brief.status
    brief.head_revision = revision
    if before != "approved":
        brief.save(update_fields=["head_revision", "names_text", "updated_at"])
        return
    brief.move_to("draft")
    record_move(brief, before, by=by, reason="The text changed after approval.")


def require_change(pending: Brief) -> None:
    """Raises ValidationError("unchanged") when a pending revision says what the live brief says."""
    live = pending.revises
    if live is not None and pending.head_revision_id == live.live_revision_id:
        raise ValidationError("Nothing has changed since the live text.", code="unchanged")


def lock(brief: Brief) -> Brief:
    """The brief as the database has it now, locked until the transaction ends."""
    return Brief.objects.select_for_update().get(pk=brief.pk)


def record_move(brief: Brief, before: str, *, by: User, **fields: Any) -> Brief:
    """Write down that the brief moved from the status before to the one it has, then save it; return it."""
    write_move(brief, before, by=by, **fields)
    brief.save()
    return brief


def write_move(
    brief: Brief,
    before: str,
    *,
    by: User,
    is_told: bool = True,
    told_at: datetime | None = None,
    **fields: Any,
) -> Move:
    """Write down a move and have those concerned told of it, unless it repeats what happened long ago.

    The brief itself is the caller's.
    """
    move = Move.objects.create(
        brief=brief.root,
        revision_id=brief.head_revision_id,
        of_pending=brief.revises_id is not None,
        from_status=before,
        to_status=brief.status,
        by=by,
        **fields,
    )
    if is_told and (move.from_status, move.to_status) in TOLD:
        ask = queue.Ask("briefs.tell_of_move", move.pk, f"move:{move.pk}", told_at)
        queue.enqueue(ask)
    return move


@transaction.atomic
def open_pending(*, brief: Brief, by: User) -> Brief:
    """The draft in which a live brief is revised: the one that is open, else a new copy of the live text.

    Raises ValidationError("conflict") unless the brief is published.
    """
    live = lock(brief)
    if live.status != "published":
        raise ValidationError("Only a published brief is revised this way.", code="conflict")
    pending = Brief.objects.filter(revises=live).first()
    if pending is not None:
        return pending
    pending = Brief(
        slug=f"revision-{uuid.uuid4().hex}",
        translation_key=live.translation_key,
        translated_from=live.translated_from,
        revises=live,
        created_by=by,
        **{name: getattr(live, name) for name in CONTENT},
    )
    pending.clean()
    pending.save()
    copy_children(live, pending)
    pending.head_revision = live.head_revision
    pending.save(update_fields=["head_revision"])
    return pending


@transaction.atomic
def discard_pending(*, pending: Brief, by: User) -> Brief:
    """Drop a pending revision; its saves stay on record. Returns the live brief.

    Raises ValidationError("conflict") when the brief is no pending revision.
    """
    locked = lock(pending)
    live = locked.revises
    if live is None:
        raise ValidationError("This brief is not a pending revision.", code="conflict")
    locked.delete()
    return live


@transaction.atomic
def restore_revision(*, brief: Brief, revision: Revision, by: User) -> Revision:
    """Write what an earlier revision said into the brief again, as its newest revision.

    A live brief keeps its text: the words go into its pending revision, which is opened for them. Raises
    ValidationError("conflict") when the brief's text may not change, or the revision is another brief's,
    ("unchanged") when it says that already.
    """
    brief = open_pending(brief=brief, by=by) if lock(brief).status == "published" else brief
    head = lock(brief).head_revision
    if head is not None and head.digest == revision.digest:
        raise ValidationError("The text says this already.", code="unchanged")
    locked = reopen(brief=brief, by=by, reason=f"Revision {revision.number} restored.")
    if not locked.is_editable or revision.brief_id != locked.root_id:
        raise ValidationError("This text cannot be restored here.", code="conflict")
    for name in CONTENT:
        setattr(locked, name, revision.snapshot[name])
    locked.full_clean(exclude=["slug"])
    locked.save()
    _restore_children(locked, revision.snapshot)
    return record_revision(brief=locked, by=by, note=f"Restored from revision {revision.number}")


@transaction.atomic
def reopen(*, brief: Brief, by: User, reason: str = "The text changed after approval.") -> Brief:
    """Make an approved text a draft before it changes, which the database refuses else; leaves others alone."""
    locked = lock(brief)
    before = locked.status
    if before == "approved":
        locked.move_to("draft")
        record_move(locked, before, by=by, reason=reason)
    return locked


def _restore_children(brief: Brief, snapshot: snapshots.Snapshot) -> None:
    brief.actors.set(Actor.objects.filter(pk__in=[row["id"] for row in snapshot["actors"]]))
    brief.places.set(Place.objects.filter(pk__in=[row["id"] for row in snapshot["places"]]))
    brief.incidents.set(
        Incident.objects.filter(pk__in=[row["id"] for row in snapshot["incidents"]])
    )
    brief.citations.exclude(
        position__in=[row["position"] for row in snapshot["citations"]]
    ).delete()
    for row in snapshot["citations"]:
        _restore_citation(brief, row)
    brief.judgements.exclude(key__in=[row["key"] for row in snapshot["judgements"]]).delete()
    for row in snapshot["judgements"]:
        _restore_judgement(brief, row)


def _restore_citation(brief: Brief, row: dict[str, Any]) -> None:
    # What a snapshot leaves out for privacy is kept from the row that stands there, when the source is the same.
    told = {name: row[name] for name in ("title", "url", "published_on") if row["name"]}
    fields = {"source_id": row["source_id"], "credibility": row["credibility"], **told}
    Citation.objects.update_or_create(brief=brief, position=row["position"], defaults=fields)


def _restore_judgement(brief: Brief, row: dict[str, Any]) -> None:
    names = ("position", "text", "scale", "likelihood", "confidence", "horizon_on", "change_reason")
    fields = {name: row[name] for name in names}
    fields["revises_id"] = row["revises"]["id"] if row["revises"] else None
    Judgement.objects.update_or_create(brief=brief, key=row["key"], defaults=fields)


def copy_children(live: Brief, pending: Brief) -> None:
    """Give a new brief all that hangs on another, judgements included."""
    copy_links(live, pending)
    for judgement in live.judgements.filter(position__isnull=False):
        Judgement.objects.create(brief=pending, **judgement_fields(judgement))


def judgement_fields(judgement: Judgement) -> dict[str, Any]:
    """What a judgement says, for a copy of it on another brief."""
    names = ("key", "position", "text", "scale", *JUDGED, "revises_id", "change_reason")
    return {name: getattr(judgement, name) for name in names}


def copy_links(giver: Brief, taker: Brief) -> None:
    """Give one brief the actors, places, incidents and citations of another, in place of its own."""
    taker.actors.set(giver.actors.all())
    taker.places.set(giver.places.all())
    taker.incidents.set(giver.incidents.all())
    taker.citations.all().delete()
    names = ("source_id", "position", "title", "url", "published_on", "credibility", "note")
    Citation.objects.bulk_create(
        Citation(brief=taker, **{name: getattr(row, name) for name in names})
        for row in giver.citations.all()
    )
