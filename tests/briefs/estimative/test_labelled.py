"""How often the check is right, on sentences that people labelled; the figures stand in the docs."""

import re
from pathlib import Path

import pytest

from tests.briefs.estimative.labelled import Score, labelled, scores

PAGE = Path(__file__).parents[3] / "docs" / "estimative-language.md"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_sentence_that_it_was_tuned_on_is_read_right(language: str) -> None:
    rows = labelled(f"labelled_{language}")

    assert len(rows) >= 60
    assert [(row.text, row.found()) for row in rows if row.found() != row.rules] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_new_sentences_are_read_nearly_as_well(language: str) -> None:
    total = _total(scores(labelled(f"held_out_{language}")))

    assert total.precision >= 0.85
    assert total.recall >= 0.9


def test_the_figures_in_the_docs_are_these() -> None:
    sets = ("labelled_en", "labelled_fr", "held_out_en", "held_out_fr")
    lines = [line for name in sets for line in _lines(name)]

    told = re.findall(r"^\| (?:labelled|held_out)_.*$", PAGE.read_text(), re.M)
    assert told == lines


def _lines(name: str) -> list[str]:
    found = {rule: score for rule, score in scores(labelled(name)).items() if any(score)}
    return [_line(name, rule, score) for rule, score in {**found, "all": _total(found)}.items()]


def _line(name: str, rule: str, score: Score) -> str:
    figures = f"{score.right} | {score.wrong} | {score.missed}"
    return f"| {name} | {rule} | {figures} | {score.precision:.2f} | {score.recall:.2f} |"


def _total(found: dict[str, Score]) -> Score:
    return Score(*(sum(column) for column in zip(*found.values(), strict=True)))
