"""What is found in a text, and what is not; no database."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.needs import Certainty, Kind, language_of, read_needs
from intake.needs.gazetteer import KnownPlace, build
from tests.intake.needs import scoring


def read(text: str, kind: Kind) -> dict[str, tuple[str, str]]:
    """By value the certainty and the passage of what was found of a kind."""
    findings = read_needs(text, scoring.gazetteer())
    return {
        one.value: (str(one.certainty), text[one.start : one.end])
        for one in findings
        if one.kind == kind
    }


def countries(text: str) -> set[str]:
    return set(read(text, Kind.COUNTRY))


def places(text: str) -> set[str]:
    """The places found, as "name country"."""
    rows = scoring.labelled("first")["places"]
    found = [rows[int(value)] for value in read(text, Kind.PLACE)]
    return {f"{row['name']} {row['country']}" for row in found}


# --- Countries


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Niger and Nigeria", {"NE", "NG"}),
        ("le Niger et le Nigeria", {"NE", "NG"}),
        ("une banque nigériane", {"NG"}),
        ("une banque nigérienne", {"NE"}),
        ("شركة نيجرية", {"NE"}),
        ("شركة نيجيرية", {"NG"}),
        ("in the D.R.C. and in the C.A.R.", {"CD", "CF"}),
        ("en R.D.C. et en R.C.A.", {"CD", "CF"}),
        ("an Equatorial Guinean bank", {"GQ"}),
        ("une banque équato-guinéenne", {"GQ"}),
        ("um banco guinéu-equatoriano", {"GQ"}),
        ("شركة غينية استوائية", {"GQ"}),
        ("la Guinée-Bissao", {"GW"}),
        ("جيش جنوب سوداني", {"SS"}),
        ("النيجر ونيجيريا", {"NE", "NG"}),
        ("the Niger Delta", {"NG"}),
        ("Sudan", {"SD"}),
        ("South Sudan", {"SS"}),
        ("both Sudans", {"SD", "SS"}),
        ("جنوب السودان", {"SS"}),
        ("Guinea-Bissau", {"GW"}),
        ("Guinée équatoriale", {"GQ"}),
        ("Guinée Conakry", {"GN"}),
        ("the Gulf of Guinea", set()),
        ("Papua New Guinea", set()),
        ("guinea pigs", set()),
        ("Georgia and Jordan", set()),
        ("the DRC", {"CD"}),
        ("Cote dIvoire", {"CI"}),
        ("ethiopie", {"ET"}),
        ("Mozambiqe", {"MZ"}),
        ("Mauritnaia", {"MR"}),
        ("Lake Chad", set()),
        ("Chad Smith wrote to us", set()),
        ("our man in Chad Smith knows", {"TD"}),
        ("Kenya Somalia border", {"KE", "SO"}),
        ("مدير مالي", set()),
        ("في مالي", {"ML"}),
        ("Benin City", {"NG"}),
        ("Zombie films and Angela", set()),
    ],
)
def test_countries_are_told_apart(text, codes):
    assert countries(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("the Congo", {"CD", "CG"}),
        ("le Congo", {"CD", "CG"}),
        ("الكونغو", {"CD", "CG"}),
        ("Guinea", {"GN", "GW", "GQ"}),
        ("Guiné", {"GN", "GW", "GQ"}),
    ],
)
def test_a_name_of_several_countries_is_said_to_be_one(text, codes):
    found = read(text, Kind.COUNTRY)

    assert set(found) == codes
    assert {certainty for certainty, _ in found.values()} == {Certainty.AMBIGUOUS}


def test_another_word_can_settle_which_is_meant():
    assert countries("From Kinshasa through the Congo") == {"CD"}
    assert countries("Pointe-Noire, Congo") == {"CG"}


# --- Places and people


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from Kayes in Mali", {"Kayes ML"}),
        ("Kayes, Congo-Brazzaville", {"Kayes CG"}),
        ("Mr Kayes will call", set()),
        ("Mrs Awa Benin City will call", set()),
        ("M. Jean Goma et Mme. Awa Fatou Gao", set()),
        ("o Sr. Domingos Pemba", set()),
        ("Dr Keita wrote from Goma", {"Goma CD"}),
        ("Marcus Moroni will call", set()),
        ("I am Victoria Mensah", set()),
        ("Best, Victoria", set()),
        ("Victoria, Seychelles", {"Victoria SC"}),
        ("one man and his dog", set()),
        ("Man, oh Man", set()),
        ("de Man vers le sud en Côte d'Ivoire", {"Man CI"}),
        ("à beira da estrada", set()),
        ("passeio pela praia", set()),
        ("the same sale", set()),
        ("trucks from lagos", {"Lagos NG"}),
        ("au Caire", {"Cairo EG"}),
        ("Pemba, Moçambique", {"Pemba MZ"}),
        ("Pemba, Tanzania", {"Pemba TZ"}),
        ("the road to Benin City", {"Benin City NG"}),
    ],
)
def test_places_are_told_from_what_is_none(text, found):
    assert places(text) == found


@pytest.mark.parametrize(
    ("town", "text"),
    [
        ("معسكر", "نريد تقييم معسكر العمال"),  # camp
        ("الجديدة", "مكتبنا والجديدة"),  # the new one
        ("الأبيض", "البحر الأبيض المتوسط"),  # the Mediterranean
        ("أقصر", "نبحث عن طريق أقصر"),  # shorter
        ("Fez", "O que fez a polícia ontem?"),
        ("Longa", "A estrada é longa."),
        ("Dessa", "Dessa forma não podemos viajar."),
        ("Tanta", "com tanta gente na rua"),
        ("Golfe", "les navires du golfe"),
        ("Bone", "A broken bone"),
        ("Adama", "Notre collègue Adama Traoré vous appellera."),
        ("Samba", "our colleague Samba called"),
        ("Mme", "M. Diop et Mme Fall"),
    ],
)
def test_a_word_or_a_first_name_is_not_the_city_of_that_name(town, text):
    known = build([], [(KnownPlace(1, town, "DZ", 500_000, False), [])])

    assert [one.value for one in read_needs(text, known) if one.kind == Kind.PLACE] == []


@pytest.mark.parametrize("town", ["Ségou", "Zinder", "Gusau", "Sousse", "Sarh"])
def test_a_city_whose_name_is_hardly_a_word_needs_no_country_beside_it(town):
    known = build([], [(KnownPlace(1, town, "ML", 200_000, False), [])])

    found = read_needs(f"Our driver left for {town} at dawn.", known)

    assert [one.value for one in found if one.kind == Kind.PLACE] == ["1"]


def test_a_city_that_is_called_like_a_word_is_known_by_its_company():
    known = build(
        [],
        [
            (KnownPlace(1, "Fez", "MA", 500_000, False), []),
            (KnownPlace(2, "معسكر", "DZ", 500_000, False), []),
        ],
    )

    for text, place in (("em Fez", "1"), ("في معسكر، الجزائر", "2")):
        assert [o.value for o in read_needs(text, known) if o.kind == Kind.PLACE] == [place]


def test_a_town_of_two_countries_is_one_of_several():
    found = read("a boat to Pemba", Kind.PLACE)

    assert {certainty for certainty, _ in found.values()} == {Certainty.AMBIGUOUS}
    assert countries("a boat to Pemba") == {"MZ", "TZ"}


def test_actors_are_found_by_other_names_and_short_ones_in_capitals():
    text = "The RSF fought; a rsf file; le GSIM; حركة الشباب"

    assert set(read(text, Kind.ACTOR)) == {"Rapid Support Forces", "JNIM", "al-Shabaab"}


# --- Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We need help with our trucks.", "en"),
        ("Nous avons besoin d'aide pour nos camions.", "fr"),
        ("Precisamos de ajuda com os nossos camiões.", "pt"),
        ("نحتاج إلى مساعدة في شاحناتنا", "ar"),
        ("Necesitamos ayuda con nuestros camiones para el viaje, por favor.", ""),
        ("Wir brauchen Hilfe mit unseren Lastwagen, bitte, und zwar die nächste Woche.", ""),
        ("Tunahitaji msaada kwa magari yetu ya mizigo katika safari hii.", ""),
        ("Mali risk", ""),
        ("Blocks C and D in Cabo Delgado, M. D. Diallo, annexes L and N", "en"),
        ("Annexes C, D, M, N", ""),
        ("http://c.example/de/la http://d.example/une http://l.example", ""),
        ("O risco e a escolta.", "pt"),
        ("J’ai besoin d’aide.", "fr"),
        ("", ""),
        ("12345 !!!", ""),
    ],
)
def test_the_language_is_named_or_left_open(text, language):
    assert language_of(text) == language


# --- Whatever is sent


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_every_passage_lies_in_it(text):
    for one in read_needs(text, scoring.gazetteer()):
        assert 0 <= one.start < one.end <= len(text)


def test_each_value_once_in_the_order_of_the_text():
    text = "Mali. Mali! A route assessment, a route survey in Mali; Bamako"
    found = read_needs(text, scoring.gazetteer())

    keys = [(one.kind, one.value) for one in found]
    assert len(keys) == len(set(keys))
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert read(text, Kind.COUNTRY) == {"ML": ("clear", "Mali")}


@pytest.mark.parametrize(
    "piece",
    [
        "kidnapped ",
        "a ",
        "x",
        "in two ",
        "assess assess ",
        "اختطف ",
        "ﷺ",
        "\u0301",
        "Congo Chad ",
        "road ",
        "Which road, at night? ",
        "لا يرد ",
        "\n",
        "été d'",
    ],
)
def test_the_work_grows_with_the_text(piece):
    """Counted in calls, since the clock of a busy machine tells nothing."""
    small, large = (piece * (size // len(piece)) for size in (1_000, 10_000))

    assert calls(large) <= 12 * calls(small) + 5_000


def calls(text: str) -> int:
    """How many functions reading it calls."""
    import sys  # noqa: PLC0415

    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event == "call"

    read_needs(text[:10], scoring.gazetteer())
    sys.setprofile(note)
    try:
        read_needs(text, scoring.gazetteer())
    finally:
        sys.setprofile(None)
    return count


def test_shuffled_requests_break_nothing():
    texts = [row["text"] for code in scoring.LANGUAGES for row in scoring.requests(code, "made")]
    words = " ".join(texts).split()
    random.Random(8).shuffle(words)  # noqa: S311 - any order will do

    found = read_needs(" ".join(words)[:20_000], scoring.gazetteer())

    assert {one.kind for one in found} == set(Kind) - {Kind.LANGUAGE}  # four at once are none
