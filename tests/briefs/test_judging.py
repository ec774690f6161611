"""What came of a judgement is told by others than its authors, once it can be told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone

from briefs import judging, publishing, revising
from briefs.models import Judgement
from tests.briefs.workflow import edit
from tests.factories import BriefFactory, UserFactory, approve

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


def test_evidence_that_readers_cannot_see_is_refused() -> None:
    judgement = BriefFactory.create().judgements.get()
    ahead = approve(BriefFactory.create(is_published=False))
    hour = timezone.now() + timedelta(hours=1)
    scheduled = publishing.publish_brief(brief=ahead, by=UserFactory.create(), published_at=hour)

    with pytest.raises(ValidationError) as refusal:
        judging.resolve_judgement(
            judgement=judgement,
            by=UserFactory.create(),
            outcome="occurred",
            note="It was.",
            evidence=scheduled,
        )

    assert refusal.value.code == "not_public"
    judgement.refresh_from_db()
    assert judgement.outcome == "open"


def test_author_of_an_earlier_text_does_not_resolve_after_others_wrote_a_later_one() -> None:
    brief = BriefFactory.create(is_published=False)
    revising.record_revision(brief=brief, by=brief.created_by)
    second_author = UserFactory.create()
    brief = edit(brief, second_author, title="Written by two")
    live = publishing.publish_brief(brief=approve(brief), by=UserFactory.create())
    pending = revising.open_pending(brief=live, by=UserFactory.create())
    pending = approve(edit(pending, UserFactory.create(), title="Revised by a third"))
    live = publishing.publish_revision(pending=pending, by=UserFactory.create())
    assert second_author.pk not in live.live_revision.authors

    with pytest.raises(ValidationError) as refusal:
        judging.resolve_judgement(
            judgement=live.judgements.get(), by=second_author, outcome="occurred", note="It was."
        )

    assert refusal.value.code == "own_judgement"


def test_what_was_said_before_stays_on_record_and_the_same_again_changes_nothing() -> None:
    judgement = BriefFactory.create().judgements.get()
    first, second = UserFactory.create(), UserFactory.create()
    judging.resolve_judgement(judgement=judgement, by=first, outcome="occurred", note="Shut.")
    again = judging.resolve_judgement(
        judgement=judgement, by=second, outcome="occurred", note=" Shut. "
    )
    assert again.resolved_by == first

    judging.resolve_judgement(judgement=judgement, by=second, outcome="partly", note="For a day.")

    judgement.refresh_from_db()
    assert (judgement.outcome, judgement.resolved_by) == ("partly", second)
    said = judgement.resolutions.order_by("pk").values_list("outcome", "note", "resolved_by")
    assert list(said) == [("occurred", "Shut.", first.pk), ("partly", "For a day.", second.pk)]


def test_what_was_said_is_frozen() -> None:
    judgement = BriefFactory.create().judgements.get()
    judging.resolve_judgement(
        judgement=judgement, by=UserFactory.create(), outcome="occurred", note="Shut."
    )

    with pytest.raises(DatabaseError, match="Cannot update or delete rows"):
        judgement.resolutions.update(note="Open.")
