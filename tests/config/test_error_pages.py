"""The pages of last resort: they need no request, no session and no database."""

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django.views import defaults


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_page_renders_out_of_nothing(status: int) -> None:
    page = render_to_string(f"{status}.html")

    assert f'<p class="meta">{status}</p>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert page.count("<h1>") == 1


def test_unexpected_error_gives_the_house_s_page(rf: RequestFactory) -> None:
    response: HttpResponse = defaults.server_error(rf.get("/"))

    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_unknown_address_gives_the_house_s_page(client: Client) -> None:
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_error_page_speaks_the_language_of_the_request() -> None:
    with translation.override("ar"):
        page = render_to_string("404.html")

    assert '<html lang="ar" dir="rtl">' in page
    assert "هذه الصفحة غير موجودة" in page


def test_frame_of_mails_needs_nothing_from_outside() -> None:
    page = render_to_string("mail/base.html")

    assert "<img" not in page
    assert "http" not in page
