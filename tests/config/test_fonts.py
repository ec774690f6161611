from pathlib import Path

import pytest
import typst
from django.conf import settings
from fontTools.ttLib import TTFont

from config import fonts

WEB = Path(settings.FONTS_DIR) / "web"
PDF = Path(settings.FONTS_DIR) / "pdf"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("source-serif-4", "Ségou: 1\u202f000\u00a0€, Ẹ̀kọ́, Ŋ, “quoted” – 2°"),
        ("source-serif-4-italic", "Ségou, Nioro du Sahel…"),
        ("inter", "Ségou: 1\u202f000\u00a0₦, Ŋ, ≥ 3 → 4"),
        ("noto-sans-arabic", "تقييم المخاطر الأمنية، ٢٠٢٦؟"),
    ],
)
def test_web_font_has_the_letters_that_pages_need_and_varies_in_weight_only(
    name: str, text: str
) -> None:
    font = TTFont(WEB / f"{name}.woff2")

    assert {*map(ord, text)} - set(font.getBestCmap()) == set()
    axes = [(axis.axisTag, axis.minValue, axis.maxValue) for axis in font["fvar"].axes]
    assert axes == [("wght", 400, 700)]
    assert (WEB / f"{name}.woff2").stat().st_size < 50_000


def test_typst_finds_each_face_by_family_weight_and_style() -> None:
    faces = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(PDF)]
    ).fonts()

    assert sorted((face.family, face.weight, face.style) for face in faces) == [
        ("Inter", 400, "normal"),
        ("Inter", 600, "normal"),
        ("Inter Rest", 400, "normal"),
        ("Noto Sans Arabic", 400, "normal"),
        ("Noto Sans Arabic", 600, "normal"),
        ("Source Serif 4", 400, "italic"),
        ("Source Serif 4", 400, "normal"),
        ("Source Serif 4", 600, "normal"),
    ]


def test_fonts_that_are_there_are_not_cut_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "fonts"
    fonts.place(directory)
    monkeypatch.setattr(fonts, "CUTS", fonts.CUTS | {"no-such-font": None})
    assert not fonts.is_current(directory)
    monkeypatch.undo()
    before = (directory / fonts.STAMP).stat().st_ino

    fonts.place(directory)

    assert (directory / fonts.STAMP).stat().st_ino == before


def test_a_font_that_cannot_be_cut_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "CUTS", {"no-such-font": None})

    with pytest.raises(fonts.supervisor.CannotStart, match="no-such-font"):
        fonts.cut(tmp_path / "fonts")

    assert not (tmp_path / "fonts").exists()
