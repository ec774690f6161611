"""Ideas that speak for a service or a danger together, what they weigh, and the words that show it."""

import pytest

from intake.catalogue import Service
from intake.needs import Alarm, Certainty, Kind, alarms_of, read_needs, weighing
from intake.needs.ideas import TOGETHER, stretches
from intake.needs.inflection import forms_of
from intake.needs.lexicon import LANGUAGES, tables
from intake.needs.wording import words_of
from tests.intake.needs import fitting, scoring


def shown(text: str, kind: Kind) -> dict[str, tuple[str, str]]:
    """By value how sure it is and the passage that shows it."""
    return {
        one.value: (str(one.certainty), text[one.start : one.end])
        for one in read_needs(text, scoring.gazetteer())
        if one.kind == kind
    }


def test_words_of_one_idea_are_counted_once_each_and_three_at_most():
    (part,) = stretches(words_of("A truck, a truck, a lorry, a bus and a convoy."), ("en",))

    assert part.counts["vehicle"] == 3


def test_two_ideas_in_the_same_words_are_not_together():
    (alone,) = stretches(words_of("what to do"), ("en",))
    (both,) = stretches(words_of("what to do, a plan"), ("en",))

    assert {"plan", "decide"} <= set(alone.counts)
    assert "plan + decide" not in alone.counts
    assert both.counts["plan + decide"] == 1


def test_what_is_denied_is_no_idea():
    (said,) = stretches(words_of("He was kidnapped."), ("en",))
    denied = stretches(words_of("Nobody was kidnapped."), ("en",))

    assert said.counts["said kidnap"] >= 1
    assert [part.counts.get("said kidnap") for part in denied] == [None]


def test_a_long_text_is_told_in_stretches_that_overlap():
    parts = stretches(words_of("A truck. " * 14), ("en",))

    told = [[idea for idea, _, _ in part.told].count("vehicle") for part in parts]

    assert told == [6, 6, 6, 5]


@pytest.mark.parametrize(
    ("text", "slug", "passage"),
    [
        (
            "Nine lorries of maize go north. Which hours, which stops, escort or none?",
            Service.ROUTE_ASSESSMENT,
            "Which hours, which stops, escort or",
        ),
        (
            "Le vendeur veut un an d'avance. La maison est-elle à lui, d'où vient son argent ?",
            Service.DUE_DILIGENCE,
            "maison est-elle à lui, d'où vient son argent",
        ),
    ],
)
def test_a_service_that_no_phrase_names_is_possible_and_shown(text, slug, passage):
    assert shown(text, Kind.SERVICE) == {slug: (Certainty.POSSIBLE, passage)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "The supply boat was due on Monday. Its tracker stopped and our skipper does not pick up.",
            Alarm.MISSING,
        ),
        (
            "Notre chauffeur n'est pas ressorti de la gendarmerie depuis hier, on ne nous laisse pas le voir.",
            Alarm.DETAINED,
        ),
        (
            "O nosso guia caiu, não acorda e o hospital mais próximo fica a nove horas daqui.",
            Alarm.MEDICAL,
        ),
        ("نحن في القبو مع الأولاد والرصاص في شارعنا منذ الفجر، ماذا نفعل؟", Alarm.THREAT_TO_LIFE),
    ],
)
def test_danger_that_no_phrase_names_is_possible(text, kind):
    assert set(alarms_of(text)) == {kind}
    assert {certainty for certainty, _ in shown(text, Kind.URGENCY).values()} == {"possible"}


@pytest.mark.parametrize(
    "text",
    [
        "He says he was kidnapped once and that he knows the minister. Before we pay we want to know what is true.",
        "Il lui faut comprendre en une heure qui tient le pouvoir depuis le putsch et qui est en prison.",
        "Nobody answers your phone, please call me back today.",
        "Perdi o link da página de estado, podem reenviar? É urgente, o conselho reúne amanhã.",
        "ساعدونا بسرعة: آخر موعد للمناقصة غدا ظهرا.",
    ],
)
def test_what_else_a_text_is_about_speaks_against_danger(text):
    assert alarms_of(text) == []


def test_a_day_that_tells_when_it_happened_is_no_date_to_meet():
    assert shown("We sign on Friday.", Kind.TIMEFRAME) == {"days": ("clear", "sign on Friday")}
    assert shown("Our nurse was arrested, she signs on Friday.", Kind.TIMEFRAME) == {}


def test_arabic_words_are_known_in_the_forms_their_sign_stands_for():
    assert {"طريق", "الطريق", "طريقنا"} <= set(forms_of("+طريق"))
    assert {"شركه", "الشركه", "شركتنا"} <= set(forms_of("+شركة"))
    assert {"يهدد*", "نهدد*"} <= set(forms_of("^هدد"))
    assert "هدد*" not in set(forms_of("^هدد"))
    assert {"يهدد*", "هدد*"} <= set(forms_of("%هدد"))
    assert list(forms_of("road")) == ["road"]


def test_each_weight_is_of_an_idea_that_a_text_may_hold():
    ideas = {idea for code in LANGUAGES for idea in tables(code)["ideas"]}
    told = {"said", "maybe", "now", "ours", "calm"}
    told |= {f"{word} {slug}" for word in ("asked", "hinted") for slug in Service.values}
    told |= {f"{word} {kind}" for word in ("said", "maybe") for kind in Alarm.values}
    told |= {f"{one} + {other}" for one, other in TOGETHER}

    assert set(weighing.targets()) == {"danger", *Alarm.values, *Service.values} - {
        Service.NOT_SURE
    }
    assert {idea for target in weighing.targets() for idea in weighing.targets()[target]} <= (
        ideas | told | {"base"}
    )
    assert [set(tables(code)["ideas"]) ^ ideas for code in LANGUAGES] == [set()] * 4


def test_the_weights_are_those_of_the_words_and_requests_of_today():
    mark = weighing.FILE.read_text(encoding="utf-8").partition("\n")[0]

    assert mark == fitting.mark_of(fitting.examples()), "python -m tests.intake.needs.fitting"


def test_weights_are_learnt_from_what_goes_with_what():
    counts = [{"lost": 2}, {"lost": 1, "who": 1}, {"road": 2}, {"road": 1, "who": 1}] * 20
    found = fitting.fit(counts, [True, True, False, False] * 20, [1.0] * 80)

    assert found["lost"] > 0.5
    assert found["road"] < -0.5
    assert abs(found["who"]) < 0.1
