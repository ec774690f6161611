"""What is wrong with the look of a page: found once loaded, on a desk in the light and on a phone in the dark."""

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # it brings none
from playwright.sync_api import Page

AA = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# What the width and the scheme can change: the rest is the same page.
BY_LOOK = {
    "type": "rule",
    "values": [
        *("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"),
    ],
}
# What is right is not listed, and no film or sound is fetched, which our pages have none of: a seventh of the time.
BRIEFLY = {"resultTypes": ["violations"], "preload": False}
RUN = "options => axe.run(options).then(found => found.violations)"


def look(page: Page) -> list[str]:
    """What axe finds, and what is too wide; an empty list is what is wanted."""
    problems = []
    page.evaluate(AXE_SCRIPT)  # once for all ways of looking: reading it takes as long as its look
    for width, scheme, only in ((1280, "light", AA), (390, "dark", BY_LOOK)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two that it takes
        found = page.evaluate(RUN, BRIEFLY | {"runOnly": only})
        where = f"{page.url} {width} {scheme}"
        problems += [
            f"{where}: {violation['id']}: {node['html'][:120]}"
            for violation in found
            for node in violation["nodes"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{where}: wider than the window")
    return problems
