"""Text is read through `typst.query`, which lists what Typst lays out: no PDF reader is needed."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typst
from pytest_django import Settings

from briefs import glyphs
from proposals import content, pdf, printing
from tests.proposals.contents import line, make_content, priced

# What Typst, HTML, Django templates and shells would act on; none of it may be acted on here.
HOSTILE = [
    '#read("/etc/passwd")',
    '#read("labels.json") #import "@preview/tidy:0.1.0": x #eval("1+1") #panic("no")',
    "*b* _i_ $x^2$ `c` = h\\ - l @ref <lbl> // c /* d */ \\u{1F600} ~ -- ---",
    "<script>alert(1)</script>{{7*7}}{% x %}\"'}{](){",
    "x" * 300,
    "🙂 中文 \ue000 \u202egnp.exe",
    "é\u0323\u0489\u20de ➆\u064b",
    "\x00\x07\u200b",
    "",
]


KEPT = {"schema", "version", "language", "currency", "t", "start", "policy"}
KEPT |= {"quantity", "unit_price", "tax_rate", "net", "rate", "base", "amount", "total"}
KEPT |= {"issued_at", "valid_until", "received_at", "published_at"}


def everywhere(value: Any, text: str) -> Any:
    """The value with every free text replaced; what is typed, counted, dated or computed stays."""
    if isinstance(value, dict):
        return {
            key: item if key in KEPT and not isinstance(item, dict) else everywhere(item, text)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [everywhere(item, text) for item in value]
    return text if isinstance(value, str) else value


def laid_out(frozen: bytes, selector: str, field: str) -> str:
    """The texts in a field of the elements that Typst lays out for a selector, one a line."""
    found = typst.query(
        str(pdf.TEMPLATE / "proposal.typ"),
        selector,
        field,
        root=str(pdf.TEMPLATE),
        font_paths=glyphs.typst_fonts(glyphs.folder()),
        sys_inputs={
            "data": json.dumps(printing.written_out(json.loads(frozen))),
            "content": frozen.decode(),
        },
    )
    return "\n".join(texts(json.loads(found)))


def texts(node: Any) -> list[str]:
    """Every text in a tree of Typst elements, in order."""
    if isinstance(node, dict) and "text" in node:
        return [node["text"]]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return [text for child in children for text in texts(child)]


def streams(rendered: bytes) -> bytes:
    """The inside of a PDF, decompressed as far as it is compressed."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", rendered, re.DOTALL)
    return rendered + b"".join(zlib.decompress(part) for part in parts if part[:1] == b"\x78")


def is_archive(rendered: bytes) -> bool:
    """Whether the PDF says that it is PDF/A-3a and PDF/UA-1."""
    inside = streams(rendered)
    return all(
        mark in inside
        for mark in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<")
    )


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_a_version_is_rendered_for_the_archive_in_each_language(language: str) -> None:
    rendered = pdf.render(content.freeze(make_content(language=language)))

    assert rendered.startswith(b"%PDF-1.7")
    assert is_archive(rendered)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_string_in_every_field_stays_inert(text: str, language: str) -> None:
    hostile = everywhere(make_content(language=language), text)
    frozen = content.freeze(hostile)

    rendered = pdf.render(frozen)

    assert is_archive(rendered)
    shown = glyphs.printable(text)
    assert shown.strip() in laid_out(frozen, "title", "body") + laid_out(frozen, "heading", "body")
    assert b"root:" not in streams(rendered)


def test_the_template_cannot_read_beyond_its_folder(tmp_path: Path) -> None:
    template = tmp_path / "proposal.typ"
    template.write_text('#read("../secret")')
    (tmp_path.parent / "secret").write_text("secret")

    with pytest.raises(typst.TypstError, match="escape"):
        typst.compile(str(template), root=str(tmp_path))


def test_the_same_content_makes_the_same_bytes_here_and_in_another_process() -> None:
    frozen = content.freeze(make_content())
    script = (
        "import sys, hashlib, django; django.setup(); from proposals import pdf;"
        "print(hashlib.sha256(pdf.render(sys.stdin.buffer.read())).hexdigest(), pdf.engine())"
    )

    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        input=frozen,
        capture_output=True,
        check=True,
        env=os.environ,
    )

    first, second = pdf.render(frozen), pdf.render(frozen)
    assert first == second
    expected = f"{hashlib.sha256(first).hexdigest()} {pdf.engine()}"
    assert elsewhere.stdout.decode().strip() == expected


