"""Africa's countries: which codes a brief may carry, and what each is called in each language."""

from functools import lru_cache

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import pgettext, pgettext_lazy
from django_countries import countries

from briefs.search_keys import search_key

# The five regions of the United Nations' M49.
REGIONS: dict[str, tuple[str, ...]] = {
    "northern": ("DZ", "EG", "EH", "LY", "MA", "SD", "TN"),
    "western": (
        *("BF", "BJ", "CI", "CV", "GH", "GM", "GN", "GW"),
        *("LR", "ML", "MR", "NE", "NG", "SL", "SN", "TG"),
    ),
    "middle": ("AO", "CD", "CF", "CG", "CM", "GA", "GQ", "ST", "TD"),
    "eastern": (
        *("BI", "DJ", "ER", "ET", "KE", "KM", "MG", "MU", "MW"),
        *("MZ", "RW", "SC", "SO", "SS", "TZ", "UG", "ZM", "ZW"),
    ),
    "southern": ("BW", "LS", "NA", "SZ", "ZA"),
}
M49 = {"northern": "015", "western": "011", "middle": "017", "eastern": "014", "southern": "018"}
_REGION_NAMES = {
    "northern": pgettext_lazy("region", "Northern Africa"),
    "western": pgettext_lazy("region", "Western Africa"),
    "middle": pgettext_lazy("region", "Middle Africa"),
    "eastern": pgettext_lazy("region", "Eastern Africa"),
    "southern": pgettext_lazy("region", "Southern Africa"),
}
AFRICAN_COUNTRIES: tuple[str, ...] = tuple(sorted(sum(REGIONS.values(), ())))
_REGION_OF = {code: region for region, codes in REGIONS.items() for code in codes}
_ALPHA2 = {countries.alpha3(code): code for code in AFRICAN_COUNTRIES}

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
    if not (code.isascii() and code.isalpha()):
        return code  # django-countries takes what looks like a digit for a number, and fails on ²
    house_name = _HOUSE_NAMES.get(language, {}).get(code)
    if house_name:
        return house_name
    with translation.override(language):
        return str(countries.name(code)) or code


def country_choices(language: str = "en") -> list[tuple[str, str]]:
    """Africa's countries as (code, name), by name, for forms and filters."""
    pairs = [(code, country_name(code, language)) for code in AFRICAN_COUNTRIES]
    return sorted(pairs, key=lambda pair: name_key(pair[1]))


def name_key(name: str) -> tuple[str, str]:
    """What a name is put in order by, as a reader looks it up: África do Sul before Angola, Égypte before Eswatini."""
    return search_key(name), name


def region_of(code: str) -> tuple[str, ...]:
    """The countries of the region that holds this one, itself among them; none for an unknown code."""
    return next((codes for codes in REGIONS.values() if code in codes), ())


def region_key(code: str) -> str:
    """Which of the regions holds this country; KeyError for none of Africa's."""
    return _REGION_OF[code]


def alpha3_of(code: str) -> str:
    """The ISO 3166 alpha-3 code of an alpha-2 one."""
    return countries.alpha3(code)


def alpha2_of(code: str) -> str | None:
    """The alpha-2 code of an African country given as alpha-2 or alpha-3, in letters of any size; else None."""
    wanted = code.upper()
    return wanted if wanted in AFRICAN_COUNTRIES else _ALPHA2.get(wanted)


def region_name(region: str) -> str:
    """What a region is called in the language being spoken now."""
    return str(_REGION_NAMES[region])


def position(latitude: float, longitude: float) -> str:
    """A position in degrees as people write it: 15.01° N 2.95° W."""
    north = pgettext("position", "%s° N") if latitude >= 0 else pgettext("position", "%s° S")
    east = pgettext("position", "%s° E") if longitude >= 0 else pgettext("position", "%s° W")
    # Rounded first: number_format cuts off.
    lat, lon = (number_format(round(abs(degrees), 2), 2) for degrees in (latitude, longitude))
    return f"{north % lat} {east % lon}"
