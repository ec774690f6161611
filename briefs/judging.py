"""What came of a judgement, decided by somebody who did not make it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs import freshness
from briefs.models import Brief, Judgement, Outcome, Resolution, Revision


@transaction.atomic
def resolve_judgement(
    *, judgement: Judgement, by: User, outcome: str, note: str, evidence: Brief | None = None
) -> Judgement:
    """Record what came of a published judgement, with the reason and a brief that shows it.

    Said again it replaces what was said before, which stays on record; the same again changes nothing. Before its
    horizon only what has happened can be told. Raises ValidationError("own_judgement") for an author of
    the brief, ("too_early"), ("reason_missing"), ("not_public") for evidence that readers cannot see, ("conflict")
    when the brief was never public or `outcome` is none.
    """
    locked = Judgement.objects.select_for_update().get(pk=judgement.pk)
    brief = locked.brief
    if brief.published_at is None or outcome not in set(Outcome.values) - {"open"}:
        raise ValidationError("Only a published judgement is resolved.", code="conflict")
    if by.pk in _authors(brief):
        raise ValidationError(
            "Whoever judged does not decide what came of it.", code="own_judgement"
        )
    if not note.strip():
        raise ValidationError("Say what shows it.", code="reason_missing")
    if outcome == "did_not_occur" and locked.horizon_on >= timezone.now().date():
        raise ValidationError("It can still come true.", code="too_early")
    if evidence is not None and not Brief.objects.public().filter(pk=evidence.pk).exists():
        raise ValidationError("Readers cannot see the brief that is to show it.", code="not_public")
    said = {"outcome": outcome, "note": note.strip(), "evidence": evidence}
    return locked if _stands(locked, said) else _record(locked, by, said)


def _stands(judgement: Judgement, said: dict[str, Any]) -> bool:
    newest = judgement.resolutions.order_by("-pk").select_related("evidence").first()
    return newest is not None and all(getattr(newest, name) == said[name] for name in said)


def _record(judgement: Judgement, by: User, said: dict[str, Any]) -> Judgement:
    now = timezone.now()
    Resolution.objects.create(judgement=judgement, resolved_at=now, resolved_by=by, **said)
    judgement.outcome, judgement.outcome_note = said["outcome"], said["note"]
    judgement.evidence = said["evidence"]
    judgement.resolved_at, judgement.resolved_by = now, by
    judgement.save()
    Brief.objects.filter(pk=judgement.brief_id).update(changed_at=now)
    freshness.public_changed()
    return judgement


def _authors(brief: Brief) -> set[int]:
    """All who wrote on any text of it that was published: a later one keeps what an earlier one judged."""
    published = Revision.objects.filter(edition__brief=brief).values_list("authors", flat=True)
    return {brief.created_by_id, *(author for authors in published for author in authors)}
