"""Text is cleaned in one place, and nothing harmful gets through, however it is disguised."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.rendering import plain_text, reading_minutes, render_markdown, sanitise, word_count

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<title></title><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<form><form><button formaction=javascript:alert(1)>x</button></form></form>",
    "<a href=javascript:alert(1)>a</a>",
    "<a href='JaVaScRiPt:alert(1)'>a</a>",
    "<a href='java\tscript:alert(1)'>a</a>",
    "<a href='java\nscript:alert(1)'>a</a>",
    "<a href='&#106;avascript:alert(1)'>a</a>",
    "<a href='&#x6A;avascript&colon;alert(1)'>a</a>",
    "<a href=' javascript:alert(1)'>a</a>",
    "<a href='\x01javascript:alert(1)'>a</a>",
    "<a href='vbscript:x'>a</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>a</a>",
    "<a href='file:///etc/passwd'>a</a>",
    "<a href='https://x.example' onclick=alert(1)>a</a>",
    "<p onmouseover=alert(1)>a</p>",
    "<p style='background:url(javascript:alert(1))'>a</p>",
    "<p class=button id=main>a</p>",
    "<style>p{display:none}</style><p>a</p>",
    "<link rel=stylesheet href=//x.example>",
    "<meta http-equiv=refresh content='0;url=//x.example'>",
    "<base href=//x.example>",
    "<table background=javascript:alert(1)><tr><td>a</td></tr></table>",
    "<td colspan='2\" onx=1'>a</td>",
    "<ol start='1 onx=1'><li>a</li></ol>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!doctype html><html><body onload=alert(1)>a</body></html>",
    "<p>a\x00b</p><scr\x00ipt>alert(1)</script>",
    "<p>\u202eabc\u2066d</p>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>a</details>",
    "<x onclick=alert(1)>a</x>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
TAGS = {
    *("p", "h2", "h3", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr", "br"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    *(("a", "href"), ("a", "rel"), ("ol", "start"), ("th", "scope")),
    *((tag, name) for tag in ("th", "td") for name in ("colspan", "rowspan")),
}


class Inspector(HTMLParser):
    """Collects every tag, attribute and address of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.addresses: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]

    def handle_comment(self, data: str) -> None:
        self.tags.add("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.add("declaration")


def check_harmless(text: str) -> None:
    seen = Inspector(text)
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    for address in seen.addresses:
        scheme = re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):", address)
        assert scheme is None or scheme[1].lower() in ("http", "https", "mailto")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_markup_is_harmless(hostile: str) -> None:
    clean = sanitise(hostile)

    check_harmless(clean)
    assert sanitise(clean) == clean
    assert not re.search("[\x00\u202e\u2066]", clean)


MARKUP = """<p> </p> <b> </b> <svg> <math> <style> </style> <table> <td> <a_href=' javascript: '> <!-- -->
<script> </script> <h1> &lt; <li> · <div> </div> \u00a0 " <noscript> <template> = <br>""".replace(
    "_", " "
)
PIECES = st.one_of(st.sampled_from(MARKUP.split(" ")), st.text(max_size=8))


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_goes_in_only_our_tags_come_out_and_stay(text: str) -> None:
    clean = sanitise(text)

    check_harmless(clean)
    assert sanitise(clean) == clean


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (
            "<p class=MsoNormal style='margin:0'>A<o:p></o:p> <b>bold</b> <i>word</i></p>",
            "<p>A <strong>bold</strong> <em>word</em></p>",
        ),
        ("<!--[if gte mso 9]><xml><o:x/></xml><![endif]--><p>A</p>", "<p>A</p>"),
        (
            "<p class=MsoListParagraph>·&nbsp;&nbsp; One</p><p class=MsoListParagraph>· Two</p>",
            "<ul><li>One</li><li>Two</li></ul>",
        ),
        (
            (
                "<b style='font-weight:normal' id='docs-internal'><p>A "
                "<span style='font-weight:700'>bold</span></p></b>"
            ),
            "<p>A <strong>bold</strong></p>",
        ),
        ("<h1>A</h1><h5>B</h5><p>&nbsp;</p><p><br></p>", "<h2>A</h2><h3>B</h3>"),
        ("<div>A</div><div>B</div>", "<p>A</p><p>B</p>"),
        ("<font color=red>A</font>&nbsp; B", "A B"),
    ],
)
def test_what_word_and_docs_paste_becomes_ours(pasted: str, kept: str) -> None:
    assert sanitise(pasted) == kept


def test_ours_is_kept_as_it_is() -> None:
    text = (
        '<h2>A</h2><p>B <a href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer">c</a>'
        '</p><ol start="3"><li>D</li></ol><table><thead><tr><th scope="col">E</th></tr></thead>'
        '<tbody><tr><td colspan="2">F</td></tr></tbody></table><blockquote><p>G</p></blockquote>'
    )

    assert sanitise(text) == text


@pytest.mark.parametrize(
    "text",
    ["<p>" * 10_000, "<b><i>" * 10_000, "a" * 1_000_000, "<p>word</p>" * 50_000, "<" * 100_000],
    ids=["deep", "deep two", "one long word", "many", "open"],
)
def test_large_texts_are_cleaned_all_the_same(text: str) -> None:
    check_harmless(sanitise(text)[:100_000])


def test_markdown_headings_stay_below_the_title_of_the_page() -> None:
    assert render_markdown("# A\n\n## B\n\n#### C") == "<h2>A</h2>\n<h2>B</h2>\n<h3>C</h3>"


def test_markdown_links_and_tables_survive_and_html_is_shown() -> None:
    html = render_markdown("[us](https://derisk.example)\n\n|a|\n|-|\n|1|")

    assert '<a href="https://derisk.example" rel="noopener noreferrer">us</a>' in html
    assert "<td>1</td>" in html
    assert render_markdown("a <b>b</b>") == "<p>a &lt;b&gt;b&lt;/b&gt;</p>"


def test_plain_text_keeps_words_and_paragraphs() -> None:
    html = "<h2>A &amp; B</h2><p>C<br>D <em>e</em></p><ul><li>F</li></ul><table><tr><td>1</td><td>2</td></tr></table>"

    assert plain_text(html) == "A & B\nC\nD e\nF\n1 2"


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("one", 1), ("l’eau d'hier, mi-mars", 3), ("أمن المدن", 2)]
)
def test_words_are_counted(text: str, words: int) -> None:
    assert word_count(text) == words


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (220, 1), (221, 2), (1000, 5)])
def test_reading_time_is_rounded_up(words: int, minutes: int) -> None:
    assert reading_minutes("word " * words) == minutes
