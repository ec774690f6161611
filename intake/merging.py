"""Merging two organisations, contacts or leads into one, and undoing it. Nothing is deleted, nothing frozen changes.

The source stays, points to the target, and its keys lead new requests there. Rows that point to it move, or stay with
it, as `intake.relations` says. The merge keeps what moved and what the values were; undoing it brings back that.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import erasure_map
from accounts.models import User
from intake import (
    after_sending,
    alarming,
    alike,
    deadlines,
    leads,
    matching,
    relations,
    resembling,
)
from intake.mergeable import BOTH, SOURCE, SPECS, default_choice, mergeable_by
from intake.models import (
    MOVES,
    Activity,
    Contact,
    Hold,
    Lead,
    Merge,
    RecordKind,
    Status,
)
from jobs import queue


@transaction.atomic
def merge_records(
    *, kind: str, source_pk: int, target_pk: int, choices: Mapping[str, str], by: User
) -> Merge:
    """Merge the source into the target; `choices` names for each value whose stays, else `default_choice`.

    Raises ValidationError, and changes nothing: code "itself", "gone" when the user may not merge or see one of them,
    "merged" when one of them was merged before, "conflict" when a lead's state forbids it, "unclassified".
    """
    if source_pk == target_pk:
        raise ValidationError("This is one and the same; choose another.", code="itself")
    source, target = _locked(kind, source_pk, target_pk, by)
    _refuse_merged(source, target)
    _refuse_erased(source, target)
    related = relations.classified(SPECS[kind].model)
    if kind == RecordKind.LEAD:
        _refuse_lead(source, target)
    after = _chosen(kind, source, target, choices)
    before = {column: getattr(target, column) for column in after}
    merge = Merge(kind=kind, source_pk=source.pk, target_pk=target.pk, by=by, after=after)
    merge.before = {"target": before, "source": _state(source)}
    merge.moved = _move(related, source, target)
    merge.before["likenesses"] = resembling.join(kind, source.pk, target.pk, by)
    merge.save()
    _put(target, after)
    _archive(source, target, by)
    _record(merge, source, target, by)
    _look_again(merge, target)
    _keep_clock(merge)
    return merge


def _locked(kind: str, source_pk: int, target_pk: int, by: User) -> tuple[Any, Any]:
    """Both records, locked, against whoever suggests what they are like; people also against whoever links requests to
    them at this moment.
    """
    alike.hold_suggestions()
    if kind != RecordKind.LEAD:
        matching.hold_people()
    found = mergeable_by(by, kind).filter(pk__in=(source_pk, target_pk)).order_by("pk")
    rows = {row.pk: row for row in found.select_for_update(of=("self",))}
    if len(rows) != 2:
        raise ValidationError(
            f"There are no two {kind}s here that you may merge. Choose another.", code="gone"
        )
    return rows[source_pk], rows[target_pk]


def _refuse_merged(source: Any, target: Any) -> None:
    for record, role in ((source, "It"), (target, "The one to keep")):
        if record.merged_into_id is not None:
            raise ValidationError(
                f"{role} was merged into {record.merged_into} already. Take that one, or undo that merge first.",
                code="merged",
            )


def _refuse_erased(source: Any, target: Any) -> None:
    """Whose requests an erased person's were would be said by it again."""
    if _is_erased(source) or _is_erased(target):
        raise ValidationError("What was erased cannot be merged.", code="conflict")


def _is_erased(record: Any) -> bool:
    if isinstance(record, Lead):
        return record.erased_at is not None
    key = record.email_key if isinstance(record, Contact) else record.name_key
    return erasure_map.is_erased_key(key, record.pk)


def _refuse_lead(source: Lead, target: Lead) -> None:
    if Status.QUARANTINED in (source.status, target.status):
        raise ValidationError(
            "One of them is held back as possible spam. Decide that first.", code="conflict"
        )
    if Hold.objects.open().filter(lead__in=(source, target)).exists():
        raise ValidationError(
            "One of them is held until somebody has decided about it. Decide that first.",
            code="conflict",
        )
    if source.closed_at is None and Status.DISQUALIFIED not in MOVES[source.status]:
        raise ValidationError(
            f"{source} has a proposal, so it must stay. Merge the other one into it.",
            code="conflict",
        )
    if target.closed_at and not source.closed_at:
        raise ValidationError(
            f"{target} is closed and {source} is open: nobody would answer it. Swap them.",
            code="conflict",
        )


