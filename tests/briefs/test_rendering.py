"""Markdown becomes HTML in one place, and nothing harmful gets through."""

import pytest

from briefs.rendering import reading_minutes, render_markdown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://other.example/track.png)",
        "<a href='x' style='color:red' onclick='x()'>a</a>",
        '[a](https://x.example "onmouseover=alert(1)")\n<svg onload=alert(1)>',
    ],
)
def test_hostile_text_stays_text(hostile: str) -> None:
    html = render_markdown(hostile)

    assert not any(tag in html for tag in ("<script", "<img", "<svg", "<a href='x'"))
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_headings_stay_below_the_title_of_the_page() -> None:
    assert render_markdown("# A\n\n## B\n\n#### C") == "<h2>A</h2>\n<h2>B</h2>\n<h3>C</h3>"


def test_links_and_tables_survive() -> None:
    html = render_markdown("[us](https://derisk.example)\n\n|a|\n|-|\n|1|")

    assert '<a href="https://derisk.example" rel="noopener noreferrer">us</a>' in html
    assert "<td>1</td>" in html


def test_html_is_shown_not_obeyed() -> None:
    assert render_markdown("a <b>b</b>") == "<p>a &lt;b&gt;b&lt;/b&gt;</p>"


def test_nothing_renders_to_nothing() -> None:
    assert render_markdown("  \n") == ""


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (220, 1), (221, 2), (1100, 5)])
def test_reading_time_is_in_whole_minutes(words: int, minutes: int) -> None:
    assert reading_minutes("word " * words) == minutes
