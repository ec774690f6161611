"""A frozen proposal version as a PDF: PDF/A-3a and PDF/UA-1, the same bytes for the same content.

`printing` writes every text in the client's language; the Typst template lays it out. The data
goes in as one JSON string and is placed as text, so nothing in it is ever read as markup or code.
The template sees its own folder and the fonts of FONTS_DIR/pdf, and nothing else.
"""

import json
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
import typst

from briefs import glyphs
from proposals import money, printing

log = structlog.get_logger("derisk.pdf")

TEMPLATE = Path(__file__).parent / "typst"


def render(content: bytes) -> bytes:
    """The PDF of a frozen version (what `content.freeze` returned), dated by its `issued_at`.

    A character that no font has is printed by a stand-in (see `glyphs`).
    Raises ImproperlyConfigured without fonts, typst.TypstError for a template at fault.
    """
    frozen = json.loads(content)
    try:
        return export(content, frozen, archive=True)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # A letter and a mark that no single font joins: better a plain PDF than no offer at all.
        log.warning("pdf without archive standard", reference=frozen["reference"], reason="glyph")
        return export(content, frozen, archive=False)


def engine() -> str:
    """What a PDF was made with, to be kept beside it: versions and the start of two SHA-256."""
    return (
        f"typst {version('typst')}, babel {version('babel')}, "
        f"fonts {glyphs.fingerprint(glyphs.font_files())[:16]}, "
        f"template {glyphs.fingerprint(sources())[:16]}"
    )


def export(content: bytes, frozen: dict[str, Any], *, archive: bool) -> bytes:
    """Compile the template once, as PDF/A-3a and PDF/UA-1 or as a plain tagged PDF."""
    return typst.compile(
        str(TEMPLATE / "proposal.typ"),
        root=str(TEMPLATE),
        font_paths=glyphs.typst_fonts(glyphs.folder()),
        sys_inputs={"data": json.dumps(printing.written_out(frozen)), "content": content.decode()},
        pdf_standards=["a-3a", "ua-1"] if archive else [],
        timestamp=datetime.fromisoformat(frozen["issued_at"]),
        format="pdf",
    )


@cache
def sources() -> tuple[Path, ...]:
    """The files of ours that decide what a page looks like."""
    written_by = [Path(str(module.__file__)) for module in (glyphs, money, printing)]
    return (*sorted(TEMPLATE.iterdir()), *written_by)
