"""The client's pages speak four languages: every word is translated, and what runs is what was written."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from config.supervisor import BASE_DIR

APP = BASE_DIR / "proposals"
LANGUAGES = ["fr", "pt", "ar"]
CALLS = ("_", "gettext", "gettext_lazy")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def written(language: str) -> Catalog:
    with (APP / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def words(source: str) -> Iterator[str]:
    for _line, message, _comments, _context in extract(
        "python", BytesIO(source.encode()), keywords=dict.fromkeys(CALLS)
    ):
        assert isinstance(message, str)
        yield message


def used() -> set[str]:
    """Every word that templates and code want translated."""
    sources = [path.read_text() for path in APP.glob("*.py")]
    templates = [templatize(path.read_text()) for path in APP.glob("templates/**/*.html")]
    sources += [re.sub(r"(?m)^\s+", "", source) for source in templates]  # else it is no Python
    return {word for source in sources for word in words(source)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_the_words_that_are_used_and_no_others(language: str) -> None:
    borrowed = {"optional"}  # of the form field, which the pages of intake share

    assert {str(message.id) for message in written(language) if message.id} == used() | borrowed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_a_translation_with_the_same_placeholders(language: str) -> None:
    for message in written(language):
        assert message.string, message.id
        if message.id:
            own, theirs = (PLACEHOLDER.findall(str(t)) for t in (message.id, message.string))
            assert sorted(theirs) == sorted(own)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_fresh(language: str) -> None:
    """If this fails: `.venv/bin/pybabel compile -d proposals/locale -D django`."""
    compiled = BytesIO()

    write_mo(compiled, written(language))

    kept = APP / "locale" / language / "LC_MESSAGES" / "django.mo"
    assert compiled.getvalue() == kept.read_bytes()
