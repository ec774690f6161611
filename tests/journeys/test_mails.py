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
