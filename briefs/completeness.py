"""What a brief still lacks. A draft may lack anything; to submit, approve or publish, every gap is named at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from briefs import translating
from briefs.models import Brief, Judgement

# What a list, a feed and a phone show of it whole.
LONGEST_SUMMARY = 300


def gaps_of(brief: Brief, moment: datetime) -> list[ValidationError]:
    """Every gap that keeps readers from seeing the brief at that moment; none when it is complete."""
    return [
        *_text_gaps(brief, moment),
        *_judgement_gaps(brief, moment),
        *_incident_gaps(brief),
        *_translation_gaps(brief),
    ]


def require_complete(brief: Brief, moment: datetime) -> None:
    """Raises ValidationError with every gap at once."""
    if gaps := gaps_of(brief, moment):
        raise ValidationError(gaps)


def _text_gaps(brief: Brief, moment: datetime) -> list[ValidationError]:
    wanted: list[tuple[Any, str, str]] = [
        (brief.title.strip(), "Write a title.", "title_missing"),
        (brief.summary.strip(), "Write a summary.", "summary_missing"),
        (brief.body_text.strip(), "Write the body.", "body_missing"),
        (brief.countries, "Name at least one country.", "country_missing"),
        (brief.data_cutoff, "Set the data cut-off.", "data_cutoff_missing"),
        (brief.tlp == "clear", "Mark it TLP:CLEAR: nothing else can be public.", "tlp_not_clear"),
    ]
    gaps = [ValidationError(text, code=code) for value, text, code in wanted if not value]
    if (length := len(brief.summary)) > LONGEST_SUMMARY:
        text = f"Shorten the summary to {LONGEST_SUMMARY} characters or fewer; it has {length}."
        gaps.append(ValidationError(text, code="summary_long"))
    if brief.data_cutoff and brief.data_cutoff > moment:
        text = "The data cut-off is later than the publication."
        gaps.append(ValidationError(text, code="data_cutoff_late"))
    return gaps


def _judgement_gaps(brief: Brief, moment: datetime) -> list[ValidationError]:
    standing = list(brief.judgements.filter(position__isnull=False).order_by("position"))
    if not standing:
        return [ValidationError("Add at least one judgement.", code="judgement_missing")]
    seen = _seen(brief)
    return [
        ValidationError(
            f"Judgement {row.position} ends before the publication.", code="horizon_past"
        )
        for row in standing
        if row.key not in seen and row.horizon_on < moment.date()
    ] + [
        ValidationError(
            f"Say why judgement {row.position} differs from the earlier one.", code="change_bare"
        )
        for row in standing
        if row.revises_id is not None and not row.change_reason
    ]


def _seen(brief: Brief) -> set[UUID]:
    """The keys of what readers have seen: a correction may leave an old horizon as it was."""
    if brief.revises_id is None:
        return set()
    return set(Judgement.objects.filter(brief=brief.revises_id).values_list("key", flat=True))


def _incident_gaps(brief: Brief) -> list[ValidationError]:
    late = brief.incidents.filter(occurred_on__gt=brief.data_cutoff) if brief.data_cutoff else []
    return [
        ValidationError(
            f"The incident “{incident.title}” is later than the data cut-off.",
            code="incident_late",
        )
        for incident in late
    ]


def _translation_gaps(brief: Brief) -> list[ValidationError]:
    """The source owns the facts: readers of two languages are not told two things."""
    if not (apart := translating.differences(brief)):
        return []
    text = f"The translation differs from its source in: {', '.join(apart)}. Take over its facts."
    return [ValidationError(text, code="translation_differs")]
