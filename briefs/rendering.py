"""Markdown into the HTML that pages serve. The one place where brief text becomes HTML."""

import math
import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_WORDS_PER_MINUTE = 220
_TAGS = {
    *("p", "h2", "h3", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr", "br", "code"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# The page's own title is its h1; six levels are more than a brief needs.
_HEADINGS = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)


_parser = MarkdownIt("commonmark", {"html": False}).enable("table")
_parser.core.ruler.push("lower_headings", _lower_headings)


def render_markdown(text: str) -> str:
    """The text as sanitised HTML: no raw HTML, no images, no scripts, links to http, https and mailto only."""
    return nh3.clean(
        _parser.render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    ).strip()


def reading_minutes(text: str) -> int:
    """Whole minutes that a reader needs, at least one."""
    return max(1, math.ceil(len(re.findall(r"\w+", text)) / _WORDS_PER_MINUTE))


def sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    ).strip()


def plain_text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def word_count(text: str) -> int:
    return len(re.findall(r"\w+", text))
