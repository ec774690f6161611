"""Country codes and names."""

import pytest

from briefs import geography
from briefs.maps.capitals import CAPITALS


def test_every_country_has_a_region_and_a_capital() -> None:
    assert len(geography.AFRICAN_COUNTRIES) == len(set(geography.AFRICAN_COUNTRIES)) == 55
    # The capital of Western Sahara is a matter of dispute: no dot.
    assert set(CAPITALS) == set(geography.AFRICAN_COUNTRIES) - {"EH"}


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("CI", "en", "Côte d’Ivoire"),
        ("CD", "fr", "RD Congo"),
        ("MZ", "pt", "Moçambique"),
        ("EG", "ar", "مصر"),
        ("ML", "fr-ca", "Mali"),
        ("XX", "en", "XX"),
    ],
)
def test_country_name(code: str, language: str, name: str) -> None:
    assert geography.country_name(code, language) == name


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_every_country_has_a_name_of_its_own_in_each_language(language: str) -> None:
    names = {geography.country_name(code, language) for code in geography.AFRICAN_COUNTRIES}

    assert len(names) == 55
    assert not names & set(geography.AFRICAN_COUNTRIES)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Comoros", "Côte d’Ivoire", "Djibouti", "DR Congo", "Egypt"]),
        ("fr", ["Djibouti", "Égypte", "Érythrée", "Eswatini", "Éthiopie", "Gabon"]),
        ("pt", ["África do Sul", "Angola", "Argélia", "Benim"]),
        ("ar", ["إثيوبيا", "إريتريا", "الجزائر"]),
        ("ar", ["المغرب", "النيجر", "أنغولا", "أوغندا", "إيسواتيني", "بنين"]),
    ],
)
def test_countries_stand_where_a_reader_looks_for_them(language: str, names: list[str]) -> None:
    listed = [name for _, name in geography.country_choices(language)]

    first = listed.index(names[0])
    assert listed[first : first + len(names)] == names


def test_region_of() -> None:
    assert "NE" in geography.region_of("ML")
    assert geography.region_of("XX") == ()


def test_positions_are_rounded_not_cut() -> None:
    assert geography.position(4.04827, -9.70428) == "4.05° N 9.70° W"
    assert geography.position(-0.001, 179.999) == "0.00° S 180.00° E"


def test_a_code_that_only_looks_like_a_number_is_its_own_name():
    assert geography.country_name("²", "en") == "²"
