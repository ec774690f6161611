"""Africa's countries: which codes a brief may carry, and what each is called in each language."""

from functools import lru_cache

from django.utils import translation
from django_countries import countries

AFRICAN_COUNTRIES: tuple[str, ...] = (
    *("DZ", "AO", "BJ", "BW", "BF", "BI", "CV", "CM", "CF", "TD", "KM", "CG", "CD", "CI"),
    *("DJ", "EG", "GQ", "ER", "SZ", "ET", "GA", "GM", "GH", "GN", "GW", "KE", "LS", "LR"),
    *("LY", "MG", "MW", "ML", "MR", "MU", "MA", "MZ", "NA", "NE", "NG", "RW", "ST", "SN"),
    *("SC", "SL", "SO", "ZA", "SS", "SD", "TZ", "TG", "TN", "UG", "EH", "ZM", "ZW"),
)

# Where django-countries differs from what the house prints: catalogue order, apostrophes, doubles.
_HOUSE_NAMES: dict[str, dict[str, str]] = {
    "en": {
        "CG": "Republic of the Congo",
        "CI": "Côte d’Ivoire",
        "CD": "DR Congo",
        "ST": "São Tomé and Príncipe",
    },
    "fr": {
        "CD": "RD Congo",
        "CG": "République du Congo",
        "CI": "Côte d’Ivoire",
        "SZ": "Eswatini",
    },
    "pt": {
        "CD": "RD Congo",
        "CG": "República do Congo",
        "EG": "Egito",
        "KM": "Comores",
    },
    "ar": {
        "AO": "أنغولا",
        "BW": "بوتسوانا",
        "CD": "الكونغو الديمقراطية",
        "CF": "جمهورية أفريقيا الوسطى",
        "CG": "جمهورية الكونغو",
        "CV": "الرأس الأخضر",
        "ET": "إثيوبيا",
        "GA": "الغابون",
        "ZA": "جنوب أفريقيا",
    },
}


@lru_cache(maxsize=1024)
def country_name(code: str, language: str) -> str:
    """The name of an ISO 3166 alpha-2 code in one of our languages; an unknown code is its own name."""
    language = language.split("-")[0]
    house_name = _HOUSE_NAMES.get(language, {}).get(code)
    if house_name:
        return house_name
    with translation.override(language):
        return str(countries.name(code)) or code


def country_choices(language: str = "en") -> list[tuple[str, str]]:
    """Africa's countries as (code, name), by name, for forms and filters."""
    pairs = [(code, country_name(code, language)) for code in AFRICAN_COUNTRIES]
    return sorted(pairs, key=lambda pair: pair[1])
