"""Sentences end where a reader ends them; quotations are covered; places stay true."""

import pytest

from briefs.estimative.sentences import Reading


def cut(text: str) -> list[str]:
    return [text[s.start : s.end].strip() for s in Reading(text).sentences]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One ended. Two began.", ["One ended.", "Two began."]),
        ("Gen. Traoré met Dr. Keita. They left.", ["Gen. Traoré met Dr. Keita.", "They left."]),
        ("Prices rose by 3.5 per cent. Then 12.", ["Prices rose by 3.5 per cent.", "Then 12."]),
        (
            "J. Doe of the U.N. Security Council spoke. He left.",
            ["J. Doe of the U.N. Security Council spoke.", "He left."],
        ),
        ("At 5 p.m. The gate closed.", ["At 5 p.m.", "The gate closed."]),
        ("On Jan. 6 it fell. Why?", ["On Jan. 6 it fell.", "Why?"]),
        (
            "He said “We wait. We see.” Then he left.",
            ["He said “We wait. We see.”", "Then he left."],
        ),
        (
            "Il a dit : « On attend. On verra. » Puis il part.",
            ["Il a dit : « On attend. On verra. »", "Puis il part."],
        ),
        ("M. Diallo est parti. L’armée aussi !", ["M. Diallo est parti.", "L’armée aussi !"]),
        ("1. First point", ["1. First point"]),
        ("Wait… Then go! Now?", ["Wait…", "Then go!", "Now?"]),
        ("A line\nAnother line", ["A line", "Another line"]),
        ("", []),
        (" \n \n", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_quotations_are_covered_and_places_stay() -> None:
    text = 'The minister said “it may close” and « il peut fermer » and "it might". It holds.'

    plain = Reading(text).plain

    assert len(plain) == len(text)
    assert not any(word in plain for word in ("may", "peut", "might"))
    assert plain.endswith("it holds.")


def test_quotation_that_never_closes_covers_nothing() -> None:
    assert "may" in Reading("He said “it may close. It holds.").plain


def test_letters_that_grow_when_small_keep_the_places() -> None:
    text = "İİ The road may close."

    assert Reading(text).plain.index("may") == text.index("may")


def test_apostrophes_are_one() -> None:
    assert Reading("n’est pas exclu").plain == Reading("n'est pas exclu").plain
