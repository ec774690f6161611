"""A frozen proposal version as a PDF: PDF/A-3a and PDF/UA-1, the same bytes for the same content.

Python writes every text in the client's language; the Typst template only lays it out. The data
goes in as one JSON string and is placed as text, so nothing in it is ever read as markup or code.
The template sees its own folder and the fonts of FONTS_DIR/pdf, and nothing else.
"""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
import typst
from babel.dates import format_date, format_datetime

from proposals import content as contents
from proposals import glyphs, money

log = structlog.get_logger("derisk.pdf")

TEMPLATE = Path(__file__).parent / "typst"

# Addresses, not texts: a stand-in would lead elsewhere.
ADDRESSES = {"href", "url", "mailto"}


def render(content: bytes) -> bytes:
    """The PDF of a frozen version (what `content.freeze` returned), dated by its `issued_at`.

    A character that no font has is printed by a stand-in (see `glyphs`).
    Raises ImproperlyConfigured without fonts, typst.TypstError for a template at fault.
    """
    frozen = json.loads(content)
    try:
        return export(content, frozen, archive=True)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        # A letter and a mark that no single font joins: better a plain PDF than no offer at all.
        log.warning("pdf without archive standard", reference=frozen["reference"], reason="glyph")
        return export(content, frozen, archive=False)


def engine() -> str:
    """What a PDF was made with, to be kept beside it: versions and the start of two SHA-256."""
    return (
        f"typst {version('typst')}, babel {version('babel')}, "
        f"fonts {glyphs.fingerprint(glyphs.font_files())[:16]}, "
        f"template {glyphs.fingerprint(template_files())[:16]}"
    )


def export(content: bytes, frozen: dict[str, Any], *, archive: bool) -> bytes:
    """Compile the template once, as PDF/A-3a and PDF/UA-1 or as a plain tagged PDF."""
    return typst.compile(
        str(TEMPLATE / "proposal.typ"),
        root=str(TEMPLATE),
        font_paths=fonts(glyphs.folder()),
        sys_inputs={"data": json.dumps(printed(frozen)), "content": content.decode()},
        pdf_standards=["a-3a", "ua-1"] if archive else [],
        timestamp=datetime.fromisoformat(frozen["issued_at"]),
        format="pdf",
    )


@cache
def fonts(folder: Path) -> typst.Fonts:
    """The fonts in a folder and no others, so that every machine makes the same pages."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )


@cache
def template_files() -> tuple[Path, ...]:
    """The files of the template, by name."""
    return tuple(sorted(TEMPLATE.iterdir()))


@cache
def labels(language: str) -> dict[str, str]:
    """The fixed words of the document in a language."""
    found: dict[str, dict[str, str]] = json.loads((TEMPLATE / "labels.json").read_text("utf-8"))
    return found[language]


# ---- What the template is given


def printed(frozen: dict[str, Any]) -> dict[str, Any]:
    """The frozen content with every number and date written out and every text printable."""
    language, currency = frozen["language"], frozen["currency"]
    names = {"version": str(frozen["version"]), "currency": currency}

    def amount(text: str) -> str:
        return money.format_bare(Decimal(text), currency, language)

    def number(text: str) -> str:
        return money.format_number(Decimal(text), language)

    data = frozen | {
        "labels": {key: fill(label, names) for key, label in labels(language).items()},
        "issued_at": written_date(frozen["issued_at"], language),
        "valid_until": written_time(frozen["valid_until"], language),
        "request": printed_request(frozen["request"], language),
        "briefs": [printed_brief(each, language) for each in frozen["briefs"]],
        "lines": [printed_line(each, amount, number) for each in frozen["lines"]],
        "totals": printed_totals(frozen, amount, number),
        "prepared_by": with_mailto(frozen["prepared_by"]),
        "house": with_mailto(frozen["house"]) | {"site": frozen["house"]["url"].split("://")[-1]},
    }
    return printable(data)


def fill(label: str, names: dict[str, str]) -> str:
    """A label with {version} and {currency} filled in; the template knows {page} and {pages}."""
    for name, value in names.items():
        label = label.replace(f"{{{name}}}", value)
    return label


def printed_request(request: dict[str, Any], language: str) -> dict[str, Any]:
    """The request with its date written and the client's words as paragraphs."""
    paragraphs = "\n".join(line.strip() for line in request["needs"].splitlines()).split("\n\n")
    return request | {
        "received_at": written_date(request["received_at"], language),
        "needs": [each.strip("\n") for each in paragraphs if each.strip()],
    }


def printed_brief(brief: dict[str, Any], language: str) -> dict[str, Any]:
    """A brief with its date written and its address checked."""
    return brief | {
        "published_at": written_date(brief["published_at"], language),
        "url": brief["url"] if contents.is_link(brief["url"]) else "",
    }


def printed_line(
    line: dict[str, Any], amount: Callable[[str], str], number: Callable[[str], str]
) -> dict[str, Any]:
    """A priced line with its numbers written."""
    return line | {
        "quantity": number(line["quantity"]),
        "unit_price": amount(line["unit_price"]),
        "tax_rate": per_cent(number(line["tax_rate"])),
        "net": amount(line["net"]),
    }


def printed_totals(
    frozen: dict[str, Any], amount: Callable[[str], str], number: Callable[[str], str]
) -> dict[str, Any]:
    """The totals with their numbers written; `amount` is the total with its currency."""
    totals = frozen["totals"]
    return {
        "net": amount(totals["net"]),
        "total": amount(totals["total"]),
        "amount": money.format_amount(
            Decimal(totals["total"]), frozen["currency"], frozen["language"]
        ),
        "taxes": [
            {
                "label": each["label"] or labels(frozen["language"])["tax"],
                "rate": per_cent(number(each["rate"])),
                "base": amount(each["base"]),
                "amount": amount(each["amount"]),
            }
            for each in totals["taxes"]
        ],
    }


def per_cent(number: str) -> str:
    """A rate with its sign, never to be broken over lines."""
    return f"{number}\N{NO-BREAK SPACE}%"


def with_mailto(person: dict[str, Any]) -> dict[str, Any]:
    """A person or house with the address that a link to its e-mail needs, empty when it is none."""
    href = f"mailto:{person['email']}"
    url = (
        {"url": person["url"] if contents.is_link(person["url"]) else ""} if "url" in person else {}
    )
    return person | url | {"mailto": href if "@" in href and contents.is_link(href) else ""}


def written_date(instant: str, language: str) -> str:
    """31 March 2026, as the language writes it; the day in UTC."""
    return format_date(datetime.fromisoformat(instant), "long", locale=money.locale(language))


def written_time(instant: str, language: str) -> str:
    """31 March 2026, 23:59 UTC. A deadline without its zone is none."""
    moment = datetime.fromisoformat(instant)
    clock = format_datetime(moment, "HH:mm", locale=money.locale(language))
    comma = "،" if language == "ar" else ","
    return f"{written_date(instant, language)}{comma} {clock} UTC"


def printable(value: Any) -> Any:
    """The data with every text printable, addresses left alone."""
    match value:
        case dict():
            return {
                key: item if key in ADDRESSES else printable(item) for key, item in value.items()
            }
        case list():
            return [printable(item) for item in value]
        case str():
            return glyphs.printable(value)
    return value
