"""The canonical form of a proposal version, and the rich text inside it.

Markdown becomes blocks once, when a version is frozen. The client's page (`blocks_html`) and the
PDF (`pdf.render`) are made from the same blocks, so the two cannot say different things.
"""

import hashlib
import json
import re
import unicodedata
from collections import ChainMap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from proposals.schema import Block, Content, Run, check_shape

# A list in a list in a list: deeper is no longer read, and below level 20 markdown-it drops text.
DEEPEST_LIST = 3
LONGEST_URL = 2_000
WEB_OR_MAIL = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)

# After Arabic letters 2026-1000 is shown as 1000-2026, and +221 33 loses its plus to the far end,
# unless they stand isolated. The PDF template does the same.
TURNS_AROUND = re.compile(r"(\+\d[\d -]*\d|\d+(?:-\d+)+)")


def freeze(content: Content) -> bytes:
    """Canonical JSON of a version: the bytes that are stored, hashed, shown, rendered and signed.

    UTF-8, keys sorted, no spaces, Decimal as plain text, datetime as UTC text, all text NFC.
    Raises ValueError when the content has not the shape `schema.Content`; a float never has.
    """
    check_shape(content)
    text = json.dumps(
        canonical(content),
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return text.encode()


def digest(frozen: bytes) -> str:
    """SHA-256 of frozen content or of a PDF, as 64 hexadecimal digits."""
    return hashlib.sha256(frozen).hexdigest()


def canonical(value: Any) -> Any:
    """The value as JSON can hold it in one way only."""
    match value:
        case dict():
            return {canonical(key): canonical(item) for key, item in value.items()}
        case list() | tuple():
            return [canonical(item) for item in value]
        case str():
            return unicodedata.normalize("NFC", value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return instant(value)
        case None | bool() | int():
            return value
    raise TypeError(f"{type(value).__name__} has no canonical form.")


def instant(moment: datetime) -> str:
    """2026-03-31T23:59:00Z; raises ValueError for a datetime without a zone."""
    if moment.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


# ---- Markdown to blocks


def is_link(url: str) -> bool:
    """Whether a link may stay one: http, https or mailto."""
    return len(url) <= LONGEST_URL and WEB_OR_MAIL.fullmatch(url) is not None


def parser() -> MarkdownIt:
    """The part of CommonMark that a proposal uses; the rest stays as it was typed.

    Entities stay off, or `&#8238;` would bring in the characters that our forms refuse.
    """
    markdown = MarkdownIt("zero", {"html": False})
    markdown.enable(["heading", "list", "emphasis", "link", "autolink", "newline", "escape"])
    markdown.validateLink = is_link  # type: ignore[method-assign]  # how markdown-it-py is configured
    return markdown


MARKDOWN = parser()


def blocks(markdown: str) -> list[Block]:
    """The Markdown of a section as blocks; every heading is of level 3, below the section's own.

    A link that is not http, https or mailto stays as typed.
    Raises ValidationError(code="too_deep").
    """
    tokens = MARKDOWN.parse(markdown)
    # A paragraph in a list of depth n has level 2n.
    if max((token.level for token in tokens), default=0) > 2 * DEEPEST_LIST + 1:
        raise ValidationError(
            "Lists can lie %(deepest)s deep. Move the deepest points up.",
            code="too_deep",
            params={"deepest": DEEPEST_LIST},
        )
    return list(read_blocks(iter(tokens)))


def read_blocks(tokens: Iterator[Token], until: str = "") -> Iterator[Block]:
    """Take blocks from the tokens, up to the token type that closes the surrounding list item."""
    for token in tokens:
        match token.type:
            case "paragraph_open":
                yield {"t": "p", "runs": runs(next(tokens))}
            case "heading_open":
                yield {"t": "h3", "runs": runs(next(tokens))}
            case "bullet_list_open":
                yield {"t": "ul", "items": list(read_items(tokens, "bullet_list_close"))}
            case "ordered_list_open":
                items = list(read_items(tokens, "ordered_list_close"))
                yield {"t": "ol", "items": items, "start": int(token.attrGet("start") or 1)}
            case kind if kind == until:
                return


def read_items(tokens: Iterator[Token], until: str) -> Iterator[list[Block]]:
    """Take the items of a list from the tokens, up to the token type that closes it."""
    for token in tokens:
        if token.type == until:
            return
        if token.type == "list_item_open":
            yield list(read_blocks(tokens, "list_item_close"))


def runs(inline: Token) -> list[Run]:
    """The text of one paragraph or heading, cut where the style changes."""
    found: list[Run] = []
    styles: list[dict[str, Any]] = []
    for token in inline.children or []:
        match token.type:
            case "strong_open":
                styles.append({"b": True})
            case "em_open":
                styles.append({"i": True})
            case "link_open":
                styles.append({"href": str(token.attrGet("href"))})
            case "strong_close" | "em_close" | "link_close":
                styles.pop()
            case _:
                text = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
                add_text(found, text, dict(ChainMap(*styles)))
    return found


def add_text(found: list[Run], text: str, style: dict[str, Any]) -> None:
    """Append text, to the last run if that has the same style."""
    run: Run = {"text": text, **style}  # type: ignore[typeddict-item]  # style holds b, i, href only
    if found and {**found[-1], "text": ""} == {**run, "text": ""}:
        found[-1]["text"] += text
    elif text:
        found.append(run)


# ---- Blocks to the page


# On the outermost blocks only: `auto` does not look into children that have a `dir` of their own.
OWN_DIRECTION = SafeString(' dir="auto"')
INHERITED = SafeString("")


def blocks_html(content: Sequence[Block]) -> SafeString:
    """The blocks as HTML, everything escaped; each block finds its own direction."""
    return html_of(content, OWN_DIRECTION)


def html_of(content: Sequence[Block], direction: SafeString) -> SafeString:
    """Blocks as HTML, each with this attribute for its direction."""
    return format_html_join("\n", "{}", ((block_html(block, direction),) for block in content))


def block_html(block: Block, direction: SafeString) -> SafeString:
    """One block as HTML."""
    if block["t"] == "h3":
        return format_html("<h3{}>{}</h3>", direction, runs_html(block["runs"]))
    if block["t"] == "p":
        return format_html("<p{}>{}</p>", direction, runs_html(block["runs"]))
    items = format_html_join(
        "\n", "<li>{}</li>", ((html_of(i, INHERITED),) for i in block["items"])
    )
    if block["t"] == "ul":
        return format_html("<ul{}>{}</ul>", direction, items)
    return format_html('<ol{} start="{}">{}</ol>', direction, block.get("start", 1), items)


def runs_html(content: Sequence[Run]) -> SafeString:
    """The runs of a block as HTML."""
    return format_html_join("", "{}", ((run_html(run),) for run in content))


def run_html(run: Run) -> SafeString:
    """One run as HTML. A link must not tell where it stood: our address holds a secret."""
    html = text_html(run["text"])
    if run.get("i"):
        html = format_html("<em>{}</em>", html)
    if run.get("b"):
        html = format_html("<strong>{}</strong>", html)
    if "href" in run and is_link(run["href"]):
        html = format_html('<a href="{}" rel="noopener noreferrer">{}</a>', run["href"], html)
    return html


def text_html(text: str) -> SafeString:
    """Text with its line breaks; numbers that right-to-left text would turn around are isolated."""
    lines = (
        format_html_join("", "{}", ((piece_html(piece),) for piece in TURNS_AROUND.split(line)))
        for line in text.split("\n")
    )
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


def piece_html(piece: str) -> SafeString:
    """A piece of text, isolated if it would turn around."""
    return format_html("<bdi>{}</bdi>" if TURNS_AROUND.fullmatch(piece) else "{}", piece)
