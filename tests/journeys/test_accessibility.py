"""Axe finds nothing on the pages of clients, light and dark; tests/briefs/test_look.py has those of readers."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from intake import submission
from intake.client_acts import ACTS
from intake.models import Enquiry
from intake.provenance import Provenance
from tests.factories import BriefFactory, ContentFactory, DeskFactory
from tests.intake.api.test_keys import issue
from tests.journeys.browsing import DESKTOP, PHONE, visiting
from tests.looking import look
from tests.proposals import making
from tests.stack import Stack

pytestmark = pytest.mark.timeout(420)


@dataclass
class Site:
    """A web server and the addresses of what it shows."""

    url: str
    paths: dict[str, str]


@pytest.fixture(scope="module")
def site(module_stack: Stack) -> Site:
    """One of each: a request, and proposals in each state and direction."""
    DeskFactory()
    brief = BriefFactory(title="On Mali", body="What we know.\n\n## More\n\n- one\n- two")
    lead = making.make_lead(brief=brief.slug)
    token = submission.status_token(lead)
    key, _ = issue()
    framed = submission.receive_enquiry(
        content=ContentFactory(email="reader@gmial.com", needs="Our driver was kidnapped."),
        channel=Enquiry.Channel.FORM,
        provenance=Provenance(key=key),
    )
    sent, arabic, done = making.make_sent(lead), making.make_sent(language="ar"), making.make_sent()
    private = {
        "proposal": making.token_of(sent),
        "arabic": making.token_of(arabic),
        "accepted": making.token_of(done),
    }
    making.accept(done)
    module_stack.web()
    paths = {
        "request": f"/request/?brief={brief.slug}",
        "status": f"/request/{token}/",
        **{act: f"/request/{token}/{act}/" for act in ACTS},
        "framed": f"/embed/request/?key={key.public_id}&language=ar",
        "framed receipt": f"/embed/request/{framed.token}/",
        **{name: f"/p/{token}/" for name, token in private.items()},
        "accept": f"/p/{private['proposal']}/accept/",
        "decline": f"/p/{private['proposal']}/decline/",
        "missing": "/p/nothing/",
    }
    return Site(module_stack.url, paths)


FRAMED = ["framed", "framed receipt"]
PATHS = [
    *ACTS,
    *FRAMED,
    "request",
    "status",
    "proposal",
    "arabic",
    "accepted",
    "accept",
    "decline",
    "missing",
]


@pytest.fixture(scope="module")
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """One page for all of them: nobody logs in, no cookie is set."""
    with visiting(browser, site.url, width=DESKTOP) as visit:
        yield visit.page


@pytest.mark.parametrize("name", PATHS)
def test_page_has_nothing_that_shuts_people_out(site: Site, page: Page, name: str) -> None:
    page.goto(f"{site.url}{site.paths[name]}")

    assert look(page) == []


@pytest.mark.parametrize("name", ["request", "framed", "add", "accept"])
def test_form_with_errors_has_nothing_that_shuts_people_out(
    site: Site, page: Page, name: str
) -> None:
    page.goto(f"{site.url}{site.paths[name]}")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()

    assert look(page) == []


@pytest.mark.parametrize(("language", "side"), [("ar", "right"), ("en", "left")])
def test_answers_stand_at_the_side_of_their_labels_whatever_their_letters(
    site: Site, page: Page, language: str, side: str
) -> None:
    page.goto(f"{site.url}{site.paths['status']}?language={language}")

    answers = page.locator("dl.sent dd:not(.typed)")
    aligned = answers.evaluate_all("all => all.map(one => getComputedStyle(one).textAlign)")
    assert set(aligned) == {side}


def test_the_language_of_the_page_is_marked_also_in_forced_colours(site: Site, page: Page) -> None:
    page.goto(f"{site.url}{site.paths['request']}")
    page.emulate_media(forced_colors="active")

    def lines(which: str) -> set[str]:
        colour = "links => links.map(link => getComputedStyle(link).borderBlockEndColor)"
        return set(page.eval_on_selector_all(f"header .languages a{which}", colour))

    marked, others = lines("[aria-current]"), lines(":not([aria-current])")
    page.emulate_media(forced_colors="none")
    assert len(marked) == len(others) == 1
    assert marked != others


def test_staff_log_in_without_javascript(browser: Browser, site: Site) -> None:
    with visiting(browser, site.url, width=PHONE, scripts=False) as visit:
        visit.open("/staff/login/")

        expect(visit.page.locator("input[name=username]")).to_be_visible()
        expect(visit.page.get_by_role("button", name="Log in")).to_be_visible()
