"""A form that comes back is shown in another language with all that was typed; that sends nothing."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from intake import counting, flood, keys, render_tokens, submission
from intake.models import Addition, ContactCorrection, Enquiry, ErasureRequest, Lead
from tests import factories
from tests.intake import breaking
from tests.intake.api.test_keys import issue
from tests.intake.pages import Page
from tests.intake.typed import ADDRESS, ALL, FORM_ID, FOUR, UNTOUCHED, rows, shown

WRONG = ALL | {"email": "aicha", "q7": "typed by a machine"}
pytestmark = pytest.mark.django_db


def buttons(response: Any) -> dict[str, dict[str, str]]:
    """The buttons of the languages, by language, with what they say to the browser."""
    found = re.findall(r"<button ([^>]*)name=\"show_in\"([^>]*)>", response.text)
    told = [dict(re.findall(r'([\w-]+)="([^"]*)"', before + after)) for before, after in found]
    return {one["value"]: {name: unescape(v) for name, v in one.items()} for one in told}


def turned(response: Any, language: str, sent: dict[str, Any], client: Client | None = None) -> Any:
    """The page after the button of this language, where the form holds what was sent."""
    button = buttons(response)[language]
    return (client or Client()).post(button["formaction"], sent | {"show_in": language})


def said(language: str, text: str) -> str:
    with translation.override(language):
        return gettext(text)


def _sorted(value: Any) -> Any:
    """Countries stand in the order of their names, which are others in each language."""
    return sorted(value) if isinstance(value, list) else value


def test_only_a_form_that_comes_back_has_buttons_in_place_of_links() -> None:
    opened, refused = Client().get(ADDRESS), Client().post(ADDRESS, WRONG)

    assert buttons(opened) == {}
    assert sum("hreflang" in link for link in re.findall("<a [^>]*>", opened.text)) == 4
    assert list(buttons(refused)) == ["fr", "pt", "ar"]
    assert "hreflang" not in refused.text
    assert {b["form"] for b in buttons(refused).values()} == {"request"}
    # No file travels for the sake of its name.
    encodings = {b["formenctype"] for b in buttons(refused).values()}
    assert encodings == {"application/x-www-form-urlencoded"}


def test_enter_in_a_field_still_sends() -> None:
    page = Client().post(ADDRESS, WRONG).text

    first = re.search(r"<button [^>]*form=\"request\"[^>]*>", page)
    assert first is not None
    assert page.index("<button") == first.start()
    assert "formaction" not in first[0]
    assert "name=" not in first[0]
    assert 'tabindex="-1" aria-hidden="true"' in first[0]


@pytest.mark.parametrize("language", ["fr", "pt", "ar"])
def test_what_was_typed_stands_there_in_the_other_language_with_what_is_wrong(
    language: str,
) -> None:
    page = turned(Client().post(ADDRESS, WRONG), language, WRONG)

    assert (page.status_code, page["Content-Language"]) == (200, language)
    assert f'lang="{language}"' in page.text
    assert "Retry-After" not in page
    typed = {name: _sorted(value) for name, value in WRONG.items() if name != "consent"}
    assert {name: _sorted(value) for name, value in shown(page, typed).items()} == typed
    read = Page(page)
    assert read.title.startswith(said(language, "Error:"))
    assert read.summary()["id_email"] == said(
        language, "Enter an e-mail address with an @, like name@company.com"
    )
    assert '<details class="more" open>' in page.text
    assert f'action="/request/?language={language}"' in page.text
    assert set(buttons(page)) == {"en", "fr", "pt", "ar"} - {language}


def test_consent_is_asked_for_in_the_words_that_are_shown() -> None:
    page = turned(Client().post(ADDRESS, WRONG), "fr", WRONG)

    assert Page(page).fields["consent"] == []
    assert "id_consent" in Page(page).summary()
    there = turned(page, "en", WRONG | {"email": FOUR["email"]})
    assert list(Page(there).summary()) == ["id_consent"]


def test_nothing_is_stored_or_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(counting, "count", lambda facts: seen.append(facts) or {})
    refused = Client().post(ADDRESS, WRONG)
    tries = flood.enquiries.wait("127.0.0.1")
    for _ in range(flood.PER_ADDRESS + 2):
        page = turned(refused, "fr", FOUR | {"form_id": FORM_ID})

    assert page.status_code == 200
    assert tries == 0
    assert Client().post(ADDRESS, WRONG).status_code == 400
    assert rows() == (0, 0, 0)
    assert seen == []
    with CaptureQueriesContext(connection) as queries:
        turned(refused, "fr", FOUR)
    assert len(queries) == 0


def test_what_is_sent_in_the_end_is_one_request_of_the_page_that_was_opened_first() -> None:
    fields = Page(Client().get(ADDRESS)).fields
    hidden = {name: fields[name] for name in ("form_id", "made", "came")}
    wrong, right = (FOUR | hidden | {"email": email} for email in ("aicha", FOUR["email"]))

    page = turned(Client().post(ADDRESS, wrong), "ar", wrong)
    assert {name: Page(page).fields[name] for name in hidden} == hidden
    assert render_tokens.read(hidden["made"], hidden["form_id"]).state == render_tokens.SIGNED
    first = Client().post("/request/?language=ar", right)
    again = Client().post("/request/?language=en", right)

    assert (first.status_code, again["Location"]) == (303, first["Location"])
    enquiry = Enquiry.objects.get()
    assert (enquiry.consent_language, enquiry.arrival["form"]) == ("ar", "signed")


@pytest.mark.parametrize("as_words", [True, False])
def test_files_are_asked_for_again_by_name(as_words: bool) -> None:
    file = "route<1>.pdf\ue000" if as_words else SimpleUploadedFile("route<1>.pdf", b"%PDF-1.7")
    sent = FOUR | {"email": "aicha"}

    page = turned(Client().post(ADDRESS, sent), "fr", sent | {"attachments": file})

    hint = "Choisissez de nouveau vos fichiers, car une page ne peut pas les garder"
    assert hint in unescape(page.text)
    assert "route&lt;1&gt;.pdf" in page.text
    assert "\ue000" not in page.text
    assert "id_attachments" not in Page(page).summary()
    assert '<details class="more" open>' in page.text


@pytest.mark.django_db(transaction=True)
def test_files_of_the_first_try_are_asked_for_in_each_language_until_there_are_others() -> None:
    sent = FOUR | {"email": "aicha"}
    files = [SimpleUploadedFile(name, b"%PDF-1.7") for name in ('a"<1>.pdf', "b.pdf")]
    refused = Client().post(ADDRESS, sent | {"attachments": files})
    page = Page(refused).fields

    first = turned(refused, "fr", sent | {"attachments_before": names_of(refused)})
    second = turned(first, "ar", sent | {"attachments_before": names_of(first)})
    chosen = turned(second, "pt", sent | {"attachments": "c.pdf", "attachments_before": "a.pdf"})

    assert "attachments_before" in page
    assert names_of(refused) == names_of(second) == ['a"<1>.pdf', "b.pdf"]
    assert 'a"<1>.pdf, b.pdf' in unescape(second.text)
    assert names_of(chosen) == ["c.pdf"]
    sending = FOUR | {"attachments_before": names_of(second)}
    assert Client().post(ADDRESS, sending).status_code == 303
    assert Enquiry.objects.get().attachments.count() == 0


def names_of(response: Any) -> list[str]:
    """The files of an earlier try that a page names for the next one."""
    found = re.findall(r'name="attachments_before" value="([^"]*)"', response.text)
    return [unescape(name) for name in found]


def test_after_a_flood_too_it_asks_for_consent_alone() -> None:
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("127.0.0.1")
    flooded = Client().post(ADDRESS, FOUR)
    assert flooded.status_code == 429

    page = turned(flooded, "pt", FOUR)

    assert (page.status_code, "Retry-After" in page) == (200, False)
    assert list(Page(page).summary()) == ["id_consent"]
    assert Page(page).fields["needs"] == FOUR["needs"]


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_language_changes_all_the_same() -> None:
    brief = factories.BriefFactory()
    sent = FOUR | {"brief": brief.slug}

    with breaking.no_server():
        away = Client().post(ADDRESS, sent)
        page = turned(away, "ar", sent)

    assert (away.status_code, page.status_code) == (503, 200)
    assert Page(page).fields["needs"] == FOUR["needs"]
    assert Page(page).fields["brief"] == brief.slug


def test_a_websites_own_form_stays_the_websites() -> None:
    key, _ = issue()
    address = f"/request/?key={key.public_id}"

    page = turned(Client().post(address, FOUR | {"email": "aicha"}), "fr", FOUR)

    assert f'action="/request/?language=fr&amp;key={key.public_id}"' in page.text
    assert keys.read(key.prefix) == (key.public_id, None)


# --- The client's own pages


def act_address(lead: Lead, name: str) -> str:
    return f"/request/{submission.status_token(lead)}/{name}/"


def test_what_a_client_adds_goes_along_and_is_not_added() -> None:
    lead = factories.new_lead()
    long = {"text": "x" * 20_001, "form_id": FORM_ID}
    file = SimpleUploadedFile("late.pdf", b"%PDF-1.7")

    refused = Client().post(act_address(lead, "add"), long | {"attachments": file})
    wrong = turned(refused, "fr", long | {"attachments": "late.pdf"})
    right = turned(wrong, "ar", {"text": "One more truck.", "form_id": FORM_ID})

    assert refused.status_code == 400
    assert "Choose your files again, since a page cannot keep them: late.pdf" in refused.text
    assert (wrong.status_code, wrong["Content-Language"]) == (200, "fr")
    assert Page(wrong).title.startswith("Erreur")
    assert Page(wrong).fields["text"] == long["text"]
    assert list(Page(wrong).summary()) == ["id_text"]
    assert "late.pdf" in wrong.text
    assert (Page(right).summary(), Page(right).fields["text"]) == ({}, "One more truck.")
    assert said("ar", "Nothing was sent yet.") in right.text
    assert Page(right).fields["form_id"] == FORM_ID
    assert Addition.objects.count() == 0
    assert "hreflang" not in refused.text
    assert "hreflang" in Client().get(act_address(lead, "add")).text


@pytest.mark.parametrize("name", ["contact", "withdraw", "erase"])
def test_nothing_else_is_done_in_another_language_either(name: str) -> None:
    lead = factories.new_lead()
    page = Client().get(act_address(lead, name))
    sent = Page(page).fields | ({"email": "new@client.example"} if name == "contact" else {})

    answer = Client().post(
        f"{act_address(lead, name)}?language=fr", sent | {"show_in": "fr", "initial-email": "a"}
    )

    lead.refresh_from_db()
    assert (answer.status_code, lead.closed_at) == (200, None)
    assert "Rien n’est encore envoyé." in answer.text
    assert not ErasureRequest.objects.exists()
    assert not ContactCorrection.objects.exists()
    assert Page(answer).fields.get("email") == sent.get("email")


@pytest.mark.parametrize("hostile", ["", "fr\x00", "<script>", "xx" * 5000])
def test_whatever_the_button_says_the_address_decides_and_nothing_is_stored(hostile: str) -> None:
    page = Client().post(f"{ADDRESS}?language=pt", UNTOUCHED | FOUR | {"show_in": hostile})

    assert (page.status_code, page["Content-Language"]) == (200, "pt")
    assert rows() == (0, 0, 0)
