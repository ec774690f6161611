"""A template shown as a page of ours, in one language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from briefs import alternates, cards, finding

# What a page says to whose words could not be stored: nothing is away for less, and nobody waits for more.
RETRY_AFTER_SECONDS = 30


def spoken_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of ours in the language of its address, with the way to the others."""
    language = finding.wish_from(request.GET).spoken
    languages = alternates.of_page(request.path, language)
    return render_page(request, template, context | {"languages": languages}, language)


def render_page(
    request: HttpRequest | None,
    template: str,
    context: dict[str, Any],
    language: str = settings.LANGUAGE_CODE,
    status: int = 200,
) -> HttpResponse:
    """The template in this language, with what every page of ours needs; without a request when a job makes it."""
    context["language_query"] = alternates.language_query(language)
    context["site"] = settings.SITE_URL
    context["locale"] = alternates.LOCALES[language]
    context["house_card"] = settings.SITE_URL + cards.house_address()
    if "languages" not in context:
        context["languages"] = alternates.of_page(reverse("briefs:home"), language)
    with translation.override(language):
        response = render(request, template, context, status=status)
    response["Content-Language"] = language
    return response
