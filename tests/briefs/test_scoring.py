"""The record of our judgements: exact figures, and nothing left out."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from briefs import publishing, scoring, translating
from briefs.models import Brief, Judgement
from tests.briefs.facts import add_judgement
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
    assert "<dt>Judgements scored</dt><dd>1</dd>" in page
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

    assert "<dt>Judgements scored</dt><dd>1</dd>" in page
    assert "Withdrawn words" not in page


def judged(term: str, outcomes: dict[str, int], *, is_sample: bool = False) -> None:
    """Public briefs whose judgements, all of this term, came out so."""
    by = UserFactory.create()
    for outcome, number in outcomes.items():
        brief = BriefFactory.create(is_published=False, is_sample=is_sample)
        brief.judgements.all().delete()
        for position in range(1, number + 1):
            add_judgement(brief, position, likelihood=term)
        resolve(publish(brief), outcome, by)


def test_filled_scorecard_shows_the_figures_reckoned_by_hand(client: Client) -> None:
    judged("likely", {"occurred": 12, "did_not_occur": 6, "partly": 2})
    judged("very_unlikely", {"occurred": 1, "did_not_occur": 9, "overtaken": 1})
    BriefFactory.create()

    page = client.get("/scorecard/").content.decode()

    # likely: 13 of 20, Wilson 43.3 to 81.9; very unlikely (12.5): 1 of 10, 1.8 to 40.4.
    # Brier: (12 × 0.325² + 6 × 0.675² + 2 × 0.175² + 0.875² + 9 × 0.125²) / 30 = 4.9688 / 30.
    # Base rate 14 of 30: (13 × (16/30)² + 15 × (14/30)² + 2 × (1/30)²) / 30 = 0.2322.
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', page))
    cells = {term: re.findall(r'<td class="n">(.*?)</td>', row) for term, row in rows.items()}
    assert cells["Likely"] == ["55–80", "65", "43–82", "20"]
    assert cells["Very unlikely"] == ["5–20", "10", "2–40", "10"]
    assert cells["Unlikely"] == ["20–45", "–", "–", "0"]
    figures = re.findall(r"<dd>(\d[\d.]*)", page)
    assert figures == ["0.166", "30", "1", "1", "0"]
    assert "would score 0.232" in page
    assert re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', page) == [
        ("12.5", "90.0"),
        ("67.5", "35.0"),
    ]
    assert "This is an example." not in page


def test_samples_are_shown_as_an_example_until_one_real_judgement_is_scored(client: Client) -> None:
    judged("likely", {"occurred": 3, "overtaken": 1}, is_sample=True)
    real = BriefFactory.create(title="Real words")
    judged("likely", {"overtaken": 1})

    before, page = scoring.scorecard(), client.get("/scorecard/").content.decode()
    resolve(real, "did_not_occur", UserFactory.create())
    after, later = scoring.scorecard(), client.get("/scorecard/").content.decode()

    assert (before.is_of_samples, before.scored, before.unscored, before.open) == (True, 3, 1, 0)
    assert "This is an example." in page
    assert "Real words" not in page
    assert (after.is_of_samples, after.scored, after.unscored, after.open) == (False, 1, 1, 0)
    assert "This is an example." not in later
    assert "Real words" in later
    assert later.count('<p class="from">') == 2
    assert later.count("Sample") == 0


def test_scorecard_without_a_resolved_judgement_is_the_house_s_own(client: Client) -> None:
    BriefFactory.create(is_sample=True)
    BriefFactory.create()

    score = scoring.scorecard()

    assert (score.is_of_samples, score.scored, score.open) == (False, 0, 1)
    assert "This is an example." not in client.get("/scorecard/").content.decode()
