"""Brief text as HTML: cleaned in one place, whoever wrote it and wherever it came from."""

import html
import math
import re

import nh3
from markdown_it import MarkdownIt

_WORDS_PER_MINUTE = 220
_TAGS = {
    *("p", "h2", "h3", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr", "br"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
_COUNTS = {"start", "colspan", "rowspan"}
# What editors write in place of our tags. The page's own title is its h1.
_RENAMED = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "b": "strong", "i": "em", "div": "p"}
_RENAMED_TAG = re.compile(r"<(/?)(h1|h4|h5|h6|b|i|div)>")
# Google Docs wraps a whole copy in a <b> that is not bold, and says bold by style.
_NOT_BOLD = re.compile(r"<b\s[^>]*font-weight:\s*normal[^>]*>", re.I)
_BOLD = re.compile(r"<span\s[^>]*font-weight:\s*(?:bold|[6-9]00)[^>]*>([^<]*)</span>", re.I)
# Word writes lists as paragraphs that begin with a bullet.
_WORD_ITEM = re.compile(r"<p>\s*[·•▪◦§]\s*((?:(?!</p>).)*)</p>", re.S)
_ITEMS = re.compile(r"(?:<li class=w>(?:(?!</li>).)*</li>\s*)+", re.S)
_EMPTY = re.compile(r"<(p|h2|h3|strong|em|li|blockquote)>\s*(?:<br>\s*)*</\1>")
_SPACES = re.compile("[\u00a0\u2007 \t]+")
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BLOCK_END = re.compile(r"</(?:p|h2|h3|li|blockquote|tr|table)>|<br>|<hr>")
_CELL_END = re.compile(r"</t[hd]>")
_TAG = re.compile(r"<[^>]*>")
# Deeper nesting than any editor makes; parsing it costs the square of its depth.
_TOO_DEEP = re.compile(r"(?:<[a-z][^<>]*>\s*){200}", re.I)

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")


def sanitise(text: str) -> str:
    """The text as HTML of our few tags: no script, style, class, image, form or frame; links to http, https, mailto.

    Understands what Word and Google Docs put on the clipboard. Cleaning what is clean changes nothing.
    """
    text = _TOO_DEEP.sub("", _NOT_TEXT.sub("", text.replace("\r\n", "\n")))
    text = _BOLD.sub(r"<strong>\1</strong>", _NOT_BOLD.sub("<span>", text))
    known = _clean(text, _TAGS | _RENAMED.keys())
    ours = _clean(_RENAMED_TAG.sub(lambda m: f"<{m[1]}{_RENAMED[m[2]]}>", known), _TAGS)
    return _tidy(ours)


def _clean(text: str, tags: set[str]) -> str:
    return nh3.clean(
        text,
        tags=tags,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in _COUNTS:
        return value if re.fullmatch(r"[1-9][0-9]{0,2}", value) else None
    if name == "scope":
        return value if value in ("col", "row") else None
    return value


def _tidy(text: str) -> str:
    """Lists as lists, one space for many, nothing empty; the input is clean."""
    text = _SPACES.sub(" ", text.replace("&nbsp;", " "))
    text = _WORD_ITEM.sub(r"<li class=w>\1</li>", text)
    text = _ITEMS.sub(lambda m: f"<ul>{m[0]}</ul>", text).replace("<li class=w>", "<li>")
    while (shorter := _EMPTY.sub("", text)) != text:
        text = shorter
    return text.strip()


def render_markdown(text: str) -> str:
    """Markdown as sanitised HTML; raw HTML in it is shown, not obeyed."""
    return sanitise(_parser.render(text))


def plain_text(clean: str) -> str:
    """What a sanitised text says, without its tags: a line for each paragraph, heading, item and row."""
    text = _CELL_END.sub(" ", _BLOCK_END.sub("\n", clean))
    lines = html.unescape(_TAG.sub("", text)).split("\n")
    return "\n".join(line for raw in lines if (line := " ".join(raw.split())))


def word_count(text: str) -> int:
    """How many words a plain text has."""
    return len(re.findall(r"\w+(?:[’'-]\w+)*", text))


def reading_minutes(text: str) -> int:
    """Whole minutes that a reader needs for a plain text, at least one."""
    return max(1, math.ceil(word_count(text) / _WORDS_PER_MINUTE))
