import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from proposals import content
from tests.proposals.contents import line, make_content, priced


def test_frozen_content_is_canonical_json() -> None:
    frozen = content.freeze(make_content())

    again = json.loads(frozen)
    assert list(again) == sorted(again)
    assert (
        frozen
        == json.dumps(again, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )
    assert again["issued_at"] == "2026-03-05T09:30:00Z"
    assert again["totals"]["total"] == "7021.00"
    assert again["lines"][0]["unit_price"] == "850"


def test_freezing_frozen_content_changes_nothing() -> None:
    frozen = content.freeze(make_content())

    assert content.freeze(json.loads(frozen)) == frozen


def test_text_that_looks_the_same_is_frozen_the_same() -> None:
    composed = content.freeze(make_content(title="Pr\u00e9sence"))
    decomposed = content.freeze(make_content(title="Pre\u0301sence"))

    assert composed == decomposed
    assert "Pr\u00e9sence".encode() in composed


def test_amounts_are_frozen_without_an_exponent() -> None:
    frozen = content.freeze(make_content(**priced([line(quantity=Decimal("1E+1"))], "EUR")))

    assert json.loads(frozen)["lines"][0]["quantity"] == "10"


def test_digest_is_sha256() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert content.digest(b"abc") == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 1.0}, "content.version must be int"),
        ({"version": True}, "content.version must be int"),
        ({"schema": 2}, "content.schema must be one of"),
        ({"language": "de"}, "content.language must be one of"),
        ({"issued_at": "yesterday"}, "content.issued_at must be well formed"),
        ({"extra": 1}, "content must be a dict without extra"),
        ({"house": {"name": "Derisk"}}, "content.house must be a dict with address, email, url"),
        ({"sections": "none"}, "content.sections must be a list"),
        ({"terms": [{"t": "script", "runs": []}]}, r"content.terms\[0\] must be"),
        ({"terms": [{"t": "p", "runs": [{"text": "x", "b": 1}]}]}, r"content.terms\[0\] must be"),
        ({"totals": {"net": 1.5, "taxes": [], "total": "1", "policy": ""}}, "content.totals.net"),
        ({"totals": {"net": "1e9", "taxes": [], "total": "1", "policy": ""}}, "well formed"),
    ],
)
def test_content_of_another_shape_is_never_frozen(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        content.freeze(make_content(**changes))


def test_an_instant_without_a_zone_is_never_frozen() -> None:
    naive = make_content()["issued_at"].replace(tzinfo=None)  # type: ignore[call-arg]

    with pytest.raises(ValueError, match="time zone"):
        content.freeze(make_content(issued_at=naive))


def test_markdown_becomes_blocks() -> None:
    markdown = "# One\n\na *b **c*** d  \ne\nf\n\n- x\n- y\n\n3. z\n\n   more"

    assert content.blocks(markdown) == [
        {"t": "h3", "runs": [{"text": "One"}]},
        {
            "t": "p",
            "runs": [
                {"text": "a "},
                {"text": "b ", "i": True},
                {"text": "c", "b": True, "i": True},
                {"text": " d\ne f"},
            ],
        },
        {
            "t": "ul",
            "items": [[{"t": "p", "runs": [{"text": "x"}]}], [{"t": "p", "runs": [{"text": "y"}]}]],
        },
        {
            "t": "ol",
            "start": 3,
            "items": [
                [
                    {"t": "p", "runs": [{"text": "z"}]},
                    {"t": "p", "runs": [{"text": "more"}]},
                ]
            ],
        },
    ]


@pytest.mark.parametrize(
    "address", ["https://derisk.example/a?b=1&c=2", "HTTP://derisk.example", "mailto:a@b.example"]
)
def test_links_to_the_web_and_mail_are_kept(address: str) -> None:
    assert content.blocks(f"[x]({address})") == [
        {"t": "p", "runs": [{"text": "x", "href": address}]}
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//other.example",
        "/p/token/",
        "ftp://x.example",
        "https://",
        f"https://x/{'y' * 2000}",
    ],
)
def test_other_links_stay_as_typed(address: str) -> None:
    assert content.blocks(f"[x]({address})") == [{"t": "p", "runs": [{"text": f"[x]({address})"}]}]


@pytest.mark.parametrize(
    "markdown",
    ["<script>alert(1)</script>", "<b>x</b>", "&#8238;x", "`code`", "> quote", "a | b", "~~x~~"],
)
def test_what_we_do_not_support_stays_as_typed(markdown: str) -> None:
    assert content.blocks(markdown) == [{"t": "p", "runs": [{"text": markdown}]}]


def test_lists_deeper_than_three_are_refused_and_never_cut() -> None:
    three = "- a\n  - b\n    - c"

    assert "c" in str(content.blocks(three))
    for deeper in (f"{three}\n      - d", "\n".join("  " * at + "- x" for at in range(40))):
        with pytest.raises(ValidationError) as refused:
            content.blocks(deeper)
        assert refused.value.code == "too_deep"


@given(st.text(max_size=60))
def test_any_text_makes_blocks_that_can_be_frozen(text: str) -> None:
    frozen = content.freeze(make_content(terms=content.blocks(text)))

    assert isinstance(json.loads(frozen)["terms"], list)


def test_blocks_become_html() -> None:
    markdown = "# One\n\na *b* **c**  \n[d](https://derisk.example/?a=1&b=2)\n\n- x\n\n2. y"

    assert content.blocks_html(content.blocks(markdown)) == (
        '<h3 dir="auto">One</h3>\n'
        '<p dir="auto">a <em>b</em> <strong>c</strong><br>'
        '<a href="https://derisk.example/?a=1&amp;b=2" rel="noopener noreferrer">d</a></p>\n'
        '<ul dir="auto"><li><p>x</p></li></ul>\n'
        '<ol dir="auto" start="2"><li><p>y</p></li></ol>'
    )


def test_html_in_stored_blocks_is_escaped_and_bad_links_are_dropped() -> None:
    stored: Any = [{"t": "p", "runs": [{"text": '<i a="b">', "href": "javascript:alert(1)"}]}]

    assert content.blocks_html(stored) == '<p dir="auto">&lt;i a=&quot;b&quot;&gt;</p>'


def test_numbers_that_arabic_would_turn_around_are_isolated() -> None:
    html = content.blocks_html(content.blocks("رقم 2026-1000 هاتف +221 33 800"))

    assert html == ('<p dir="auto">رقم <bdi>2026-1000</bdi> هاتف <bdi>+221 33 800</bdi></p>')
