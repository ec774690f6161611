"""Axe finds nothing on the pages of readers and clients, light and dark."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from intake import submission
from tests.factories import BriefFactory, DeskFactory
from tests.journeys.browsing import DESKTOP, PHONE, visiting
from tests.proposals import making
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)


@dataclass
class Site:
    """A web server and the addresses of what it shows."""

    url: str
    paths: dict[str, str]


@pytest.fixture(scope="module")
def site(module_stack: Stack) -> Site:
    """One of each: a brief, a request, and proposals in each state and direction."""
    DeskFactory()
    brief = BriefFactory(title="On Mali", body="What we know.\n\n## More\n\n- one\n- two")
    BriefFactory(title="Sur le Niger", language="fr")
    lead = making.make_lead(brief=brief.slug)
    sent, arabic, done = making.make_sent(lead), making.make_sent(language="ar"), making.make_sent()
    private = {
        "proposal": making.token_of(sent),
        "arabic": making.token_of(arabic),
        "accepted": making.token_of(done),
    }
    making.accept(done)
    module_stack.web()
    paths = {
        "home": "/",
        "briefs": "/briefs/",
        "brief": brief.get_absolute_url(),
        "methodology": "/methodology/",
        "privacy": "/privacy/",
        "request": f"/request/?brief={brief.slug}",
        "status": f"/request/{submission.status_token(lead)}/",
        **{name: f"/p/{token}/" for name, token in private.items()},
        "accept": f"/p/{private['proposal']}/accept/",
        "decline": f"/p/{private['proposal']}/decline/",
        "missing": "/p/nothing/",
    }
    return Site(module_stack.url, paths)


PATHS = [
    "home", "briefs", "brief", "methodology", "privacy", "request", "status", "proposal", "arabic",
    "accepted", "accept", "decline", "missing",
]  # fmt: skip


@pytest.fixture
def pages(site: Site, browser: Browser) -> Iterator[list[Page]]:
    """A page for each scheme, on a desktop and on a phone."""
    with (
        visiting(browser, site.url, width=DESKTOP, scheme="light") as light,
        visiting(browser, site.url, width=PHONE, scheme="dark") as dark,
    ):
        yield [light.page, dark.page]


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


@pytest.mark.parametrize("name", PATHS)
def test_page_has_nothing_that_shuts_people_out(site: Site, pages: list[Page], name: str) -> None:
    for page in pages:
        page.goto(f"{site.url}{site.paths[name]}")
        assert_accessible(page)


@pytest.mark.parametrize("name", ["request", "accept"])
def test_form_with_errors_has_nothing_that_shuts_people_out(
    site: Site, pages: list[Page], name: str
) -> None:
    for page in pages:
        page.goto(f"{site.url}{site.paths[name]}")
        page.locator("main form button[type=submit]").click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert_accessible(page)


def test_staff_log_in_without_javascript(browser: Browser, site: Site) -> None:
    with visiting(browser, site.url, width=PHONE, scripts=False) as visit:
        visit.open("/staff/login/")

        expect(visit.page.locator("input[name=username]")).to_be_visible()
        expect(visit.page.get_by_role("button", name="Log in")).to_be_visible()
