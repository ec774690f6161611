"""The record of our judgements: exact figures, and nothing left out."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from briefs import publishing, scoring, translating
from briefs.models import Brief, Judgement
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db


def resolve(brief: Brief, outcome: str, by: User) -> None:
    brief.judgements.update(outcome=outcome, resolved_at=timezone.now(), resolved_by=by)


def test_brier_score_is_the_mean_squared_error_of_the_middle_of_the_range() -> None:
    judged = [("likely", "occurred"), ("likely", "did_not_occur"), ("roughly_even", "partly")]

    assert scoring.forecast("likely") == 0.675
    assert scoring.brier_score(judged) == pytest.approx((0.325**2 + 0.675**2 + 0) / 3)
    assert scoring.brier_score([]) is None


def test_wilson_interval_is_that_of_the_textbook() -> None:
    low, high = scoring.wilson(8, 10)

    assert (round(low, 1), round(high, 1)) == (49.0, 94.3)
    assert scoring.wilson(0, 1)[0] == 0
    assert scoring.wilson(1, 1)[1] == pytest.approx(100)


def test_every_published_judgement_counts_and_a_translation_once() -> None:
    by = UserFactory.create()
    kept, archived, withdrawn, open_one, overtaken = BriefFactory.create_batch(5)
    BriefFactory.create(is_published=False)
    french = translating.start_translation(brief=kept, by=by, language="fr")
    publish(french)
    for brief, outcome in (
        (kept, "occurred"),
        (archived, "did_not_occur"),
        (withdrawn, "partly"),
        (overtaken, "overtaken"),
        (french, "occurred"),
    ):
        resolve(brief, outcome, UserFactory.create())
    publishing.archive_brief(brief=archived, by=by)
    publishing.withdraw_brief(brief=withdrawn, by=by, reason="It was wrong.")

    score = scoring.scorecard()

    assert (score.scored, score.unscored, score.open, score.due) == (3, 1, 1, 0)
    likely = next(row for row in score.terms if row.term == "likely")
    assert (likely.count, likely.share) == (3, 50)
    assert score.brier == pytest.approx((0.325**2 + 0.675**2 + 0.175**2) / 3)
    assert score.base_rate_brier == pytest.approx(1 / 6)
    assert open_one.judgements.get().outcome == "open"


def test_figures_are_hidden_under_thirty(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    brief = BriefFactory.create()
    resolve(brief, "occurred", UserFactory.create())
    Judgement.objects.update(outcome_note="The road was shut.")

    page = client.get("/scorecard/").content.decode()
    assert "So far 1 is scored" in page
    assert "Brier score</dt>" not in page
    monkeypatch.setattr(scoring, "SHOWN_FROM", 1)
    page = client.get("/scorecard/").content.decode()

    assert "<dd>0.106 " in page
    assert "The road was shut." in page
    assert "<circle" in page


def test_resolved_judgements_of_what_is_gone_are_counted_not_quoted(client: Client) -> None:
    brief = BriefFactory.create(title="Withdrawn words")
    resolve(brief, "occurred", UserFactory.create())
    publishing.withdraw_brief(brief=brief, by=brief.created_by, reason="It was wrong.")

    page = client.get("/scorecard/").content.decode()

    assert "So far 1 is scored" in page
    assert "Withdrawn words" not in page
