"""Publishing: the only place that makes a brief visible or takes it away."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from briefs.models import Brief, Move
from briefs.models.reference_counter import next_reference


@transaction.atomic
def publish_brief(*, brief: Brief, by: User, published_at: datetime | None = None) -> Brief:
    """Let readers see the brief, from now or from the moment given, under a new reference.

    Raises ValidationError with every gap at once, or with code "conflict" when the brief's
    status does not lead to publication.
    """
    brief = Brief.objects.select_for_update().get(pk=brief.pk)
    before = brief.status
    brief.move_to("published")
    moment = published_at or timezone.now()
    brief.clean()
    if problems := _problems(brief, moment):
        raise ValidationError(problems)
    brief.published_at = moment
    brief.reference = next_reference(moment.year)
    brief.save()
    Move.objects.create(brief=brief, from_status=before, to_status=brief.status, by=by)
    return brief


@transaction.atomic
def archive_brief(*, brief: Brief, by: User) -> Brief:
    """Take a published brief from every public page, feed and list.

    Raises ValidationError with code "conflict" when it is not published.
    """
    brief = Brief.objects.select_for_update().get(pk=brief.pk)
    before = brief.status
    brief.move_to("archived")
    brief.save(update_fields=["status", "updated_at"])
    Move.objects.create(brief=brief, from_status=before, to_status=brief.status, by=by)
    return brief


def _problems(brief: Brief, moment: datetime) -> list[ValidationError]:
    """What keeps readers from seeing it at that moment: the text's gaps, then what hangs on it."""
    problems = brief.text_gaps(moment)
    if not brief.judgements.exists():
        problems.append(ValidationError("Add at least one judgement.", code="judgement_missing"))
    late = brief.judgements.filter(horizon_on__lt=moment.date())
    problems += [
        ValidationError(f"Judgement {n} ends before the publication.", code="horizon_past")
        for n in late.order_by("position").values_list("position", flat=True)
    ]
    return problems
