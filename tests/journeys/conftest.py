"""One house with every process, and a browser to visit it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.browsing import PATIENCE

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Where it is missing the test fails: a journey that nobody walked proves nothing."""
    assert CHROMIUM.exists(), "There is no /usr/bin/chromium. Install it: apt-get install chromium"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, which makes Django refuse the ORM here.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def own_connection() -> Iterator[None]:
    """A connection to this module's database: one to an earlier module's, which is dropped, may still be open."""
    connection.close()
    yield
    connection.close()
