"""The browser of the tests, without what nobody sees of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
# Menus of the address bar, two pages that each window loads and keeps awake though nobody sees a window: half of what
# the browser takes of a processor.
MENUS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
# Chromium knows the last list alone: Playwright's own stands in ours.
OFF_FOR_PLAYWRIGHT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
OPTIONS = [
    "--no-sandbox",
    "--disable-background-networking",
    f"--disable-features={','.join(OFF_FOR_PLAYWRIGHT + MENUS)}",
]


@contextmanager
def running() -> Iterator[Browser]:
    """Chromium. Where it is missing the test fails: a journey that nobody walked proves nothing."""
    assert CHROMIUM.exists(), "There is no /usr/bin/chromium. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()