def test_another_content_makes_other_bytes() -> None:
    one = pdf.render(content.freeze(make_content()))
    other = pdf.render(content.freeze(make_content(version=2)))

    assert one != other


def test_the_frozen_content_is_attached_as_it_is_and_no_digest_is_inside() -> None:
    frozen = content.freeze(make_content(title="As written 🙂"))

    inside = streams(pdf.render(frozen))

    assert frozen in inside
    assert content.digest(frozen).encode() not in inside


def test_xof_has_no_decimals() -> None:
    lines = [line(quantity=Decimal("2.5"), unit_price=Decimal(1234))]
    changes = priced(lines, "XOF")

    table = laid_out(content.freeze(make_content(**changes)), "table", "children")

    assert table.split("\n") == [
        *["Work", "Quantity", "Unit", "Each, XOF", "Tax", "XOF"],
        *["Daily watch", "2.5", "day", "1,234", "18\u00a0%", "3,085"],
        *["Net", "3,085", "VAT", "18\u00a0%", "on", "3,085", "555"],
        *["Total, XOF", "3,640"],
    ]


def test_amounts_and_dates_are_written_in_the_language() -> None:
    printed = printing.written_out(json.loads(content.freeze(make_content(language="fr"))))

    assert printed["totals"] == {
        "net": "5\u202f950,00",
        "total": "7\u202f021,00",
        "amount": "7\u202f021,00\u00a0EUR",
        "taxes": [
            {
                "label": "VAT",
                "rate": "18\u00a0%",
                "base": "5\u202f950,00",
                "amount": "1\u202f071,00",
            }
        ],
    }
    assert (printed["issued_at"], printed["valid_until"]) == (
        "5 mars 2026",
        "31 mars 2026, 23:59\u00a0UTC",
    )


def test_every_language_has_every_label() -> None:
    labels = json.loads(printing.LABELS.read_text("utf-8"))

    assert list(labels) == ["en", "fr", "pt", "ar"]
    assert {tuple(each) for each in labels.values()} == {tuple(labels["en"])}


def test_a_text_that_the_engine_cannot_show_is_sent_without_the_archive_standard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Without stand-ins, as if the fonts' tables promised more than Typst finds when it joins marks.
    monkeypatch.setattr(glyphs, "printable", lambda text: text)

    rendered = pdf.render(content.freeze(make_content(title="Hello 🙂")))

    assert rendered.startswith(b"%PDF-1.7")
    assert not is_archive(rendered)


def test_other_faults_are_raised_and_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bool] = []

    def fail(*_: object, archive: bool) -> bytes:
        tried.append(archive)
        raise typst.TypstError("at fault", "")

    monkeypatch.setattr(pdf, "export", fail)

    with pytest.raises(typst.TypstError, match="at fault"):
        pdf.render(content.freeze(make_content()))
    assert tried == [True]


def test_sixty_lines_and_twenty_sections_are_rendered() -> None:
    lines = [line(description=f"Line {number}") for number in range(60)]
    sections = [
        {"id": f"s{at}", "heading": f"Section {at}", "blocks": content.blocks("Text. " * 200)}
        for at in range(20)
    ]
    frozen = content.freeze(make_content(sections=sections, **priced(lines, "EUR")))

    rendered = pdf.render(frozen)

    assert is_archive(rendered)
    assert laid_out(frozen, "heading", "body").split("\n")[1:21] == [
        each["heading"] for each in sections
    ]
    assert "Line 59" in laid_out(frozen, "table", "children")


def test_only_links_to_the_web_and_mail_are_drawn() -> None:
    hostile = everywhere(make_content(), "javascript:alert(1)")

    rendered = pdf.render(content.freeze(hostile))

    targets = re.findall(rb"/URI\s*\(([^)]*)\)", streams(rendered))
    assert targets == []


def test_engine_names_versions_fonts_and_template(settings: Settings, tmp_path: Path) -> None:
    before = pdf.engine()
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "one.ttf").write_bytes(b"other font")
    settings.FONTS_DIR = tmp_path

    assert re.fullmatch(
        r"typst [\d.]+, babel [\d.]+, fonts [0-9a-f]{16}, template [0-9a-f]{16}", before
    )
    assert pdf.engine() != before
