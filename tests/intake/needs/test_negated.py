"""Countries and towns that are named to say that they are not meant; and CAR, which is one or a car."""

from typing import Any

import pytest

from intake.needs import Certainty, Kind, read_needs
from tests.intake.needs import scoring


def read(text: str, kind: Kind = Kind.COUNTRY) -> dict[str, str]:
    """By value the certainty."""
    return {
        one.value: str(one.certainty)
        for one in read_needs(text, scoring.gazetteer())
        if one.kind == kind
    }


def as_labelled(row: dict[str, Any]) -> bool:
    """Whether a request's countries are read as a careful reader does."""
    found = read(row["text"])
    negated = {code for code, certainty in found.items() if certainty == Certainty.NEGATED}
    return (found.keys() - negated, negated) == (
        {*row.get("countries", ())},
        {*row.get("negated", ())},
    )


def rows(half: str) -> list[dict[str, Any]]:
    return [row for rows in scoring.labelled("negated")[half].values() for row in rows]


def test_what_is_not_meant_is_told_from_what_is_asked_for():
    assert [row["text"] for row in rows("made") if not as_labelled(row)] == []
    assert len(rows("made")) == 46


def test_it_is_so_in_requests_that_the_rules_were_not_made_from():
    assert [len(rows("held")), sum(map(as_labelled, rows("held")))] == [20, 19]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Not in Mali, I said; but what happens in Mali?", {"ML": "clear"}),
        ("why not Mali?", {"ML": "clear"}),
        ("If not in Mali then in Niger", {"ML": "clear", "NE": "clear"}),
        ("Please do not exclude Mali.", {"ML": "clear"}),
        ("Nothing other than Mali.", {"ML": "clear"}),
        ("Apart from Mali we also ask about Niger.", {"ML": "clear", "NE": "clear"}),
        ("We are not in a hurry. Mali is.", {"ML": "clear"}),
        ("not in Mali or Niger, nor in Chad", {"ML": "negated", "NE": "negated", "TD": "negated"}),
        ("not in Congo", {"CD": "negated", "CG": "negated"}),
        ("not in Burkino Faso", {"BF": "negated"}),
        ("not in Congo-Kinshasa", {"CD": "negated"}),
        ("not in Bamako but in the north", {"ML": "possible"}),
        ("The UN has left Mali.", {"ML": "clear"}),
        ("We left for Mali.", {"ML": "clear"}),
        ("باستثناء نيجيريا وغانا", {"NG": "negated", "GH": "negated"}),
    ],
)
def test_only_what_is_denied_is_denied(text, found):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("We left Sudan in April.", ["We left Sudan"]),
        ("Nous travaillons hors du Mali.", ["hors du Mali"]),
        ("All except Mali, Niger and the DRC.", ["except Mali", "Niger", "DRC"]),
        ("نعمل خارج ليبيا", ["خارج ليبيا"]),
    ],
)
def test_the_passage_shows_what_denies_it(text, passages):
    found = [one for one in read_needs(text, scoring.gazetteer()) if one.kind == Kind.COUNTRY]

    assert [text[one.start : one.end] for one in found] == passages


def test_a_town_that_is_not_meant_is_one_and_what_is_outside_of_one_is_near():
    assert set(read("We work in Mali, not in Bamako.", Kind.PLACE).values()) == {"negated"}
    assert set(read("A warehouse just outside Bamako.", Kind.PLACE).values()) == {"clear"}


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("We travel to CAR next month.", "clear"),
        ("DRC, CAR, South Sudan", "clear"),
        ("Security in the CAR", "clear"),
        ("not in CAR", "negated"),
        ("TRAVEL TO CAR NEXT MONTH", "possible"),
        ("CHAD AND CAR: TWO VISITS", None),
        ("CHAD, CAR: TWO VISITS", "possible"),
        ("NEED A CAR AND DRIVER IN BAMAKO", None),
        ("NEED CAR FOR TWO DAYS", None),
        ("Our CAR was stolen.", None),
        ("We go by CAR.", None),
        ("Un CAR pour Bamako", None),
        ("a car, or Car, in Bamako", None),
    ],
)
def test_car_is_the_country_in_capitals_of_its_own(text, certainty):
    assert read(text).get("CF") == certainty
