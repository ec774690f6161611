"""The pages of last resort: they need no request, no session and no database."""

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from config import error_pages


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_page_renders_out_of_nothing(status: int) -> None:
    page = render_to_string(f"{status}.html")

    assert f'<p class="meta">{status}</p>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert page.count("<h1>") == 1


def test_unexpected_error_gives_the_house_s_page(rf: RequestFactory) -> None:
    response: HttpResponse = error_pages.fault(rf.get("/"))

    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_unknown_address_gives_the_house_s_page(client: Client) -> None:
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "media_type"),
    [("/api/v1/briefs/", "application/problem+json"), ("/briefs/", "text/html; charset=utf-8")],
)
def test_a_host_that_is_not_ours_is_told_so_as_the_address_speaks(
    client: Client, address: str, media_type: str
) -> None:
    response = client.get(address, headers={"Host": "elsewhere.example"})

    assert (response.status_code, response["Content-Type"]) == (400, media_type)


def test_error_page_speaks_the_language_of_the_request() -> None:
    with translation.override("ar"):
        page = render_to_string("404.html")

    assert '<html lang="ar" dir="rtl">' in page
    assert "هذه الصفحة غير موجودة" in page


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("/no/such/page/", "", "en"),
        ("/no/such/page/", "fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("/no/such/page/", "sw, pt-BR;q=0.8, ar;q=0.9", "ar"),
        ("/no/such/page/", "fr;q=0, pt;q=0.1", "pt"),
        ("/no/such/page/", "\x00;;;q=q", "en"),
        ("/request/no-such-token/?language=ar", "fr", "ar"),
        ("/request/no-such-token/?language=xx", "fr", "fr"),
    ],
)
@pytest.mark.django_db
def test_page_speaks_the_language_of_the_address_or_of_the_browser(
    client: Client, address: str, accepted: str, language: str
) -> None:
    client.cookies["django_language"] = "pt"

    response = client.get(address, headers={"Accept-Language": accepted})

    page = response.content.decode()
    query = "" if language == "en" else f"?language={language}"
    assert (response.status_code, response["Content-Language"]) == (404, language)
    assert response["Vary"] == "Accept-Language"
    assert f'<html lang="{language}"' in page
    assert f'<a class="button quiet" href="/{query}">' in page
    assert "Set-Cookie" not in response


def test_staff_read_english(rf: RequestFactory) -> None:
    request = rf.get("/staff/lost/", headers={"Accept-Language": "fr"})

    assert error_pages.language_for(request) == "en"


def test_an_outage_is_told_in_the_reader_s_language(rf: RequestFactory) -> None:
    page = error_pages.page(rf.get("/", headers={"Accept-Language": "ar"}), 503).content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "We cannot reach our records" not in page


def test_an_address_of_ten_thousand_fields_gets_a_page(client: Client) -> None:
    response = client.get("/no/such/page/?" + "a=1&" * 10_000 + "language=fr")

    assert (response.status_code, response["Content-Language"]) == (404, "fr")


def test_frame_of_mails_needs_nothing_from_outside() -> None:
    page = render_to_string("mail/base.html")

    assert "<img" not in page
    assert "http" not in page
