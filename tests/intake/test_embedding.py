"""Our form on other websites: who may frame it, whose requests they are, and that nobody's words are lost."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from briefs import touches
from intake import after_sending, consent, flood, keys
from intake.after_sending import ContactDetails
from intake.models import Enquiry, Lead
from tests import factories
from tests.intake import breaking
from tests.intake.api.test_enquiries import FOUR
from tests.intake.api.test_keys import SITE, issue
from tests.intake.pages import Page

FORM = FOUR | {"consent": "on"}
GUIDE = (Path(settings.BASE_DIR) / "docs/embedding.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.django_db


def framed(key: Any, more: str = "") -> str:
    return f"/embed/request/?key={key.public_id}{more}"


def gettext_in(language: str, text: str) -> str:
    with translation.override(language):
        return gettext(text)


def ancestors(response: Any) -> str:
    """Who may frame an answer, as the policy says it; X-Frame-Options must not contradict."""
    (found,) = re.findall(r"frame-ancestors ([^;]*)", response["Content-Security-Policy"])
    assert ("X-Frame-Options" in response) == (found == "'none'")
    return str(found)


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_the_framed_form_is_whole_and_small_in_four_languages(language: str) -> None:
    key, _ = issue()

    response = Client().get(framed(key, f"&language={language}"))

    page = response.content.decode()
    assert response.status_code == 200
    assert ancestors(response) == SITE
    assert f'lang="{language}"' in page
    assert consent.text_in(language) in unescape(page)
    assert len(response.content) < 60_000
    assert dict(response.cookies) == {}
    assert "<nav" not in page
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page) == []


def test_links_to_pages_that_no_frame_may_hold_open_in_a_tab_of_their_own() -> None:
    key, _ = issue()
    brief = factories.BriefFactory()

    page = Client().get(framed(key, f"&brief={brief.slug}")).content.decode()

    leading_out = [link for link in re.findall(r"<a [^>]*>", page) if "/embed/" not in link]
    assert [re.search(r'href="([^"]+)"', link)[1] for link in leading_out] == [  # type: ignore[index]
        brief.get_absolute_url(),
        "/privacy/",
    ]
    assert all('target="_blank" rel="noopener"' in link for link in leading_out)


def test_only_the_framed_pages_of_a_key_may_be_framed() -> None:
    _, text = issue()
    own = issue(origins=[])[0]

    assert ancestors(Client().get(f"/request/?key={text[7:23]}")) == "'none'"
    assert ancestors(Client().get(framed(own))) == "'none'"
    assert ancestors(Client().get("/embed/request/?key=aaaaaaaaaaaaaaaa")) == "'none'"
    assert Client().get("/embed/request/?key=%00").status_code == 404
    # The public part as it stands in calls to the API; the whole key stands in no page.
    assert ancestors(Client().get(f"/embed/request/?key={text[:23]}")) == SITE
    assert ancestors(Client().get(f"/embed/request/?key={text}")) == "'none'"


def test_a_request_from_the_frame_is_the_websites_and_ends_in_the_frame() -> None:
    key, _ = issue(language="fr", services=["due-diligence"])
    fields = Page(Client().get(framed(key), headers={"Referer": f"{SITE}/risk/"})).fields
    hidden = {name: fields[name] for name in ("form_id", "made", "came")}

    sent = Client().post(framed(key), FORM | hidden)
    receipt = Client().get(sent["Location"])

    lead = Lead.objects.select_related("enquiry").get()
    page = receipt.content.decode()
    assert (sent.status_code, receipt.status_code) == (303, 200)
    assert (lead.enquiry.api_key, lead.language, lead.services) == (key, "fr", ["due-diligence"])
    assert lead.enquiry.consent_language == "fr"
    assert (lead.enquiry.arrival["site"], lead.enquiry.arrival["form"]) == (key.pk, "signed")
    assert lead.enquiry.referrer_host == "partner.example"
    assert ancestors(receipt) == SITE
    assert lead.reference in page
    link, second = re.findall(r'href="(/request/[^"]+)" target="_blank"', page)
    assert link == second
    assert ancestors(Client().get(link)) == "'none'"
    assert receipt["Cache-Control"] == "no-store, private"
    # The page around stays where the button was: at the end of the form, where without scripts a second line stands.
    assert "data-arrived" in page
    assert "derisk/framed.js" in page
    (again,) = re.findall(r"<noscript>(.+)</noscript>", page)
    assert lead.reference in again
    assert link in again


def test_errors_come_back_in_the_frame_with_what_was_typed() -> None:
    key, _ = issue()

    response = Client().post(framed(key), FORM | {"email": "none"})

    assert (response.status_code, ancestors(response)) == (400, SITE)
    assert Page(response).fields["needs"] == FOUR["needs"]
    assert (
        f'action="/embed/request/?language=en&amp;key={key.public_id}"' in response.content.decode()
    )


def test_a_danger_in_the_words_is_answered_in_the_frame_too() -> None:
    key, _ = issue()

    sent = Client().post(framed(key), FORM | {"needs": "Our driver was kidnapped near Gao today."})

    assert "not an emergency line" in Client().get(sent["Location"]).content.decode()


def test_the_frame_asks_about_an_address_that_looks_misspelt_until_it_is_corrected() -> None:
    key, _ = issue(language="fr")
    sent = Client().post(framed(key), FORM | {"email": "aicha@gmial.com"})["Location"]

    page = Client().get(sent).text

    asked = "Did you mean <bdi>aicha@gmail.com</bdi>?"
    link = re.search(r'<a href="(/request/[^"]+/contact/[^"]*)" target="_blank"', page)
    assert "Vouliez-vous dire <bdi>aicha@gmail.com</bdi>" in page
    assert link is not None
    assert Client().get(link[1]).status_code == 200
    assert asked in Client().get(sent.partition("?")[0]).text
    details = ContactDetails(full_name="Example Reader", email="aicha@gmail.com", phone="")
    after_sending.correct_contact(lead=Lead.objects.get(), details=details)
    assert "gmail.com" not in Client().get(sent).text
    right = Client().post(framed(key), FORM | {"email": "aicha@gmail.com"})["Location"]
    assert 'id="meant"' not in Client().get(right).text


def test_the_frame_asks_nothing_about_a_request_that_was_withdrawn() -> None:
    key, _ = issue()
    sent = Client().post(framed(key), FORM | {"email": "aicha@gmial.com"})["Location"]

    after_sending.withdraw_request(lead=Lead.objects.get())

    assert 'id="meant"' not in Client().get(sent).text


@pytest.mark.parametrize("address", ["/embed/request/?key={}", "/request/?key={}"])
def test_what_is_typed_when_the_key_is_revoked_is_not_lost(address: str) -> None:
    key, _ = issue()
    keys.revoke_key(key=key, by=factories.UserFactory())
    client = Client()

    response = client.post(address.format(key.public_id), FORM)
    if response.status_code == 410:
        assert ancestors(response) == SITE
        page = response.content.decode()
        assert 'target="_top"' in page
        assert Page(response).fields["needs"] == FOUR["needs"]
        assert Enquiry.objects.count() == 0
        (action,) = re.findall(r'action="([^"]+)"', page)
        response = client.post(unescape(action), FORM)

    assert response.status_code == 303
    assert Enquiry.objects.get().api_key is None


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_a_closed_frame_speaks_of_what_was_written_only_where_it_is(language: str) -> None:
    key, _ = issue()
    keys.revoke_key(key=key, by=factories.UserFactory())
    address, nothing = framed(key, f"&language={language}"), FORM | dict.fromkeys(FORM, "")
    kept, ask = (
        gettext_in(language, text)
        for text in (
            "Nothing was stored yet. What you wrote is still below: the button sends it from our own website.",
            "You can still ask us: fill in the form, and the button sends it from our own website.",
        )
    )

    opened, empty = Client().get(address), Client().post(address, nothing)
    typed = Client().post(address, nothing | {"organisation": "Example"})

    assert [page.status_code for page in (opened, empty, typed)] == [410, 410, 410]
    for page in (opened, empty):
        assert ask in unescape(page.text)
        assert kept not in unescape(page.text)
    assert kept in unescape(typed.text)
    assert Page(typed).fields["organisation"] == "Example"


def test_another_websites_page_gets_no_credit_and_loses_nothing() -> None:
    key, _ = issue()

    Client().post(f"/request/?key={key.public_id}", FORM, HTTP_ORIGIN="https://other.example")
    Client().post(f"/request/?key={key.public_id}", FORM | {"needs": "More"}, HTTP_ORIGIN=SITE)

    assert [e.api_key for e in Enquiry.objects.order_by("pk")] == [None, key]


def test_the_address_of_a_websites_own_form_tells_where_its_requests_come_from() -> None:
    key, _ = issue()
    mark = touches.mark(touches.Touch(factories.BriefFactory().pk, 1, "end", "en"))
    address = f"/request/?key={key.public_id}&utm_source=partner&utm_id=x&from={mark}"

    Client().post(address, FORM, headers={"Referer": f"{SITE}/risk/?who=me"})
    Client().post(address, FORM | {"needs": "More", "came": "made up"})

    enquiry, altered = Enquiry.objects.order_by("pk")
    assert (enquiry.utm_source, enquiry.referrer_host) == ("partner", "partner.example")
    assert (enquiry.last_version, enquiry.last_section) == (1, "end")
    assert (altered.utm_source, altered.last_brief) == ("", None)


def test_the_keys_limit_holds_for_its_form() -> None:
    key, _ = issue(per_minute=2)

    statuses = [
        Client().post(framed(key), FORM, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(3)
    ]

    assert statuses == [303, 303, 429]
    assert flood.PER_ADDRESS > 3


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_words_come_back_in_the_frame() -> None:
    key, _ = issue()

    with breaking.no_server():
        response = Client().post(framed(key), FORM)

    assert (response.status_code, ancestors(response)) == (503, "http:")
    assert Page(response).fields["needs"] == FOUR["needs"]
    assert f"/embed/request/?language=en&amp;key={key.public_id}" in response.content.decode()


def test_the_examples_of_the_guide_work() -> None:
    key, _ = issue()
    iframe, form = (
        unescape(block).replace("PUBLIC_ID", key.public_id)
        for block in re.findall(r"```html\n(.*?)```", GUIDE, re.DOTALL)
    )
    (source,) = re.findall(r'src="https://www.example.org([^"]+)"', iframe)
    (action,) = re.findall(r'action="https://www.example.org([^"]+)"', form)
    names = set(re.findall(r' name="(\w+)"', form)) - {"attachments"}

    assert Client().get(source).status_code == 200
    assert consent.text_in("en") in form
    first = Client().post(action, {name: FORM[name] for name in names}, HTTP_ORIGIN=SITE)
    second = Client().post(action, {name: FORM[name] for name in names}, HTTP_ORIGIN=SITE)
    assert (first.status_code, second["Location"]) == (303, first["Location"])
    assert Enquiry.objects.get().api_key == key
