"""Mails as a telephone shows them."""

import pytest
from playwright.sync_api import Browser

from mail import catalogue, sampling
from tests.journeys.browsing import PHONE


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_mail_is_wider_than_a_telephone(browser: Browser, language: str) -> None:
    page = browser.new_page(viewport={"width": PHONE, "height": 800})
    wide = {}
    for template in catalogue.all_templates():
        if language in template.languages:
            page.set_content(sampling.compose(template, language, *template.built_in(language))[2])
            width = page.evaluate("document.documentElement.scrollWidth")
            wide |= {template.slug: width} if width > PHONE else {}
    page.close()

    assert wide == {}


def test_the_button_of_a_mail_is_light_on_a_dark_screen(browser: Browser) -> None:
    template = next(t for t in catalogue.all_templates() if t.name.endswith("acknowledgement"))
    page = browser.new_page(color_scheme="dark")
    page.set_content(sampling.compose(template, "en", *template.built_in("en"))[2])

    said = "b => { const s = getComputedStyle(b); return [s.backgroundColor, s.color] }"
    colours = page.locator(".button").evaluate(said)
    page.close()

    assert colours == ["rgb(240, 162, 124)", "rgb(29, 28, 26)"]
