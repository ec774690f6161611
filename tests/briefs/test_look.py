"""The public pages in a real browser: accessible, in frame, quiet, in both schemes and both directions."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it brings none
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from seeds import briefs_loading
from tests.factories import UserFactory

ENGLISH = "jnim-turns-on-malis-towns"
FRENCH = "adre-abeche-saison-des-pluies"
ARABIC = "alexandria-winter-storms"
PAGES = [
    "/",
    "/briefs/",
    "/briefs/?country=ML&topic=armed-conflict",
    "/briefs/?q=volcano&language=fr",
    f"/briefs/{ENGLISH}/",
    f"/briefs/{ARABIC}/",
    "/methodology/",
    "/scorecard/",
    "/countries/",
    "/countries/ml/",
    "/actors/",
    "/topics/armed-conflict/?language=fr",
    "/nothing/",
]
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def site(live_server: LiveServer, tmp_path: Path) -> str:
    """The address of a server with three of the seed briefs."""
    for slug in (ENGLISH, FRENCH, ARABIC):
        shutil.copy(briefs_loading.FOLDER / f"{slug}.md", tmp_path)
    author, approver = UserFactory.create_batch(2)
    briefs_loading.load_briefs(author=author, approver=approver, folder=tmp_path)
    return live_server.url


@pytest.fixture
def browser(site: str) -> Iterator[Browser]:
    """Chromium, opened after the rows are there: its loop keeps Django's ORM out of this thread."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_are_accessible_and_in_frame(
    site: str, browser: Browser, width: int, scheme: str
) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of the two that it takes
    )
    noise = listen(page, site)

    problems = [problem for path in PAGES for problem in examine(page, site, path)]

    assert problems == []
    assert noise == []


def listen(page: Page, site: str) -> list[str]:
    """What the browser complains about or asks another host for, but for what is missing on purpose."""
    noise: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "404 (Not Found)" not in message.text:
            noise.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(site) else noise.append(r.url))
    return noise


def examine(page: Page, site: str, path: str) -> list[str]:
    """Everything that axe finds, and whether the page is wider than the window."""
    page.goto(site + path)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AA}})
    problems = [
        f"{path}: {violation['id']}: {node['html'][:120]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        problems.append(f"{path}: wider than the window")
    return problems


def test_keyboard_reaches_the_text_first(site: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site}/briefs/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.url.endswith("#main")
    assert page.evaluate("document.activeElement.id") == "q"


def test_reader_finds_a_brief_without_scripts(site: str, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site)

    page.get_by_role("link", name="Read the briefs").click()
    page.get_by_label("Search the briefs").fill("Douentza")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="JNIM turns on").click()

    assert page.get_by_role("heading", level=1).inner_text().startswith("JNIM turns on")
    address = page.get_by_role("link", name="Ask about this brief").get_attribute("href")
    assert address == "/request/?brief=jnim-turns-on-malis-towns"
