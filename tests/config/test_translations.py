"""Public pages speak four languages: every word is translated, and what runs is what was written."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config.supervisor import BASE_DIR

LOCALE = BASE_DIR / "config" / "locale"
LANGUAGES = ["fr", "pt", "ar"]
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_TEMPLATE_WORDS = re.compile(r'{%\s*translate\s+"([^"]+)"')
_CODE_WORDS = re.compile(r'pgettext(?:_lazy)?\("(\w+)", "([^"]+)"\)')


def written(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def templates() -> list[Path]:
    return [
        *BASE_DIR.glob("briefs/templates/**/*.html"),
        *BASE_DIR.glob("config/templates/**/*.html"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_a_translation_with_the_same_placeholders(language: str) -> None:
    for message in written(language):
        if not message.id:
            continue
        source = message.id[0] if isinstance(message.id, tuple) else message.id
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), source
        assert not message.fuzzy, source
        if isinstance(message.string, str) and isinstance(source, str):
            assert set(_PLACEHOLDER.findall(message.string)) == set(_PLACEHOLDER.findall(source))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_templates_and_code_are_in_the_catalogue(language: str) -> None:
    catalogue = written(language)
    plain = {word for path in templates() for word in _TEMPLATE_WORDS.findall(path.read_text())}
    named = {
        (context, word)
        for path in BASE_DIR.glob("briefs/**/*.py")
        for context, word in _CODE_WORDS.findall(path.read_text())
    }

    assert len(plain) > 50
    assert len(named) > 40
    assert [word for word in plain if catalogue.get(word) is None] == []
    assert [pair for pair in named if catalogue.get(pair[1], context=pair[0]) is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_fresh(language: str) -> None:
    """If this fails: `.venv/bin/pybabel compile -d config/locale -D django`."""
    compiled = BytesIO()

    write_mo(compiled, written(language))

    kept = LOCALE / language / "LC_MESSAGES" / "django.mo"
    assert compiled.getvalue() == kept.read_bytes()
