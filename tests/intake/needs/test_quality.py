"""The numbers that docs/needs.md reports are those that the rules reach, and they do not fall."""

import pytest

from config.supervisor import BASE_DIR
from tests.intake.needs import scoring

REPORT = BASE_DIR / "docs" / "needs.md"
# Precision and recall over all languages on requests that the rules were not made from, at least.
FLOORS = {
    "language": (0.95, 0.95),
    "country": (0.95, 0.95),
    "either": (0.95, 0.95),
    "place": (0.95, 0.95),
    "actor": (0.95, 0.95),
    "service": (0.60, 0.65),
    "timeframe": (0.80, 0.80),
    "urgency": (0.90, 0.45),
    "alarm, said outright": (0.95, 0.85),
    "alarm, only implied": (0.95, 0.08),
}


@pytest.mark.parametrize("half", ["made", "held"])
def test_the_report_shows_what_comes_out_today(half):
    report = REPORT.read_text(encoding="utf-8").splitlines()

    assert [line for line in scoring.table(half) if line not in report] == []


@pytest.mark.parametrize("kind", scoring.KINDS)
def test_requests_that_the_rules_do_not_know_are_read_so_well(kind):
    score = scoring.scores("held")[kind]
    precision, recall = FLOORS[kind]

    assert (score.precision >= precision, score.recall >= recall) == (True, True), score.wrong


def test_each_language_has_its_requests_and_none_comes_twice():
    texts = [row["text"] for half in ("made", "held") for row in _all(half)]
    held = {code: len(scoring.requests(code, "held")) for code in scoring.LANGUAGES}

    assert held == dict.fromkeys(scoring.LANGUAGES, 26)
    assert len(texts) == len(set(texts)) == 544


def test_there_is_something_of_each_kind_to_find():
    counts = scoring.counts("held")

    assert min(counts[kind] for kind in scoring.KINDS) >= 5, counts


def _all(half: str) -> list[dict[str, object]]:
    return [row for code in scoring.LANGUAGES for row in scoring.requests(code, half)]
