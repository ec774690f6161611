"""What came of a judgement is told by others than its authors, once it can be told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone

from briefs import judging
from briefs.models import Judgement
from tests.factories import BriefFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_resolved_judgement_says_what_came_of_it_and_who_said_so() -> None:
    judgement = BriefFactory.create().judgements.get()
    evidence, by = BriefFactory.create(), UserFactory.create()

    resolved = judging.resolve_judgement(
        judgement=judgement, by=by, outcome="occurred", note="The road was shut.", evidence=evidence
    )

    assert (resolved.outcome, resolved.resolved_by, resolved.evidence) == ("occurred", by, evidence)
    assert resolved.brief.changed_at < resolved.resolved_at
    judgement.brief.refresh_from_db()
    assert judgement.brief.changed_at == resolved.resolved_at


@pytest.mark.parametrize(
    ("outcome", "note", "code"),
    [
        ("did_not_occur", "Nothing happened.", "too_early"),
        ("occurred", " ", "reason_missing"),
        ("open", "It is open.", "conflict"),
        ("perhaps", "Who knows.", "conflict"),
    ],
)
def test_outcome_that_cannot_be_told_is_refused(outcome: str, note: str, code: str) -> None:
    judgement = BriefFactory.create().judgements.get()

    with pytest.raises(ValidationError) as refusal:
        judging.resolve_judgement(
            judgement=judgement, by=UserFactory.create(), outcome=outcome, note=note
        )

    assert refusal.value.code == code
    assert Judgement.objects.get().outcome == "open"


def test_past_its_horizon_it_did_not_occur(monkeypatch: pytest.MonkeyPatch) -> None:
    judgement = BriefFactory.create().judgements.get()
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)

    resolved = judging.resolve_judgement(
        judgement=judgement, by=UserFactory.create(), outcome="did_not_occur", note="No report."
    )

    assert resolved.outcome == "did_not_occur"


def test_author_does_not_resolve_and_the_database_says_so_too() -> None:
    judgement = BriefFactory.create().judgements.get()
    author = judgement.brief.created_by

    with pytest.raises(ValidationError) as refusal:
        judging.resolve_judgement(
            judgement=judgement, by=author, outcome="occurred", note="It was."
        )
    assert refusal.value.code == "own_judgement"
    with pytest.raises(DatabaseError, match="whoever judged"):
        Judgement.objects.update(outcome="occurred", resolved_at=timezone.now(), resolved_by=author)


def test_judgement_of_a_draft_is_not_resolved() -> None:
    judgement = BriefFactory.create(is_published=False).judgements.get()

    with pytest.raises(ValidationError) as refusal:
        judging.resolve_judgement(
            judgement=judgement, by=UserFactory.create(), outcome="occurred", note="It was."
        )

    assert refusal.value.code == "conflict"
