import pytest

from config.supervisor import BASE_DIR
from intake.sanctions import comparing
from tests.intake.sanctions import scoring

REPORT = BASE_DIR / "docs" / "sanctions.md"
FLOORS = {"person": (0.92, 0.94), "body": (0.95, 0.95)}


def person(text: str) -> comparing.Name:
    return comparing.name_of(text, is_person=True)


@pytest.mark.parametrize("half", ["made", "held"])
def test_the_report_shows_what_comes_out_today(half):
    report = REPORT.read_text(encoding="utf-8").splitlines()

    assert [line for line in scoring.table(half) if line not in report] == []


@pytest.mark.parametrize("kind", FLOORS)
def test_names_that_the_measure_was_not_made_from_are_told_so_well(kind):
    score = scoring.score("held", kind)
    precision, recall = FLOORS[kind]

    assert (score.precision >= precision, score.recall >= recall) == (True, True), score.wrong


def test_no_pair_comes_twice():
    pairs = [frozenset(row[1:3]) for half in scoring.HALVES for row in scoring.pairs(half)]

    assert len(pairs) == len(set(pairs)) == 211


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dr. Abd al-Rahman bin Salih", ("abdrahman", "salih")),
        ("عبد الرحمن بن صالح", ("abdrhmn", "slh")),
        ("Abou Bakr N’Gola", ("abubakr", "ngola")),
        ("Al", ("al",)),
        ("", ()),
        ("…", ()),
    ],
)
def test_the_words_that_are_compared(text, words):
    assert person(text).words == words


def test_order_does_not_matter_and_nothing_is_like_nothing():
    one, other = person("Mohamed Hassan El-Amri"), person("EL-AMRI, Hassan Mohamed")

    assert comparing.alike(one, other) == comparing.alike(other, one) == 100
    assert comparing.alike(person(""), one) == comparing.alike(one, person("…")) == 0


@pytest.mark.parametrize(
    ("listed", "is_weak", "is_other_kind", "score", "holds"),
    [
        ("Mohamed Amri", False, False, 90, True),
        ("Mohamed Amri", True, False, 100, False),
        ("Viper", False, False, 100, False),
        ("V. Amri", False, False, 100, False),
        ("Mohamed Amri", False, True, 90, False),
        ("Mohamed Amri", False, True, 100, True),
        ("Mohamed Amri", False, False, 81, False),
    ],
)
def test_what_holds(listed, is_weak, is_other_kind, score, holds):
    asked = person("Mohamed Amri")
    found = comparing.holds(
        score, person(listed), asked, is_weak=is_weak, is_other_kind=is_other_kind
    )

    assert found is holds
