"""The page of a reviewer from outside: one frozen text behind a private link, with a place to answer."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import private_links
from accounts.flood import Flood, address_of
from briefs import brief_pages, inviting, reading, showing
from briefs.models import ReviewLink, Tlp
from briefs.review_forms import FORMS, empty_forms

answers = Flood(per_address=20, over_all=300, window=60.0)


# Exempt from CSRF: the secret in the address is the only credential, and no page but ours has it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_links.private
def review_page(request: HttpRequest, token: str) -> HttpResponse:
    """The text that a link shows, what its reader has said, and the forms to say more."""
    link = inviting.find_link(token)
    if link is None or not inviting.is_open(link):
        return _closed(request, link)
    if request.method == "POST":
        return _receive(request, link, token)
    if request.method == "GET":
        inviting.note_seen(link)
    return _page(request, link, empty_forms())


def _receive(request: HttpRequest, link: ReviewLink, token: str) -> HttpResponse:
    part = request.POST.get("part", "")
    if part not in FORMS:
        return _page(request, link, empty_forms(), status=400)
    form = FORMS[part](request.POST, prefix=part)
    shown = empty_forms() | {part: form}
    wait = answers.wait(address_of(request)) if settings.THROTTLE else 0
    if wait:
        response = _page(request, link, shown, status=429)
        response["Retry-After"] = str(int(wait) + 1)
        return response
    with translation.override(link.language):
        if not form.is_valid() or not _say(link, part, form):
            return _page(request, link, shown, status=400)
    return HttpResponseRedirect(f"{reverse('briefs:review', args=[token])}#review", status=303)


def _say(link: ReviewLink, part: str, form: Form) -> bool:
    """Hand the words to their verb; say whether it took them. A refusal is on the form then."""
    verb = inviting.comment_by_link if part == "comment" else inviting.give_verdict
    try:
        verb(link=link, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _page(
    request: HttpRequest, link: ReviewLink, forms: dict[str, Any], status: int = 200
) -> HttpResponse:
    page = reading.page_of_snapshot(link.revision.brief, link.revision.snapshot)
    link.refresh_from_db(fields=["verdict", "verdict_at"])
    about: dict[str, Any] = {
        "link": link,
        "marking": Tlp(page.brief.tlp),
        "forms": forms,
        "status": status,
        "comments": link.comments.order_by("created_at", "pk"),
    }
    context = brief_pages.context_of(page) | {"link": link}
    with translation.override(link.language):
        context["banner"] = render_to_string("briefs/_review_banner.html", about)
        context["panel"] = render_to_string("briefs/_review_panel.html", about)
    return showing.render_page(request, "briefs/review.html", context, page.brief.language, status)


def _closed(request: HttpRequest, link: ReviewLink | None) -> HttpResponse:
    """Whom to ask. A link that never was says no more than one that somebody mistyped."""
    context = {"link": link, "house": settings.HOUSE}
    language = link.language if link else settings.LANGUAGE_CODE
    status = 410 if link else 404
    return showing.render_page(request, "briefs/review_closed.html", context, language, status)
