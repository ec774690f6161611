"""The page of the form out of parts made once: like the page that Django makes whole, and of one request alone."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from pytest_django.asserts import assertHTMLEqual

from intake import form_page
from intake.forms import RequestForm
from tests.intake.pages import Page
from tests.weighing import packed, weight

ADDRESS = "/request/"
SENT = {
    "full_name": 'Amina "A" <b>&amp;',
    "email": "amina@client.example",
    "needs": "One\r\n <two> {{ three }}",
    "organisation": "",
    "phone": "+223 '20'",
    "country": "FR",
    "budget": "5k-20k",
    "language": "fr",
    "brief": "a-brief",
    "form_id": "x",
    "q7": "no",
    "consent": "on",
}
_BY_DJANGO = [name for name in RequestForm.base_fields if name not in form_page._LISTS]


def sent(**more: list[str]) -> RequestForm:
    data = QueryDict(mutable=True)
    data.update(SENT)
    for name, values in more.items():
        data.setlist(name, values)
    return RequestForm(data, MultiValueDict())


@pytest.mark.parametrize("is_bound", [True, False])
@pytest.mark.parametrize("name", _BY_DJANGO)
def test_a_widget_is_what_django_writes(name: str, is_bound: bool) -> None:
    form = sent(timeframe=["nonsense"]) if is_bound else RequestForm.empty("a-brief")
    values = form_page._values(form)
    laid_out = form_page._widget(
        name, "en", has_errors=name in form.errors, is_filled=name in values
    )
    before, *gap = laid_out.split(form_page._GAP)
    value = form_page._written_value(form, name, values, "en").decode() if gap else ""

    assertHTMLEqual(
        before + value + "".join(gap[1:]), str(form[name]).replace("</option>", "")
    )  # which may be left out


def test_what_looks_like_a_gap_is_shown_as_it_was_typed() -> None:
    typed = f"{form_page._GAP}needs{form_page._GAP} {form_page.CAME_GAP}"

    page = Page(Client().post(ADDRESS, {"full_name": typed, "needs": typed}))

    assert page.fields["full_name"] == page.fields["needs"] == typed


def test_what_looks_like_a_gap_may_stand_in_the_name_of_a_file() -> None:
    gap = form_page._GAP
    file = SimpleUploadedFile(f"{gap}needs{gap}.txt", b"a", content_type="text/plain")

    page = Client().post(ADDRESS, {"needs": "typed", "attachments": file})

    assert page.status_code == 400
    assert "needs.txt" in page.content.decode()
    assert Page(page).fields["needs"] == "typed"


def test_nothing_of_one_request_comes_back_to_the_next() -> None:
    chosen = {"services": ["not-sure"], "countries_of_interest": ["ML"], "actors": ["an-actor"]}
    first = Page(Client().post(ADDRESS, SENT | chosen | {"email": "no address", "brief": ""}))
    second = Page(Client().post(ADDRESS, {"email": "no address"}))
    fresh = Page(Client().get(ADDRESS))

    assert first.fields["full_name"] == SENT["full_name"]
    assert first.fields["services"] == ["not-sure"]
    for page in (second, fresh):
        told = {name: page.fields[name] for name in (*SENT, *chosen) if name in page.fields}
        told = {name: value for name, value in told.items() if value}
        assert told.keys() <= {"email", "form_id"}
    assert "actors" not in second.fields


def test_each_language_has_words_of_its_own() -> None:
    pages = {code: Client().post(f"{ADDRESS}?language={code}", {}) for code in ("en", "fr", "ar")}

    for code, page in pages.items():
        with translation.override(code):
            text = page.content.decode()
            assert str(RequestForm.base_fields["email"].error_messages["required"]) in text
            assert translation.gettext("There is a problem") in text


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_the_form_is_light_with_styles_and_scripts(language: str) -> None:
    address = f"{ADDRESS}?language={language}"
    empty, refused = Client().get(address), Client().post(address, {"email": "no address"})

    assert [response.status_code for response in (empty, refused)] == [200, 400]
    assert max(weight(response.content) for response in (empty, refused)) < 60_000
    assert max(packed(response.content) for response in (empty, refused)) < 20_000


def test_the_form_is_sent_compressed_to_whoever_takes_it() -> None:
    plain, sent = Client().get(ADDRESS), Client().get(ADDRESS, headers={"Accept-Encoding": "gzip"})

    assert (plain.headers.get("Content-Encoding"), sent["Content-Encoding"]) == (None, "gzip")
    assert "Accept-Encoding" in plain["Vary"]
    assert len(sent.content) < len(plain.content) / 3
    assert b"</html>" in gzip.decompress(sent.content)
