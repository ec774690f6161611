"""The pages of last resort, in the language that the address asks for, else the one that the browser likes best.

They need no database, no session and no cookie, and nothing in the request may make them fail.
"""

import re

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.private_links import NoSuchLink
from briefs import alternates
from config import problems, staff_keeping
from config.staff_only import is_below_staff

_ASKED = re.compile(r"(?:^|&)language=([a-z]{2})(?:&|$)")


def page(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    """The page for this status, or this other one, as the reader can read it."""
    language = language_for(request)
    context = {
        "language_query": alternates.language_query(language),
        "languages": alternates.of_page("/", language),
        "house": settings.HOUSE,
    }
    with translation.override(language):
        response = HttpResponse(
            render_to_string(template or f"{status}.html", context), status=status
        )
    response["Content-Language"] = language
    response["Vary"] = "Accept-Language"
    return response


def language_for(request: HttpRequest) -> str:
    """One of ours: as `language` in the address says, else the first of Accept-Language; staff read English."""
    spoken = dict(settings.LANGUAGES)
    if is_below_staff(request):
        return settings.LANGUAGE_CODE
    # Not request.GET, which refuses an address of thousands of fields.
    asked = _ASKED.search(request.META.get("QUERY_STRING", ""))
    if asked and asked[1] in spoken:
        return asked[1]
    liked = parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    codes = (code.split("-")[0] for code, weight in liked if weight > 0)
    return next((code for code in codes if code in spoken), settings.LANGUAGE_CODE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what cannot be read; a problem document for the API."""
    if request.path.startswith("/api/"):
        text = "This request cannot be read: look at its host, its address and its body."
        return problems.json_problem(400, text)
    return page(request, 400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: what this person may not do."""
    return page(request, 403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without our token. One of ours, opened before a login in another tab, comes back as it was typed."""
    # Browsers name the page that a form was sent from; what another website sent is not put before anybody.
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if not (is_ours and is_below_staff(request) and admin.site.has_permission(request)):
        return page(request, 403)
    why = f"You logged in as {request.user} since this page was opened."
    return staff_keeping.page_to_send_again(
        request, staff_keeping.typed(request), why=why, status=403
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing is there."""
    is_link = isinstance(exception, NoSuchLink)
    return page(request, 404, "no_such_link.html" if is_link else "")


def fault(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours."""
    return page(request, 500)
