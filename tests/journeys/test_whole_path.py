"""The whole path in a browser: brief → request → routed lead → proposal → accepted. Every process is a real one."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from intake.models import Lead
from proposals.models import Document, ProposalVersion
from tests.journeys import subscribing
from tests.journeys.browsing import (
    DESKTOP,
    PHONE,
    Visit,
    link_in,
    subject_of,
    text_of,
    visiting,
    wait_for_letter,
)
from tests.processes import Smtp, eventually
from tests.proposals import making
from tests.stack import Stack

pytestmark = pytest.mark.timeout(420)  # five processes and a browser, on whatever machine

PASSWORD = "a-journey-password"
NEEDS = (
    "Is the road from Sévaré to Douentza safe enough for two trucks a week, & until when? <soon>"
)
BAD_REQUEST = "the server responded with a status of 400 (Bad Request)"


@dataclass
class House:
    """The running house and its mail server."""

    stack: Stack
    smtp: Smtp


@pytest.fixture(scope="module")
def house(module_stack: Stack) -> House:
    """The demo world with every process."""
    module_stack.env |= {"DEMO_PASSWORD": PASSWORD}
    smtp = module_stack.smtp()
    module_stack.manage("seed")
    module_stack.worker()
    module_stack.sweep()
    module_stack.web()
    return House(module_stack, smtp)


# ---- The reader becomes a client


def read_the_brief(visit: Visit) -> None:
    visit.open("/briefs/?topic=armed-conflict")
    visit.page.get_by_role("link", name="JNIM turns on Mali’s towns").click()
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text("Douentza held")
    visit.page.get_by_role("link", name="Ask about this brief").click()


def send_the_form(page: Page, email: str) -> None:
    """First without the address and consent, then whole; what was typed must still be there."""
    page.get_by_label("Full name").fill("Aïcha Example")
    page.get_by_label("What do you need?").fill(NEEDS)
    page.get_by_role("button", name="Send my request").click()
    expect(page.locator(".error-summary")).to_contain_text("Enter an e-mail address")
    expect(page.get_by_label("Full name")).to_have_value("Aïcha Example")
    expect(page.get_by_label("What do you need?")).to_have_value(NEEDS)

    page.get_by_label("E-mail").fill(email)
    page.locator("#id_consent").check()
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("request"))
    expect(page.locator("main")).to_contain_text(NEEDS)


def check_the_acknowledgement(visit: Visit, smtp: Smtp, email: str) -> str:
    """The mail leads back to the status page; returns the reference of the lead."""
    letter = wait_for_letter(smtp, email, "We have your request")
    visit.open(link_in(letter, "/request/"))
    reference = re.search(r"R-[0-9A-Z]{5}-[0-9A-Z]{5}", text_of(letter))
    assert reference
    expect(visit.page.locator("main")).to_contain_text(reference[0])
    return reference[0]


# ---- The adviser


def log_in(visit: Visit, email: str) -> None:
    visit.open("/staff/")
    visit.page.locator("#id_username").fill(email)
    visit.page.locator("#id_password").fill(PASSWORD)
    visit.page.locator("form button[type=submit]").first.click()
    expect(visit.page).to_have_url(f"{visit.url}/staff/")


def see_why_it_is_mine(visit: Visit, lead: Lead, notice_path: str) -> None:
    assert lead.owner is not None
    visit.open("/staff/intake/lead/")
    opens_it = visit.page.get_by_role("link", name=lead.reference)
    expect(opens_it).to_have_css("text-decoration-line", "underline")
    visit.open(notice_path)
    main = visit.page.locator("#content, main").first
    expect(main).to_contain_text(NEEDS)
    expect(main.get_by_role("heading", name=f"Why {lead.owner}?")).to_be_visible()
    chosen = main.locator("tr.chosen td")
    expect(chosen.nth(0)).to_have_text(str(lead.owner))
    expect(chosen.nth(1)).to_have_text("Has it")
    assert main.locator(".staff-table:has(tr.chosen) tbody tr").count() == 4
    expect(main).to_contain_text("JNIM turns on Mali’s towns")


def draft_price_and_send(page: Page) -> None:
    page.get_by_role("button", name="Draft a proposal").click()
    expect(page.locator("#id_sections-0-body")).to_have_value(re.compile("Sévaré to Douentza"))
    for number, (price, tax) in enumerate((("4200.00", "18"), ("350.50", "18"))):
        page.locator(f"#id_lines-{number}-unit_price").fill(price)
        page.locator(f"#id_lines-{number}-tax_rate").fill(tax)
    page.locator("[name=_continue]").click()
    expect(page.locator(".staff-facts")).to_contain_text("EUR\N{NO-BREAK SPACE}7,023.95")
    page.get_by_role("link", name="Send to the client").click()
    page.get_by_role("button", name="Send to the client").dblclick()  # which sends it once
    expect(page.locator("body")).to_contain_text("Sent. The document is being rendered")


# ---- The client answers


def download(page: Page, target: Path) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download PDF").click()
    waiting.value.save_as(target)
    return target.read_bytes()


def check_the_document(page: Page, pdf: bytes, version: ProposalVersion) -> None:
    document = Document.objects.get(version=version)
    digest = hashlib.sha256(pdf).hexdigest()
    assert pdf.startswith(b"%PDF-")
    assert digest == document.sha256
    assert pdf == bytes(document.pdf)
    expect(page.locator(".fingerprint code")).to_have_text(digest)


def accept(page: Page) -> None:
    """First without consent, then whole."""
    page.get_by_role("link", name="Continue to accept version 1").click()
    page.get_by_label("Job title").fill("Head of <transport>")
    button = page.get_by_role("button", name="Accept version 1 for EUR")
    button.click()
    expect(page.locator(".error-summary")).to_contain_text("Tick the box if you accept")
    expect(page.get_by_label("Job title")).to_have_value("Head of <transport>")
    page.locator("#id_consent").check()
    button.click()
    expect(page.locator(".note.good")).to_contain_text("Accepted by Aïcha Example")


def check_the_outcome(house: House, lead: Lead, email: str) -> None:
    lead.refresh_from_db()
    assert (lead.status, lead.proposals.get().status) == ("won", "won")
    adviser = making.adviser_of(lead).email
    reference = lead.proposals.get().reference
    outcome = wait_for_letter(house.smtp, adviser, f"Proposal {reference}: accepted")
    wait_for_letter(house.smtp, email, f"You accepted proposal {reference}")
    for private in ("Aïcha", email, "Sévaré", "transport"):
        assert private not in f"{subject_of(outcome)} {text_of(outcome)} {text_of(outcome, 'html')}"


# ---- Walked


def test_from_a_brief_to_a_lead_that_is_won(house: House, browser: Browser, tmp_path: Path) -> None:
    email = "aicha.journey@client.example"
    url = house.stack.url
    with visiting(browser, url, width=DESKTOP) as client:
        read_the_brief(client)
        send_the_form(client.page, email)
        reference = check_the_acknowledgement(client, house.smtp, email)

        with visiting(browser, url, width=DESKTOP) as adviser:
            lead = eventually(
                lambda: Lead.objects.filter(reference=reference, status="routed").first()
            )
            owner = making.adviser_of(lead).email
            notice = wait_for_letter(house.smtp, owner, f"A lead for you: {reference}")
            log_in(adviser, owner)
            see_why_it_is_mine(adviser, lead, link_in(notice, "/staff/"))
            draft_price_and_send(adviser.page)
            adviser.assert_clean()

        letter = wait_for_letter(house.smtp, email, "Our proposal")
        client.open(link_in(letter, "/p/"))
        pdf = download(client.page, tmp_path / "proposal.pdf")
        check_the_document(client.page, pdf, ProposalVersion.objects.get(proposal__lead=lead))
        accept(client.page)
        # The console names each answer that is no success: the two forms that were sent with errors.
        assert [BAD_REQUEST in error for error in client.errors] == [True, True]
        client.errors.clear()
        client.assert_clean()
    check_the_outcome(house, lead, email)


def test_the_clients_half_on_a_phone_without_scripts(house: House, browser: Browser) -> None:
    email = "boubacar.journey@client.example"
    with visiting(browser, house.stack.url, width=PHONE, scripts=False) as client:
        read_the_brief(client)
        send_the_form(client.page, email)
        reference = check_the_acknowledgement(client, house.smtp, email)
        lead = eventually(lambda: Lead.objects.filter(reference=reference, status="routed").first())
        making.send(making.make_draft(lead))

        letter = wait_for_letter(house.smtp, email, "Our proposal")
        client.open(link_in(letter, "/p/"))
        assert_fits(client.page)
        accept(client.page)
        assert_fits(client.page)
        assert client.hosts == {client.url.removeprefix("http://")}
    check_the_outcome(house, lead, email)


def assert_fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE, width


def test_from_a_countrys_page_to_a_subscription_and_to_its_end(
    house: House, browser: Browser
) -> None:
    subscribing.walk(browser, house.stack.url, house.smtp)
