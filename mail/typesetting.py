"""From the words of a template to the text and the HTML of a mail: placeholders replaced, never a template compiled.

The words are Markdown of a few kinds: paragraphs, **bold**, lists, and [links]({{ a_link }}); a link alone in its
paragraph is a button. Placeholders stand as private characters while the Markdown is read, so that no value is ever
read as Markdown, and values are escaped where they are put in. What does not hang on values is kept.
"""

import html
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count, repeat
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mail.catalogue import MailTemplate, Values

PLACEHOLDER = re.compile(r"\{\{ *([a-z][a-z0-9_]*) *\}\}")
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([a-z0-9_]+){_CLOSE}")
_MARK_IN_HTML = re.compile(f"{_OPEN}(@?)([a-z0-9_]+){_CLOSE}")
_TITLE, _FIRST_WORDS, _BODY = "\ue002", "\ue003", "\ue004"
_PARTS = re.compile(f"[{_TITLE}{_FIRST_WORDS}{_BODY}]")
_LINK = "color:#8a3a12"
_CODE = "white-space:nowrap"
_BUTTON = (
    "display:inline-block;background:#8a3a12;color:#ffffff;font:600 16px/1.2 Arial,Helvetica,sans-serif;"
    "padding:13px 21px;border-radius:4px;text-decoration:none"
)
_ALONE = re.compile(r'<p><a href="([^"]*)">(.*?)</a></p>')
_PREHEADER = 140


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True}).enable(
        ["emphasis", "link", "list", "newline", "escape"]
    )
    parser.validateLink = lambda url: bool(re.match(rf"https://|{_OPEN}", url))  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


_markdown = _parser()


def _footed(text: str) -> str:
    """As the HTML has it at its foot."""
    return f"{text.rstrip()}\n\n{settings.HOUSE['name']}\n{settings.SITE_URL}\n"


class _Laid(NamedTuple):
    """Words set in type, with the marks of their placeholders still in them."""

    text: str
    html: str


def compose(
    template: MailTemplate, subject: str, body: str, values: Values, language: str
) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail of these words with these values."""
    empty = frozenset(n for n in PLACEHOLDER.findall(body) if not values.get(n))
    laid = _laid(template, body, empty)
    text = _fill(laid.text, values)
    title = " ".join(_fill(_marked(subject), values).split())[:300]
    parts = {
        _TITLE: html.escape(title),
        _FIRST_WORDS: html.escape(_preheader(text)),
        _BODY: _fill_html(laid.html, values),
    }
    page = _PARTS.sub(lambda found: parts[found[0]], _sheet(language))
    return title, _footed(text), page


@lru_cache(maxsize=256)
def _laid(template: MailTemplate, body: str, empty: frozenset[str]) -> _Laid:
    """Text and HTML of these words, where these placeholders have no value. Reading the Markdown takes longest."""
    tokens = _markdown.parse(_marked(_without_empty_passages(body, empty)))
    return _Laid(_plain(tokens), _dressed(_as_html(template, tokens, empty)))


@lru_cache(maxsize=8)
def _sheet(language: str) -> str:
    """What is around the words of every mail in a language."""
    gaps = {"subject": _TITLE, "preheader": _FIRST_WORDS, "body": _BODY}
    with translation.override(language):
        return render_to_string("mail/letter.html", gaps)


def links_of(body: str) -> list[str]:
    """Where the links in a text lead, placeholders as they are written in it."""
    found = [
        str(child.attrGet("href"))
        for token in _markdown.parse(_marked(body))
        for child in token.children or []
        if child.type == "link_open"
    ]
    return [_MARK.sub(r"{{ \1 }}", address) for address in found]


def _marked(words: str) -> str:
    return PLACEHOLDER.sub(rf"{_OPEN}\1{_CLOSE}", words)


def _fill(marked: str, values: Values) -> str:
    return _MARK.sub(lambda found: values.get(found[1], ""), marked)


def _without_empty_passages(body: str, empty: frozenset[str]) -> str:
    """The words without the paragraphs that are one passage which does not apply."""
    kept = []
    for paragraph in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n")):
        alone = PLACEHOLDER.fullmatch(paragraph.strip())
        if alone is None or alone[1] not in empty:
            kept.append(paragraph.strip("\n"))
    return "\n\n".join(kept)


# ---- Text


def _plain(tokens: Sequence[Token]) -> str:
    """The words as plain text: paragraphs with a line between, a link's address after its words."""
    blocks: list[str] = []
    lists: list[Iterator[str]] = []
    mark = ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(_marks(token))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            mark = next(lists[-1])
        elif token.type == "inline":
            blocks.append(mark + _inline(token.children or []))
            mark = ""
    lines = "\n\n".join(blocks)
    return re.sub(r"(?m)^((?:-|\d+\.) .*)\n\n(?=(?:-|\d+\.) )", r"\1\n", lines) + "\n"


def _marks(opening: Token) -> Iterator[str]:
    """What stands before each point of a list; numbers count on from the first, as in the HTML."""
    if opening.type == "bullet_list_open":
        return repeat("- ")
    return (f"{number}. " for number in count(int(opening.attrGet("start") or 1)))


def _inline(children: Sequence[Token]) -> str:
    is_button = [child.type for child in children][::2] == ["link_open", "link_close"]
    said, address = "", ""
    for child in children:
        if child.type == "link_open":
            address = str(child.attrGet("href"))
        elif child.type == "link_close":
            said += f"\n{address}" if is_button else f" ({address})"
        elif child.type in ("softbreak", "hardbreak"):
            said += "\n"
        else:
            said += child.content
    return said


def _preheader(text: str) -> str:
    """What a list of mails shows beside the subject: the first words after the greeting."""
    paragraphs = text.strip().split("\n\n")
    words = " ".join((paragraphs[1] if len(paragraphs) > 1 else paragraphs[0]).split())
    return "" if "://" in words else words[:_PREHEADER]


# ---- HTML


def _as_html(template: MailTemplate, tokens: Sequence[Token], empty: frozenset[str]) -> str:
    written = str(_markdown.renderer.render(tokens, _markdown.options, {}))

    def value(found: re.Match[str]) -> str:
        placeholder = template.placeholder(found[1])
        if placeholder is None or found[1] in empty:
            return ""
        if placeholder.is_link:
            return f'<a href="{_address(found)}">{found[0]}</a>'
        if placeholder.is_code:
            return f'<bdi style="{_CODE}">{found[0]}</bdi>'
        return f"<strong>{found[0]}</strong>" if placeholder.is_strong else f"<bdi>{found[0]}</bdi>"

    addressed = re.sub(f'(?<=href="){_MARK.pattern}', _address, written)
    return _MARK.sub(value, addressed)


def _address(found: re.Match[str]) -> str:
    return f"{_OPEN}@{found[1]}{_CLOSE}"


def _fill_html(marked: str, values: Values) -> str:
    """With values in the places of the marks; in an address a line break stays what it is."""

    def value(found: re.Match[str]) -> str:
        escaped = html.escape(values.get(found[2], ""))
        return escaped if found[1] else escaped.replace("\n", "<br>")

    return _MARK_IN_HTML.sub(value, marked)


def _dressed(written: str) -> str:
    """With the inline styles that mail programs want."""
    written = _ALONE.sub(
        rf'<p style="margin:0 0 16px"><a class="button" href="\1" style="{_BUTTON}">\2</a></p>',
        written,
    )
    written = written.replace('<a href="', f'<a style="{_LINK}" href="')
    return re.sub(r"<(p|ul|ol)>", r'<\1 style="margin:0 0 16px">', written)
