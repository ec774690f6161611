"""The request form in a browser: kept while it is typed, counted, sent once; and the same without scripts."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from intake.models import Enquiry
from tests.factories import BriefFactory, DeskFactory
from tests.intake.api.test_keys import issue
from tests.journeys.browsing import DESKTOP, PHONE, Visit, visiting
from tests.looking import look
from tests.processes import eventually
from tests.stack import Stack

pytestmark = pytest.mark.timeout(420)


@dataclass
class Site:
    """A web server, and a brief on it."""

    url: str
    brief: str


@pytest.fixture(scope="module")
def site(module_stack: Stack) -> Site:
    """The web server alone: nothing here waits for a worker."""
    DeskFactory()
    brief = BriefFactory(title="Sur le Mali", language="fr", countries=["ML"])
    module_stack.web()
    return Site(module_stack.url, brief.slug)


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    with visiting(browser, site.url, width=PHONE) as visit:
        yield visit


def fill(page: Page, needs: str = "Two trucks to Gao.") -> None:
    page.locator("#id_full_name").fill("Aïcha Example")
    page.locator("#id_email").fill("aicha@client.example")
    page.locator("#id_needs").fill(needs)


def kept(page: Page) -> dict[str, list[str]] | None:
    """What the browser keeps of the form."""
    draft = page.evaluate("localStorage.getItem('derisk.request')")
    return json.loads(draft)["values"] if draft else None


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").click()


def test_half_a_form_is_there_again_and_gone_when_it_was_sent(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page)
    page.locator("details > summary").click()
    page.locator("#id_services_1").check()
    page.locator("#id_consent").check()
    eventually(lambda: "daily-monitoring" in (kept(page) or {}).get("services", []))
    form_id = page.locator("[name=form_id]").input_value()

    visit.open("/")
    visit.open("/request/")

    expect(page.locator("#restored")).to_contain_text("What you typed here before")
    expect(page.locator("#id_needs")).to_have_value("Two trucks to Gao.")
    expect(page.locator("#id_services_1")).to_be_checked()
    expect(page.locator("#id_consent")).not_to_be_checked()
    assert page.locator("[name=form_id]").input_value() == form_id
    page.locator("#id_consent").check()
    send(page)
    expect(page.locator("h1")).to_have_text("We have your request")
    eventually(lambda: kept(page) is None)
    visit.assert_clean()


def test_what_was_sent_from_the_form_for_other_websites_is_kept_no_longer_either(
    visit: Visit,
) -> None:
    page = visit.page
    key, _ = issue()
    visit.open(f"/embed/request/?key={key.public_id}")
    fill(page)
    eventually(lambda: kept(page))
    page.locator("#id_consent").check()

    send(page)

    page.wait_for_url("**/embed/request/*/*")
    assert (
        page.locator("h1 .reference").evaluate("it => getComputedStyle(it).whiteSpace") == "nowrap"
    )
    eventually(lambda: kept(page) is None)
    visit.assert_clean()


def test_a_connection_that_breaks_while_sending_costs_nothing(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page, "The line is bad.")
    page.locator("#id_consent").check()
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.evaluate("document.querySelector('main form button[type=submit]').click()")
    page.wait_for_url("chrome-error:**")
    page.context.set_offline(False)
    visit.errors.clear()

    visit.open("/request/?language=fr")

    expect(page.locator("#id_needs")).to_have_value("The line is bad.")


def test_each_of_two_tabs_has_its_own_words_back(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page, "Two trucks to Gao.")
    eventually(lambda: kept(page))
    other = page.context.new_page()
    other.goto(page.url)
    fill(other, "A flight to Mopti.")
    eventually(lambda: kept(other)["needs"] == ["A flight to Mopti."])

    page.reload()
    other.reload()

    expect(page.locator("#id_needs")).to_have_value("Two trucks to Gao.")
    expect(other.locator("#id_needs")).to_have_value("A flight to Mopti.")


def test_on_a_shared_computer_nothing_is_kept(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page)
    eventually(lambda: kept(page))

    page.locator("#shared").check()
    assert kept(page) is None
    fill(page, "Still nothing.")
    page.wait_for_timeout(700)

    assert kept(page) is None
    assert page.evaluate("sessionStorage.getItem('derisk.request')") is None
    visit.open("/request/")
    expect(page.locator("#shared")).to_be_checked()
    expect(page.locator("#id_needs")).to_have_value("")


def test_the_draft_can_be_thrown_away(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page)
    eventually(lambda: kept(page))
    visit.open("/request/")

    page.get_by_role("button", name="Start with an empty form").click()

    expect(page.locator("#id_needs")).to_have_value("")
    expect(page.locator("#id_full_name")).to_be_focused()
    assert kept(page) is None


def test_from_another_brief_the_words_come_back_and_the_brief_is_the_new_one(
    visit: Visit, site: Site
) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page)
    eventually(lambda: kept(page))

    visit.open(f"/request/?brief={site.brief}")

    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#id_needs")).to_have_value("Two trucks to Gao.")
    assert page.locator("[name=brief]").input_value() == site.brief
    assert page.locator("[name=countries_of_interest]:checked").input_value() == "ML"


def test_a_form_that_is_not_about_the_brief_any_more_loses_what_the_brief_gave_and_nothing_else(
    visit: Visit, site: Site
) -> None:
    page = visit.page
    visit.open(f"/request/?brief={site.brief}&language=en")
    fill(page)
    page.locator("details > summary").click()
    page.locator("input[name=countries_of_interest][value=KE]").check()
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()

    page.get_by_role("link", name="Not about it").click()

    expect(page.locator("#id_needs")).to_have_value("Two trucks to Gao.")
    chosen = "boxes => boxes.map(box => box.value)"
    countries = page.eval_on_selector_all("[name=countries_of_interest]:checked", chosen)
    assert (page.locator("[name=brief]").input_value(), countries) == ("", ["KE"])
    visit.open(f"/request/?brief={site.brief}")
    expect(page.locator("#id_needs")).to_have_value("Two trucks to Gao.")
    countries = page.eval_on_selector_all("[name=countries_of_interest]:checked", chosen)
    assert countries == ["KE", "ML"]


def test_each_line_runs_as_its_letters_do_and_an_empty_one_as_the_page(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/?language=ar")
    bidi = "field => { const { direction, unicodeBidi } = getComputedStyle(field); return [direction, unicodeBidi]; }"

    assert page.eval_on_selector("#id_needs", bidi) == ["rtl", "plaintext"]
    assert page.eval_on_selector("#id_full_name", bidi) == ["rtl", "plaintext"]


def test_the_count_goes_below_nothing_and_cuts_nothing(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    expect(page.locator("#count")).to_contain_text("Characters left: 20,000")

    page.locator("#id_needs").fill("é" * 20_003)

    expect(page.locator("#count")).to_contain_text("Characters too many: 3")
    heard = page.locator("#count [role=status]")
    expect(heard).to_have_text("Characters too many: 3")
    assert heard.evaluate("said => said.offsetWidth") == 1  # for screen readers alone
    assert len(page.locator("#id_needs").input_value()) == 20_003


# Safari and its like write "ar" as Chromium writes this one.
AS_WEBKIT_COUNTS = """const Plain = Intl.NumberFormat;
Intl.NumberFormat = function (tag, how) { return new Plain(tag === "ar" ? "ar-EG" : tag, how); };"""


def test_the_count_is_written_as_the_hint_above_it_in_each_language(visit: Visit) -> None:
    visit.page.add_init_script(AS_WEBKIT_COUNTS)
    for language in ("en", "fr", "pt", "ar"):
        visit.open(f"/request/?language={language}")
        expect(visit.page.locator("#count")).to_be_visible()
        hint, count = (
            re.findall(r"20\S?\s?000", visit.page.locator(each).inner_text())
            for each in ("#id_needs_helptext", "#count")
        )
        assert [re.sub(r"\s", " ", each) for each in hint] == [
            re.sub(r"\s", " ", each) for each in count
        ]
        assert len(count) == 1


def test_a_double_click_is_one_request(visit: Visit) -> None:
    page = visit.page
    before = Enquiry.objects.count()
    posts: list[str] = []
    page.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    visit.open("/request/")
    fill(page)
    page.locator("#id_consent").check()

    page.locator("main form button[type=submit]").dblclick()

    expect(page.locator("h1")).to_have_text("We have your request")
    assert Enquiry.objects.count() == before + 1
    assert len(posts) == 1


def test_gone_back_to_and_sent_again_it_is_the_same_request_until_it_is_changed(
    visit: Visit,
) -> None:
    page = visit.page
    before = Enquiry.objects.count()
    visit.open("/request/")
    fill(page)
    page.locator("#id_consent").check()
    send(page)
    expect(page.locator("h1")).to_have_text("We have your request")
    status = page.url

    for needs, number in ((None, 1), ("Three trucks to Gao.", 2)):
        page.go_back()
        fill(page, needs or "Two trucks to Gao.")
        page.locator("#id_consent").check()
        send(page)
        expect(page.locator("h1")).to_have_text("We have your request")
        assert Enquiry.objects.count() == before + number
        assert (page.url == status) == (needs is None)
    remembered = page.evaluate("sessionStorage.getItem('derisk.request.last')")
    assert "trucks" not in remembered


def test_without_scripts_it_works_on_a_telephone(site: Site, browser: Browser) -> None:
    with visiting(browser, site.url, width=PHONE, scripts=False) as visit:
        page = visit.page
        visit.open("/request/?language=ar")
        expect(page.locator("#draft")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        fill(page)
        send(page)
        expect(page.locator(".error-summary")).to_be_focused()
        page.locator(".error-summary a").first.click()
        expect(page.locator("#id_consent")).to_be_focused()
        page.locator("#id_consent").check()
        send(page)
        page.wait_for_url("**/request/*/")
        expect(page.locator("html")).to_have_attribute("lang", "ar")


def language(page: Page, name: str) -> Locator:
    """The button of a language, in the head of a form that came back."""
    return page.locator("header").get_by_role("button", name=name)


def test_without_scripts_a_form_that_comes_back_changes_its_language_with_what_was_typed(
    site: Site, browser: Browser
) -> None:
    before = Enquiry.objects.count()
    with visiting(browser, site.url, width=PHONE, scripts=False) as visit:
        page = visit.page
        visit.open(f"/request/?brief={site.brief}&language=en")
        fill(page)
        page.locator("#id_email").fill("aicha")
        page.locator("#id_consent").check()
        send(page)
        form_id = page.locator("[name=form_id]").input_value()
        page.locator("#id_needs").fill("Three trucks to Gao.")
        page.locator("details.more > summary").click()
        page.locator("#id_attachments").set_input_files(
            {"name": "route.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        )

        language(page, "العربية").click()

        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        expect(page.locator(".error-summary")).to_be_focused()
        expect(page.locator(".error-summary a")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        expect(page.locator("#id_needs")).to_have_value("Three trucks to Gao.")
        expect(page.locator("#id_email")).to_have_value("aicha")
        expect(page.locator("#id_consent")).not_to_be_checked()
        expect(page.locator("#id_attachments_helptext")).to_contain_text("route.pdf")
        assert page.locator("[name=form_id]").input_value() == form_id
        assert page.locator("[name=brief]").input_value() == site.brief
        language(page, "Français").click()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        assert Enquiry.objects.count() == before

        page.locator("#id_consent").check()
        page.locator("#id_email").fill("aicha@client.example")
        page.locator("#id_email").press("Enter")

        page.wait_for_url("**/request/*/")
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        enquiry = Enquiry.objects.latest("pk")
        assert (enquiry.needs, enquiry.consent_language) == ("Three trucks to Gao.", "fr")
        assert Enquiry.objects.count() == before + 1


def test_with_scripts_the_draft_goes_along(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page)
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator("#id_needs").fill("Three trucks to Gao.")

    language(page, "Português").click()

    expect(page.locator("html")).to_have_attribute("lang", "pt")
    expect(page.locator("#id_needs")).to_have_value("Three trucks to Gao.")
    eventually(lambda: (kept(page) or {}).get("needs") == ["Three trucks to Gao."])
    visit.open("/request/?language=en")
    expect(page.locator("#id_needs")).to_have_value("Three trucks to Gao.")
    page.locator("#id_consent").check()
    send(page)
    expect(page.locator("h1")).to_have_text("We have your request")
    eventually(lambda: kept(page) is None)


def test_what_came_back_outlives_a_look_at_an_earlier_request(visit: Visit) -> None:
    page = visit.page
    visit.open("/request/")
    fill(page)
    page.locator("#id_consent").check()
    send(page)
    page.wait_for_url("**/request/*/")
    earlier = page.url

    visit.open("/request/")
    fill(page, "Three trucks to Gao.")
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    language(page, "Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.goto(earlier)
    visit.open("/request/")

    expect(page.locator("#id_needs")).to_have_value("Three trucks to Gao.")


@pytest.mark.parametrize("state", ["empty", "errors", "came back"])
def test_from_right_to_left_axe_finds_nothing(site: Site, browser: Browser, state: str) -> None:
    with visiting(browser, site.url, width=DESKTOP) as visit:
        page = visit.page
        visit.open(f"/request/?brief={site.brief}&language=ar")
        if state == "errors":
            page.locator("#id_email").fill("aicha")
            send(page)
            expect(page.locator(".error-summary")).to_be_focused()
        if state == "came back":
            fill(page)
            eventually(lambda: kept(page))
            page.reload()
        assert look(page) == []