def _chosen(kind: str, source: Any, target: Any, choices: Mapping[str, str]) -> dict[str, Any]:
    """The columns of the target that change, with their new values."""
    changes: dict[str, Any] = {}
    for value in SPECS[kind].values:
        choice = choices.get(value.name) or default_choice(value, source, target)
        new = value.of(source) if choice == SOURCE else value.of(target)
        if choice == BOTH and value.can_be_both:
            new = tuple(
                list(dict.fromkeys([*own, *other]))
                for own, other in zip(value.of(target), value.of(source), strict=True)
            )
        changes |= dict(zip(value.columns, new, strict=True))
    return {column: new for column, new in changes.items() if new != getattr(target, column)}


def _state(source: Any) -> dict[str, Any]:
    """What archiving changes of an open lead; of others it changes nothing but the pointer."""
    if not isinstance(source, Lead) or source.closed_at:
        return {}
    return {"status": source.status, "closed_at": None, "closing_reason": source.closing_reason}


def _move(related: Sequence[relations.Related], source: Any, target: Any) -> dict[str, list[int]]:
    moved = {}
    for relation in related:
        if relation.fate is relations.Fate.MOVES:
            rows = relation.rows(source)
            pks = list(rows.order_by("pk").values_list("pk", flat=True))
            if pks:
                rows.filter(pk__in=pks).update(**{relation.field: target.pk})
                moved[relation.name] = pks
    return moved


def _put(record: Any, values: Mapping[str, Any]) -> None:
    if values:
        type(record)._default_manager.filter(pk=record.pk).update(**values)


def _archive(source: Any, target: Any, by: User) -> None:
    if isinstance(source, Lead) and source.closed_at is None:
        reason = f"Merged into {target.reference}"
        kind = Activity.Kind.MERGED
        leads.move_lead(lead=source, to=Status.DISQUALIFIED, by=by, reason=reason, activity=kind)
    elif isinstance(source, Lead):
        _note(source, Activity.Kind.MERGED, f"Merged into {target.reference}", by)
    _put(source, {"merged_into_id": target.pk})


def _record(merge: Merge, source: Any, target: Any, by: User) -> None:
    if merge.kind == RecordKind.LEAD:
        _note(target, Activity.Kind.MERGED, f"{source.reference} was merged into this one", by)
    else:
        text = f"{merge.get_kind_display().capitalize()} {source.pk} was merged into {target.pk}"
        _note_moved(merge, Activity.Kind.MERGED, text, by)


def _note(lead: Lead, kind: Activity.Kind, text: str, by: User) -> None:
    Activity.objects.create(lead=lead, kind=kind, text=text, by=by)


def _note_moved(merge: Merge, kind: Activity.Kind, text: str, by: User) -> None:
    """On every lead that a merge of people moved; with numbers, since the timeline is kept and names may be erased."""
    pks = sorted({pk for name, pks in merge.moved.items() if ".lead." in name for pk in pks})
    Activity.objects.bulk_create(Activity(lead_id=pk, kind=kind, text=text, by=by) for pk in pks)


def _look_again(merge: Merge, *people: Any) -> None:
    """Have conflicts and sanctions lists looked at for the open leads of people who go by other names now, and for one
    that is apart again: what was found of it meanwhile holds the other.
    """
    if merge.kind != RecordKind.LEAD:
        rows = Lead.objects.filter(**{f"{merge.kind}__in": people})
    elif merge.undone_at:
        rows = Lead.objects.filter(pk=merge.source_pk)
    else:
        return  # each was looked at with its own words and people, and keeps them
    rows = rows.filter(closed_at=None, erased_at=None)
    queue.enqueue(
        *(
            queue.Ask(kind, pk, key=_key(merge, pk))
            for pk in rows.order_by("pk").values_list("pk", flat=True)
            for kind in ("intake.check_conflicts", "intake.screen_sanctions")
        )
    )


def _keep_clock(merge: Merge) -> None:
    """Have the clock counted anew of a lead that became urgent by it, or that is urgent no longer."""
    if merge.kind == RecordKind.LEAD and "priority" in merge.after:
        pk = merge.target_pk
        queue.enqueue(queue.Ask("intake.keep_deadline", pk, key=_key(merge, pk)))


