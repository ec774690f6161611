"""How an approved revision takes the place of the live text."""

import uuid
from datetime import datetime

from briefs.models import Brief, Judgement
from briefs.models.brief_triggers import CONTENT
from briefs.revising import JUDGED, copy_links, judgement_fields


def replace_live_text(*, live: Brief, pending: Brief, now: datetime) -> None:
    """Give the live brief all that the pending one says; saves the live one, leaves the pending one.

    No judgement that readers saw is lost: one that is dropped or judged anew keeps its row, without a position.
    """
    for name in (*CONTENT, "body_text", "names_text", "word_count", "reading_minutes"):
        setattr(live, name, getattr(pending, name))
    live.head_revision = live.live_revision = pending.head_revision
    live.translated_from = pending.translated_from
    live.save()
    copy_links(pending, live)
    _replace_judgements(live, pending, now)


def _replace_judgements(live: Brief, pending: Brief, now: datetime) -> None:
    standing = {row.key: row for row in live.judgements.filter(position__isnull=False)}
    coming = {row.key: row for row in pending.judgements.all()}
    for key, row in standing.items():
        successor = coming.get(key)
        if successor is None or _is_judged_anew(row, successor):
            _drop(row, now, is_replaced=successor is not None)
    for key, row in coming.items():
        earlier = standing.get(key)
        fields = judgement_fields(row)
        if earlier is not None and not _is_judged_anew(earlier, row):
            Judgement.objects.filter(pk=earlier.pk).update(**fields)
        else:
            Judgement.objects.create(brief=live, **fields)


def _is_judged_anew(earlier: Judgement, later: Judgement) -> bool:
    return any(getattr(earlier, name) != getattr(later, name) for name in JUDGED)


def _drop(row: Judgement, now: datetime, *, is_replaced: bool) -> None:
    row.position = None
    row.dropped_at = now
    if is_replaced:  # the key goes on with what stands in its place
        row.key = uuid.uuid4()
    row.save(update_fields=["position", "dropped_at", "key"])
