from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from briefs import glyphs


@pytest.mark.parametrize(
    "text",
    [
        "Koné & Fils, “Sahel” – 12 400,00 €…",
        "1\u202f234\u00a0EUR",
        "ɓɗƙ ŋɔɛ Ẹ́kìtì",
        "قافلتا وقود",
        "two\nlines",
        "Владимир Αθήνα",
    ],
)
def test_text_that_the_fonts_have_stays(text: str) -> None:
    assert glyphs.printable(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well done 🙂", "Well done [slightly smiling face]"),
        ("👍🏽", "[thumbs up sign]"),
        ("⛵\ufe0f", "[sailboat]"),
        ("中国", "[U+4E2D][U+56FD]"),
        ("\ue000", "[U+E000]"),
        ("\U000e0041\u200b\ufeffx", "x"),
        ("invoice \u202egnp.exe\u202c", "invoice gnp.exe"),
        ("a\x00b\tc\r\nd", "a b c \nd"),
        ("a\u2028b\u3000c", "a b c"),
        ("Ａ𝐁ﬁ", "ABfi"),
        ("e\u0301", "é"),
    ],
)
def test_what_no_font_has_gets_a_stand_in(text: str, expected: str) -> None:
    assert glyphs.printable(text) == expected


def test_without_fonts_the_reason_is_named(settings: Settings, tmp_path: Path) -> None:
    settings.FONTS_DIR = tmp_path

    with pytest.raises(ImproperlyConfigured, match="There are no fonts in"):
        glyphs.printable("x")


def test_fingerprint_follows_names_and_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "a.ttf", tmp_path / "b.ttf"
    one.write_bytes(b"1")
    other.write_bytes(b"1")
    changed = tmp_path / "c" / "a.ttf"
    changed.parent.mkdir()
    changed.write_bytes(b"2")

    prints = {glyphs.fingerprint((path,)) for path in (one, other, changed)}

    assert len(prints) == 3
