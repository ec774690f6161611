"""Every public page in a real browser: accessible, in frame, quiet, in both schemes and both directions."""

import re
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from briefs import scoring, subscribing
from seeds import brief_history, briefs_loading
from tests import chromium, databases
from tests.briefs.subscribed import subscription_of
from tests.factories import UserFactory
from tests.looking import look

ENGLISH = "jnim-turns-on-malis-towns"
FRENCH = "adre-abeche-saison-des-pluies"
ARABIC = "alexandria-winter-storms"
CORRECTED = "tema-port-delays-cocoa-season"
WITHDRAWN = "kasumbalesa-copperbelt-truck-queue"
PAGES = [
    "/",
    "/?language=ar",
    "/briefs/",
    "/briefs/?q=Douentza&topic=armed-conflict",
    "/briefs/?q=volcano&language=fr",
    f"/briefs/?q={'volcano' * 20}&language=ar",
    f"/briefs/{ENGLISH}/",
    f"/briefs/{ARABIC}/",
    f"/briefs/{CORRECTED}/",
    f"/briefs/{CORRECTED}/versions/1/",
    f"/briefs/{WITHDRAWN}/",
    "/countries/",
    "/countries/ml/",
    "/actors/",
    "/actors/malian-security-forces/",
    "/topics/",
    "/topics/armed-conflict/?language=fr",
    "/methodology/",
    "/scorecard/",
    "/privacy/?language=fr",
    "/subscribe/?country=ML&language=ar",
    "/subscribe/thanks/",
    "/nothing/",
]
pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    pristine_database: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """The address of a server with some of the seed briefs: one corrected, one withdrawn, one of each script."""
    folder = tmp_path_factory.mktemp("briefs")
    for slug in (ENGLISH, FRENCH, ARABIC, CORRECTED, WITHDRAWN):
        shutil.copy(briefs_loading.FOLDER / f"{slug}.md", folder)
    with django_db_blocker.unblock(), databases.lent_copy(pristine_database):
        author, approver = UserFactory.create_batch(2)
        briefs_loading.load_briefs(author=author, approver=approver, folder=folder)
        slugs = [ARABIC, CORRECTED, WITHDRAWN]
        brief_history.load_history(author=author, approver=approver, slugs=slugs)
        server = LiveServer("localhost")
        yield server.url
        server.stop()


@pytest.fixture(scope="module")
def private_pages(site: str) -> list[str]:
    """What a subscriber is led to: to confirm, to change, to end."""
    subscription = subscription_of(country="ML")
    subscription_of(q="convoy", frequency="weekly")
    confirm = subscribing.confirm_url(subscription)
    manage = subscribing.manage_url(subscription.subscriber)
    addresses = [confirm, manage, f"{manage}unsubscribe/"]
    return [address.removeprefix(settings.SITE_URL) for address in addresses]


@pytest.fixture(scope="module")
def browser(site: str, private_pages: list[str]) -> Iterator[Browser]:
    """Chromium, opened after the rows are there: its loop keeps Django's ORM out of this thread."""
    with chromium.running() as browser:
        yield browser


def test_every_public_page_is_accessible_in_frame_and_quiet(
    site: str, browser: Browser, private_pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    noise = listen(page, site)

    problems = [p for path in PAGES + private_pages for p in examine(page, site + path)]
    page.goto(f"{site}/subscribe/?language=fr")
    page.locator("main form button[type=submit]").click()
    assert page.locator(".error-summary li").count() >= 1
    problems += look(page)
    monkeypatch.setattr(scoring, "SHOWN_FROM", 1)
    problems += examine(page, f"{site}/scorecard/?language=ar")
    assert page.locator("svg circle").count() >= 2

    assert problems == []
    assert noise == []
    assert page.context.cookies() == []


def listen(page: Page, site: str) -> list[str]:
    """What the browser complains about or asks another host for, but for what is missing on purpose."""
    noise: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if not re.search(r"status of (400|404|410) ", message.text):
            noise.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(site) else noise.append(r.url))
    return noise


def examine(page: Page, address: str) -> list[str]:
    """What is wrong with a page, loaded once and seen in every way."""
    answer = page.goto(address)
    assert answer is not None
    expected = 404 if "/nothing/" in address else 410 if WITHDRAWN in address else 200
    assert answer.status == expected, address
    return look(page)


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
    asking = page.get_by_role("link", name="Ask about this brief")
    address = asking.get_attribute("href")
    assert str(address).startswith("/request/?brief=jnim-turns-on-malis-towns&from=")
    asking.click()
    assert not page.locator("#count").is_visible()  # without a script it would count nothing