def _key(merge: Merge, pk: int) -> str:
    return f"merge:{merge.pk}{':undone' if merge.undone_at else ''}:{pk}"


@transaction.atomic
def undo_merge(*, merge: Merge, by: User) -> Merge:
    """Bring back both records as they were. What came to the target since stays with it, as do values changed since.

    Raises ValidationError, and changes nothing: code "gone" when the user may not, "conflict" when it was undone
    already, the target was merged away itself, or a later merge changed the same values: undo that one first.
    """
    source, target = _locked(merge.kind, merge.source_pk, merge.target_pk, by)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    _refuse_undo(merge, target)
    for relation in relations.classified(SPECS[merge.kind].model):
        rows = relation.rows(target).filter(pk__in=merge.moved.get(relation.name, ()))
        if relation.fate is relations.Fate.MOVES:
            rows.update(**{relation.field: source.pk})
    old = merge.before["target"]
    _put(
        target,
        {column: old[column] for column in merge.after.keys() - _changed_since(merge, target)},
    )
    # In one statement: the trigger on a lead's status lets it back only together with the pointer.
    _put(source, {"merged_into_id": None, **merge.before["source"]})
    resembling.part(merge.kind, source.pk, target.pk, merge.before["likenesses"])
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    _record_undone(merge, source, target, by)
    _look_again(merge, source, target)
    _keep_clock(merge)
    return merge


def _changed_since(merge: Merge, target: Any) -> set[str]:
    """The columns of the values that somebody changed since the merge did; what belongs together stays together."""
    new = {column for column, value in merge.after.items() if getattr(target, column) != value}
    values = (value.columns for value in SPECS[merge.kind].values)
    return {column for columns in values if new & {*columns} for column in columns}


def _refuse_undo(merge: Merge, target: Any) -> None:
    if merge.undone_at:
        raise ValidationError("This merge was undone already.", code="conflict")
    if not merge.before:
        raise ValidationError(
            "Data of these was erased since, so what was before is not known any more.",
            code="conflict",
        )
    if target.merged_into_id:
        raise ValidationError(
            f"{target} was itself merged into {target.merged_into} since. Undo that merge first.",
            code="conflict",
        )
    later = Merge.objects.filter(
        kind=merge.kind, target_pk=merge.target_pk, undone_at=None, pk__gt=merge.pk
    )
    if any(merge.after.keys() & each.after.keys() for each in later):
        raise ValidationError(
            f"A later merge into {target} changed the same values. Undo that one first.",
            code="conflict",
        )
    if "organisation_id" in merge.after and (later_one := _organisations_merged_since(merge)):
        raise ValidationError(
            f"The organisation of {target} was merged since (organisation {later_one.source_pk}). Undo that one first.",
            code="conflict",
        )


def _organisations_merged_since(merge: Merge) -> Merge | None:
    """A merge of organisations that moved this contact after its own merge had given it another one."""
    moved = {"intake.contact.organisation": [merge.target_pk]}
    since = Merge.objects.filter(kind=RecordKind.ORGANISATION, undone_at=None, pk__gt=merge.pk)
    return since.filter(moved__contains=moved).order_by("-pk").first()


def _record_undone(merge: Merge, source: Any, target: Any, by: User) -> None:
    kind = Activity.Kind.UNMERGED
    if merge.kind != RecordKind.LEAD:
        text = (
            f"{merge.get_kind_display().capitalize()} {source.pk} is apart from {target.pk} again"
        )
        _note_moved(merge, kind, text, by)
        return
    _note(source, kind, f"Apart from {target.reference} again", by)
    _note(target, kind, f"{source.reference} is apart from this one again", by)
    source = Lead.objects.select_related("enquiry", "owner__user").get(pk=source.pk)
    alarming.part(lead=target, other=source, by=by)
    if "priority" in merge.after:
        alarming.stay_urgent(lead=target, since=merge.merged_at)
    if after_sending.close_withdrawn(lead=source, since=merge.merged_at, by=by):
        return
    deadlines.reopen_stage(source, by=by)
    if merge.before["source"].get("status") == Status.NEW:
        key = f"lead:{source.pk}:merge:{merge.pk}"
        queue.enqueue(queue.Ask(kind="intake.route_lead", subject_id=source.pk, key=key))
