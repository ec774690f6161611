"""The way of a reader’s subscription: from a country’s page by a link to a mail, and to its end by a click."""

import time
from email.message import Message
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, expect

from briefs.models import Brief, Notice
from jobs.models import Job
from mail.models import Message as Mail
from tests.factories import BriefFactory, publish
from tests.journeys.browsing import DESKTOP, PHONE, letters_to, link_in, visiting, wait_for_letter
from tests.processes import Smtp, eventually

READER = "reader@client.example"


def come_out(title: str) -> Brief:
    """A brief about Mali that is published now."""
    return publish(BriefFactory.create(is_published=False, title=title))


def is_announced_to(brief: Brief) -> int:
    """How many were told of it, once all that is to be told has been."""
    eventually(lambda: Brief.objects.filter(pk=brief.pk, announced_at__isnull=False).exists())
    eventually(lambda: not Job.objects.filter(kind="briefs.notify").exclude(state="done").exists())
    return Notice.objects.filter(announcement__brief=brief).count()


def walk(browser: Browser, url: str, smtp: Smtp) -> None:
    """From the link on a country's page to the click that ends it, and what comes meanwhile."""
    assert is_announced_to(come_out("The first")) == 0
    with visiting(browser, url, width=PHONE, scripts=False) as visit:
        page = visit.page
        visit.open("/countries/ml/")
        page.get_by_role("link", name="Get these by e-mail").click()
        expect(page.locator("main")).to_contain_text("Mali")
        page.get_by_role("button", name="Send me the link").click()
        expect(page.locator(".error-summary")).to_contain_text("Enter the e-mail address")
        page.get_by_label("E-mail").fill(READER)
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

        letter = wait_for_letter(smtp, READER, "Confirm your subscription")
        visit.open(link_in(letter, "/subscribe/confirm/"))
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("status")).to_have_text("Your subscription has begun.")
        assert page.context.cookies() == []

    second = come_out("The second")
    letter = wait_for_letter(smtp, READER, "The second")
    with visiting(browser, url, width=DESKTOP) as visit:
        visit.open(link_in(letter, f"/briefs/{second.slug}/"))
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("The second")
        visit.open(link_in(letter, "/subscriptions/"))
        expect(visit.page.get_by_role("heading", name="Mali")).to_be_visible()
        visit.assert_clean()

    one_click(letter)
    third = come_out("The third")

    assert is_announced_to(third) == 0
    eventually(lambda: not Mail.objects.unsent().exists())
    time.sleep(0.5)
    subjects = [str(each["Subject"]) for each in letters_to(smtp, READER)]
    assert subjects == ["Confirm your subscription", "The second"]


def one_click(letter: Message) -> None:
    """What a mail program does when its reader presses "unsubscribe" (RFC 8058)."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = "".join(str(letter["List-Unsubscribe"]).split()).strip("<>")
    request = Request(address, data=b"List-Unsubscribe=One-Click", method="POST")
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200
        assert answer.headers["Set-Cookie"] is None
