"""The same text in other languages, as search engines and other sites are told of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

# Language and country, as Open Graph wants it; a country of ours for each, the reader's own is not known.
LOCALES = {"en": "en_GB", "fr": "fr_FR", "pt": "pt_PT", "ar": "ar_AR"}


@dataclass(frozen=True)
class Alternate:
    """A text of the same content: its language, or "x-default" for readers of none of ours, and its address."""

    language: str
    url: str


@dataclass(frozen=True)
class Choice:
    """A language that a reader may take the page in: what it is called, where, and whether this is it."""

    code: str
    name: str
    url: str
    is_current: bool


def of_page(path: str, current: str) -> list[Choice]:
    """The choices for a page that speaks the language of its address."""
    return of_addresses(
        {code: path + language_query(code) for code, _ in settings.LANGUAGES}, current
    )


def of_addresses(urls: Mapping[str, str], current: str) -> list[Choice]:
    """The choices for a page with an address for each language."""
    return [Choice(code, name, urls[code], code == current) for code, name in settings.LANGUAGES]


def of_briefs(slugs: Mapping[str, str]) -> list[Alternate]:
    """Each published translation (language to slug), the text itself among them; none of a text that stands alone."""
    return _all({lang: reverse("briefs:brief", args=[slug]) for lang, slug in slugs.items()})


def of_home() -> list[Alternate]:
    """The front page in each language of ours."""
    home = reverse("briefs:home")
    return _all({lang: home + language_query(lang) for lang, _ in settings.LANGUAGES})


def language_query(language: str) -> str:
    """What follows the address of a page to have it in a language."""
    return "" if language == settings.LANGUAGE_CODE else f"?language={language}"


def _all(paths: Mapping[str, str]) -> list[Alternate]:
    """The same list on each of the texts: what one says of another, the other says of it."""
    order = [lang for lang, _ in settings.LANGUAGES if lang in paths]
    if len(order) < 2:
        return []
    urls = {lang: settings.SITE_URL + paths[lang] for lang in order}
    default = urls.get(settings.LANGUAGE_CODE, urls[order[0]])
    return [Alternate(*pair) for pair in urls.items()] + [Alternate("x-default", default)]
