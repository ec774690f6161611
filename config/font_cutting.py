"""Cut one font with fontTools: `python -m config.font_cutting NAME DIRECTORY`."""

import copy
import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import fontpkg
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from config.fonts import CUTS, WEIGHTS_OF_THE_WEB, Cut

LATIN = [
    (0x0020, 0x007E),
    (0x00A0, 0x017F),
    (0x02BB, 0x02BF),
    (0x02C6, 0x02DD),
    (0x0300, 0x0304),
    (0x2000, 0x203A),  # spaces (U+202F stands in French amounts), dashes, quotes, direction marks
    (0x2060, 0x206F),
    (0x20A0, 0x20C0),  # currencies
]
# Letters of Hausa, Yoruba, Igbo, Ewe, Akan, Fula, Bambara, Lingala, Khoisan and Berber languages, and signs.
MORE_LATIN = (
    "ƁɓƊɗƘƙƳƴƎǝƐɛƆɔƖɩƲʋƱʊƉɖƑƒƔɣƝɲƏəƗɨɄʉǀǁǂǃǦǧǪǫǍǎǏǐǑǒǓǔȘșȚț"
    "ḌḍḎḏḤḥḪḫḶḷṂṃṄṅṆṇṚṛṢṣṬṭṮṯẒẓẸẹẼẽỊịỌọỤụẀẁẂẃẄẅẞ\u0308\u030c\u0323\u0327\u0328\u0331"
    "⁄⁰¹²³⁴₀₁₂₃₄№™←↑→↓−×÷≈≠≤≥"
)
ARABIC = [
    (0x0600, 0x06FF),
    (0x0020, 0x0020),
    (0x00A0, 0x00A0),
    (0x0030, 0x0039),
    (0x200C, 0x200F),
    (0x2066, 0x2069),
]
MORE_ARABIC = ".,:;!?()[]«»-–—/%\"'"
FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "liga", "tnum", "lnum"]
FEATURES += ["init", "medi", "fina", "isol", "rlig"]  # Arabic letters join


def characters(ranges: Iterable[tuple[int, int]], more: str) -> set[int]:
    """The code points of inclusive ranges and of a string."""
    return {code for first, last in ranges for code in range(first, last + 1)} | {*map(ord, more)}


CHARACTERS = {
    "latin": characters(LATIN, MORE_LATIN),
    "arabic": characters(ARABIC, MORE_ARABIC),
}


def cut_down(font: TTFont, cut: Cut) -> None:
    """Leave the wanted characters, the features we use, and the weights between regular and bold."""
    wanted = CHARACTERS.get(cut.characters)
    options = subset.Options(
        layout_features=FEATURES if wanted else [],
        hinting=False,  # screens of today and PDFs do not use it
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],  # the licence must travel with the font
        drop_tables=["DSIG"],
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted or set(font.getBestCmap()) - CHARACTERS["latin"])
    subsetter.subset(font)
    limits = {**dict(cut.pinned), "wght": WEIGHTS_OF_THE_WEB}
    instancer.instantiateVariableFont(font, limits, inplace=True)


def name_face(font: TTFont, family: str, weight: int, style: str) -> None:
    """Name a face as `family` with the weight and style that its other tables state."""
    weight_name = {400: "Regular", 600: "SemiBold"}[weight]
    face = f"{weight_name} Italic" if style == "italic" else weight_name
    face = face.removeprefix("Regular ")
    postscript = f"{family}-{face}".replace(" ", "")
    # 1 and 2 allow only four faces in a family, 16 and 17 all.
    old_family = family if weight == 400 else f"{family} {weight_name}"
    old_face = face if weight == 400 else "Regular"
    names = {1: old_family, 2: old_face, 3: postscript, 4: f"{family} {face}", 6: postscript}
    if weight != 400:
        names |= {16: family, 17: face}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def write_web(font: TTFont, path: Path) -> None:
    """Write the variable font as WOFF2."""
    font.flavor = "woff2"
    font.save(path)


def write_pdf(font: TTFont, cut: Cut, weight: int, path: Path) -> None:
    """Write the face of one weight."""
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    name_face(font, cut.family, weight, cut.style)
    font.save(path)


def cut_one(name: str, directory: Path) -> None:
    """Write the web font and the PDF faces of one cut."""
    cut = CUTS[name]
    source = fontpkg.path(cut.family.removesuffix(" Rest"), style=cut.style, nearest=True)
    font = TTFont(source, recalcTimestamp=False)  # the same bytes each time
    cut_down(font, cut)
    buffer = BytesIO()
    font.save(buffer)
    for kind in ("web", "pdf"):
        (directory / kind).mkdir(exist_ok=True)
    if cut.web:
        write_web(TTFont(buffer, recalcTimestamp=False), directory / "web" / f"{name}.woff2")
    for weight in cut.pdf_weights:
        face = TTFont(copy.copy(buffer), recalcTimestamp=False)
        write_pdf(face, cut, weight, directory / "pdf" / f"{name}-{weight}.ttf")


if __name__ == "__main__":
    cut_one(sys.argv[1], Path(sys.argv[2]))
