"""A browser that keeps note of what a page must not do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.processes import Smtp, eventually

DESKTOP, PHONE = 1280, 390
PATIENCE = 60_000  # milliseconds until a page that a loaded machine serves is given up


@dataclass
class Visit:
    """A person's browser: its page, and what went wrong or elsewhere meanwhile."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.context.on("request", self._note_host)

    def open(self, path: str) -> None:
        """Go to an address of ours."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _note_host(self, request: Request) -> None:
        # data: and blob: stay in the browser and have no host.
        if host := urlsplit(request.url).netloc:
            self.hosts.add(host)

    def assert_clean(self) -> None:
        """No error in the console, and nothing fetched from another host."""
        assert self.errors == []
        assert self.hosts == {urlsplit(self.url).netloc}


@contextmanager
def visiting(browser: Browser, url: str, *, width: int, scripts: bool = True) -> Iterator[Visit]:
    """A new person at the site, without cookies."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield Visit(context.new_page(), url)
    finally:
        context.close()


# ---- Mail


def letters_to(smtp: Smtp, address: str) -> list[Message]:
    """What has arrived for an address, oldest first."""
    return [letter for letter in smtp.messages() if letter["X-RcptTo"] == address]


def wait_for_letter(smtp: Smtp, address: str, subject: str) -> Message:
    """The letter to an address whose subject begins so, as soon as it arrives."""

    def arrived() -> Message | None:
        found = [each for each in letters_to(smtp, address) if subject_of(each).startswith(subject)]
        return found[0] if found else None

    letter = eventually(arrived, 100)
    assert letter is not None
    return letter


def subject_of(letter: Message) -> str:
    """The subject on one line."""
    return " ".join(str(letter["Subject"]).split())


def text_of(letter: Message, subtype: str = "plain") -> str:
    """The text of a letter as its reader sees it."""
    for part in letter.walk():
        if part.get_content_type() == f"text/{subtype}":
            raw = part.get_payload(decode=True)
            assert isinstance(raw, bytes)
            return raw.decode()
    raise AssertionError(f"no text/{subtype}")


def link_in(letter: Message, path: str) -> str:
    """The path of the link of ours in the HTML of a letter."""
    found = re.search(rf'href="https?://[^/"]+({path}[^"]*)"', text_of(letter, "html"))
    assert found, text_of(letter, "html")
    return unescape(found[1])
