"""Public pages speak four languages: every word is translated, and what runs is what was written."""

import functools
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from config.supervisor import BASE_DIR

LOCALE = BASE_DIR / "config" / "locale"
LANGUAGES = ["fr", "pt", "ar"]
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_CALLS = {**DEFAULT_KEYWORDS, "pgettext_lazy": ((1, "c"), 2), "gettext_lazy": None}


def written(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


@functools.cache
def words_of_templates() -> set[tuple[str | None, str]]:
    """What templates translate, plurals by their singular: as (context, words)."""
    paths = [
        *BASE_DIR.glob("briefs/templates/**/*.html"),
        *BASE_DIR.glob("briefs/templates/**/*.txt"),
        *BASE_DIR.glob("intake/templates/intake/*.html"),
        *BASE_DIR.glob("config/templates/**/*.html"),
    ]
    return {word for path in paths for word in words_in(templatize(path.read_text()).encode())}


@functools.cache
def words_of_code() -> set[tuple[str | None, str]]:
    paths = [path for app in ("briefs", "intake") for path in BASE_DIR.glob(f"{app}/**/*.py")]
    return {word for path in paths for word in words_in(path.read_bytes())}


def words_in(source: bytes) -> Iterator[tuple[str | None, str]]:
    for _, words, _, context in extract("python", BytesIO(source), keywords=_CALLS):
        yield context, words[0] if isinstance(words, tuple) else words


def test_french_marks_stand_off_by_a_space_that_does_not_break() -> None:
    """U+00A0 before : and », and after «; U+202F before ; ! and ?. A plain space lets a line begin with the mark."""
    loose = re.compile(r"« | [:;!?»]|[^\W\d][;!?»]|\w\)?:(?!//|\w)")
    forms = [
        form
        for message in written("fr")
        if message.id
        for form in (message.string if isinstance(message.string, tuple) else (message.string,))
    ]
    assert [form for form in forms if loose.search(re.sub("<[^>]*>", "", form))] == []


@pytest.mark.parametrize(
    "own",
    [
        r"(%\}|\}\}|</(?:a|b|bdi|span|strong)>) ?:",  # `{% colon %}`: French sets it off
        r"(%\}|\}\}|</(?:a|b|bdi|span|strong)>), ?(\{[{%]|<)",  # `{% comma %}`: Arabic has its own
        r"%\} ?\?(?![\w{])",  # `{% question_mark %}`: both
    ],
)
def test_no_template_of_many_languages_writes_a_mark_of_its_own(own: str) -> None:
    of_one_language = ("/admin/", ".en.", "unfold/", "data_copy")
    assert [
        str(path.relative_to(BASE_DIR))
        for path in (
            *BASE_DIR.glob("*/templates/**/*.html"),
            *BASE_DIR.glob("*/templates/**/*.txt"),
        )
        if not any(part in str(path) for part in of_one_language)
        and re.search(own, path.read_text())
    ] == []


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
    plain, named = words_of_templates(), words_of_code()

    assert len(plain) > 80
    assert len(named) > 40
    missing = [(c, w) for c, w in plain | named if w and catalogue.get(w, context=c) is None]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_fresh(language: str) -> None:
    """If this fails: `.venv/bin/pybabel compile -d config/locale -D django`."""
    compiled = BytesIO()

    write_mo(compiled, written(language))

    kept = LOCALE / language / "LC_MESSAGES" / "django.mo"
    assert compiled.getvalue() == kept.read_bytes()
