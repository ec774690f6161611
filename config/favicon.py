"""The icon where browsers look for it beside what names none: feeds, pictures, documents, answers of the API."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead on to the icon, whose name changes with its content."""
    answer = HttpResponseRedirect(static("favicon.svg"))
    answer["Cache-Control"] = "public, max-age=86400"
    return answer
