"""Our fonts on paper and in pictures: which there are, what they can show, and what stands in for the rest.

PDF/A refuses a document with a character that no font has; without PDF/A the character vanishes
in silence. So text is made printable first. Controls and invisible format characters go, a
compatibility form becomes its plain letters (① is 1), and anything else stands in brackets: a
symbol by its name, a letter by its number. 🙂 is printed [slightly smiling face], 中 is printed
[U+4E2D]. The frozen content, the client's page and the proposal.json inside the PDF keep what was
written.
"""

import hashlib
import unicodedata
from collections.abc import Set
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from fontTools.ttLib import TTFont

# Joiners shape Arabic and Persian words; the other format characters only steer screens or deceive.
JOINERS = {"\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"}

REFINEMENTS = [
    ("\ufe00", "\ufe0f"),
    ("\U0001f3fb", "\U0001f3ff"),
    ("\U000e0100", "\U000e01ef"),
]


class StandIns(dict[int, str]):
    """For `str.translate`: what is printed for each character, worked out when it is first met."""

    def __init__(self, shown: Set[int]) -> None:
        super().__init__()
        self.shown = shown

    def __missing__(self, code: int) -> str:
        self[code] = stand_in(chr(code), self.shown)
        return self[code]


def printable(text: str) -> str:
    """The text with nothing in it that the fonts of the PDF cannot show; line breaks stay.

    Raises ImproperlyConfigured when the fonts are not there.
    """
    return unicodedata.normalize("NFC", text).translate(stand_ins(font_files()))


def stand_in(char: str, shown: Set[int]) -> str:
    """What is printed for one character: itself, its plain form, a space, nothing, or a bracket."""
    category = unicodedata.category(char)
    if char == "\n":
        return char
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if is_invisible(char, category):
        return ""
    if ord(char) in shown:
        return char
    plain = " " if category == "Zs" else unicodedata.normalize("NFKC", char)
    if all(ord(each) in shown for each in plain):
        return plain
    name = unicodedata.name(char, "") if category.startswith("S") else ""
    return f"[{name.lower() or f'U+{ord(char):04X}'}]"


def is_invisible(char: str, category: str) -> bool:
    """Whether a character only steers its neighbours, and so is not missed."""
    if category == "Cf":
        return char not in JOINERS
    # An emoji's variation selectors and skin tones refine a picture that is not printed.
    return any(first <= char <= last for first, last in REFINEMENTS)


def folder() -> Path:
    """Where the fonts of the PDF lie."""
    return Path(settings.FONTS_DIR) / "pdf"


@cache
def typst_fonts(path: Path) -> typst.Fonts:
    """The fonts in a folder and no others, so that every machine makes the same pages."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path)]
    )


def font_files() -> tuple[Path, ...]:
    """The font files, by name; raises ImproperlyConfigured when there are none."""
    return files_in(folder())


@cache
def files_in(path: Path) -> tuple[Path, ...]:
    """The font files in a folder, which do not change while a process runs."""
    found = tuple(sorted(file for file in path.glob("*") if file.suffix in {".ttf", ".otf"}))
    if not found:
        raise ImproperlyConfigured(
            f"There are no fonts in {path}. Cut them with `python -m config.fonts`."
        )
    return found


@cache
def stand_ins(paths: tuple[Path, ...]) -> StandIns:
    """The table of stand-ins for a set of fonts."""
    shown: set[int] = set()
    for path in paths:
        with TTFont(path, lazy=True) as font:
            shown |= font.getBestCmap().keys()
    # Fonts keep glyphs of their own under private numbers, and PDF/A refuses those.
    return StandIns({code for code in shown if unicodedata.category(chr(code)) != "Co"})


@cache
def fingerprint(paths: tuple[Path, ...]) -> str:
    """SHA-256 over the names and bytes of files: the same set prints the same document."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
