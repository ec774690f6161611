"""The revisions of a brief: which were read, approved or reviewed, and what to compare one with."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from accounts.models import User
from briefs.models import Brief, Edition, Move, ReviewComment, Revision


@dataclass
class RevisionLine:
    """One revision with what became of it."""

    revision: Revision
    is_head: bool
    is_live: bool
    edition: int | None = None
    approvals: list[Move] = field(default_factory=list)
    comments: int = 0


def at_work(brief: Brief) -> Brief:
    """Where the text is worked on: the pending revision of a live brief, else the brief itself."""
    return Brief.objects.filter(revises=brief.root_id).first() or brief.root


def lines_of(brief: Brief) -> list[RevisionLine]:
    """Every revision of a brief and of its pending revision, newest first, in five statements."""
    root, head = brief.root, at_work(brief).head_revision_id
    revisions = root.revisions.select_related("created_by").defer("snapshot").order_by("-number")
    lines = {
        row.pk: RevisionLine(row, is_head=row.pk == head, is_live=row.pk == root.live_revision_id)
        for row in revisions
    }
    for edition in Edition.objects.filter(brief=root):
        lines[edition.revision_id].edition = edition.number
    for move in _approvals(root).select_related("by").order_by("pk"):
        if move.revision_id in lines:
            lines[move.revision_id].approvals.append(move)
    for revision_id in root.comments.values_list("revision_id", flat=True):
        lines[revision_id].comments += 1
    return list(lines.values())


def _approvals(brief: Brief) -> QuerySet[Move]:
    return brief.root.moves.filter(from_status="in_review", to_status="approved")


def last_approved(brief: Brief) -> Revision | None:
    """The newest revision that somebody has approved."""
    last = _approvals(brief).select_related("revision").order_by("-revision__number").first()
    return last.revision if last else None


def last_reviewed(brief: Brief, by: User) -> Revision | None:
    """The newest revision that this person has approved, sent back or commented on."""
    decided = Move.objects.filter(
        brief=brief.root_id, by=by, to_status__in=["approved", "changes_requested"]
    ).values("revision")
    said = ReviewComment.objects.filter(brief=brief.root_id, by=by).values("revision")
    seen = Revision.objects.filter(Q(pk__in=decided) | Q(pk__in=said))
    return seen.order_by("-number").first()
